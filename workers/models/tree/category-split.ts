/** The best split of a category column: levels sorted by gradient over hessian, then cut as a quantity (Fisher 1958; scikit-learn ≥ 0.24). */
import type { Memory } from '../../kernels/memory.js';

export interface CategorySplit {
  readonly gain: number;
  /** By bin: 1 goes left. The missing bin is a level like any other. */
  readonly left: Uint8Array;
  readonly G: number;
  readonly H: number;
  readonly n: number;
}

/** Levels with less support say nothing sure, and go right; also smooths the order (LightGBM's cat_smooth). */
const support = 10;

export function searchCategories(
  memory: Memory,
  sums: number,
  counts: number,
  bins: number,
  node: { readonly G: number; readonly H: number; readonly n: number },
  l2: number,
  minLeaf: number,
  minHessian: number,
  /** What a side of these sums is worth, and what the node is worth undivided. */
  part: (G: number, H: number) => number = (G, H) => (G / (H + l2 + 1e-15)) * G,
  whole: number = part(node.G, node.H),
): CategorySplit | null {
  const { f64, u32 } = memory;
  const g = (b: number) => f64[(sums >>> 3) + 2 * b]!;
  const h = (b: number) => f64[(sums >>> 3) + 2 * b + 1]!;
  const size = (b: number) => (counts === 0 ? h(b) : u32[(counts >>> 2) + b]!);
  const factor = counts === 0 ? 1 : node.n / node.H;
  const used: number[] = [];
  for (let b = 0; b < bins; b++) if (h(b) * factor >= support) used.push(b);
  if (used.length <= 1) return null;
  const order = (b: number) => g(b) / (h(b) + support);
  used.sort((a, b) => order(a) - order(b) || a - b);
  const parent = -whole;
  let top = 0;
  let best: { from: readonly number[]; upTo: number; G: number; H: number; n: number } | null = null;
  const middle = (used.length + 1) >> 1;
  // Half of the levels from either end: a longer prefix is the other side of a suffix.
  for (const [from, most] of [
    [used, middle],
    [[...used].reverse(), used.length - middle],
  ] as const) {
    let G = 0;
    let H = 0;
    let n = 0;
    for (let i = 0; i < most; i++) {
      const b = from[i]!;
      G += g(b);
      H += h(b);
      n += size(b);
      if (n < minLeaf || H < minHessian) continue;
      if (node.n - n < minLeaf || node.H - H < minHessian) break;
      const gain = parent + part(G, H) + part(node.G - G, node.H - H);
      if (gain > top) {
        top = gain;
        best = { from, upTo: i, G, H, n };
      }
    }
  }
  if (!best) return null;
  const left = new Uint8Array(256);
  for (let i = 0; i <= best.upTo; i++) left[best.from[i]!] = 1;
  return { gain: top, left, G: best.G, H: best.H, n: best.n };
}
