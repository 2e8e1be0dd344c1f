/** Which columns stand on their own: a column that is a mix of earlier ones is left out, as R’s lm does. */
import { THIN } from './symmetric.js';

/** From moments (p × p). In order; constant columns are left out as well. Cost p³ / 6. */
export function independent(gram: Float64Array, p: number): number[] {
  const kept: number[] = [];
  const L = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    const d = gram[i * p + i]!;
    if (!(d > 0)) continue;
    const row = kept.length * p;
    let s = 1;
    for (let a = 0; a < kept.length; a++) {
      const k = kept[a]!;
      let v = gram[i * p + k]! / Math.sqrt(d) / Math.sqrt(gram[k * p + k]!);
      for (let b = 0; b < a; b++) v -= L[row + b]! * L[a * p + b]!;
      v /= L[a * p + a]!;
      L[row + a] = v;
      s -= v * v;
    }
    if (!(s > 10 * THIN)) continue;
    L[row + kept.length] = Math.sqrt(s);
    kept.push(i);
  }
  return kept;
}
