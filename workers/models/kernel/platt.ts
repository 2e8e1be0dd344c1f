/** A sigmoid from decisions to probabilities (Platt 1999), fitted by Newton’s method as Lin, Lin & Weng (2007) do. */

export interface Sigmoid {
  /** Probability of the first class = 1 / (1 + exp(slope × decision + offset)). */
  readonly slope: number;
  readonly offset: number;
}

/** `first` is 1 for rows of the first class, else 0. Targets are drawn in a little by the counts, so that few rows never make certain. Ends where the gradient is below `tol` (1e-5 as libsvm has it). */
export function fitSigmoid(decision: Float64Array, first: Uint8Array, weight: Float64Array, tol = 1e-5): Sigmoid {
  const steps = sigmoidSteps(decision, first, weight, tol);
  let turn = steps.next();
  while (!turn.done) turn = steps.next();
  return turn.value;
}

/** The same for many rows: `heed` hears of the operations between two looks at them. */
export async function fitSigmoidHeard(
  decision: Float64Array,
  first: Uint8Array,
  weight: Float64Array,
  heed: (operations: number) => Promise<unknown> | true,
  tol = 1e-5,
): Promise<Sigmoid> {
  // prettier-ignore
  const steps = sigmoidSteps(decision, first, weight, tol);
  let turn = steps.next();
  for (; !turn.done; turn = steps.next()) {
    const heard = heed(turn.value);
    if (heard !== true) await heard;
  }
  return turn.value;
}

/** Gives the operations of each pass over the rows. */
function* sigmoidSteps(decision: Float64Array, first: Uint8Array, weight: Float64Array, tol: number): Generator<number, Sigmoid> {
  const pass = 20 * first.length;
  let ones = 0;
  let zeros = 0;
  for (let i = 0; i < first.length; i++) {
    if (first[i]) ones += weight[i]!;
    else zeros += weight[i]!;
  }
  const hit = (ones + 1) / (ones + 2);
  const miss = 1 / (zeros + 2);
  let slope = 0;
  let offset = Math.log((zeros + 1) / (ones + 1));

  const loss = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < first.length; i++) {
      const z = decision[i]! * a + b;
      const t = first[i] ? hit : miss;
      sum += weight[i]! * (z >= 0 ? t * z + Math.log1p(Math.exp(-z)) : (t - 1) * z + Math.log1p(Math.exp(z)));
    }
    return sum;
  };

  let value = loss(slope, offset);
  yield pass;
  for (let round = 0; round < 100; round++) {
    let h11 = 1e-12;
    let h22 = 1e-12;
    let h21 = 0;
    let g1 = 0;
    let g2 = 0;
    for (let i = 0; i < first.length; i++) {
      const f = decision[i]!;
      const z = f * slope + offset;
      const e = Math.exp(-Math.abs(z));
      const p = z >= 0 ? e / (1 + e) : 1 / (1 + e);
      const d2 = weight[i]! * p * (1 - p);
      const d1 = weight[i]! * ((first[i] ? hit : miss) - p);
      h11 += f * f * d2;
      h22 += d2;
      h21 += f * d2;
      g1 += f * d1;
      g2 += d1;
    }
    yield pass;
    if (Math.abs(g1) < tol && Math.abs(g2) < tol) break;
    const det = h11 * h22 - h21 * h21;
    const da = -(h22 * g1 - h21 * g2) / det;
    const db = -(h11 * g2 - h21 * g1) / det;
    const slant = g1 * da + g2 * db;
    let step = 1;
    for (; step >= 1e-10; step /= 2) {
      const next = loss(slope + step * da, offset + step * db);
      yield pass;
      if (next < value + 1e-4 * step * slant) {
        slope += step * da;
        offset += step * db;
        value = next;
        break;
      }
    }
    if (step < 1e-10) break;
  }
  return { slope, offset };
}
