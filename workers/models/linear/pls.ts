/** Partial least squares for one target: regression on a few mixtures of columns that go along with the target. */
import type { Matrix } from '../../../src/core/matrix.js';
import { model } from '../../../src/core/model.js';
import { flag, int } from '../../../src/core/param.js';
import { guard } from '../guard.js';
import { pace, type Pace } from '../pace.js';
import { fitOf, isFloats, isList, isNumber, keepOf, savedIn, type Keep } from '../resume.js';
import type { Line } from './least-squares.js';
import { means } from './moments.js';

export const pls = model({
  id: 'pls',
  version: 1,
  label: 'Partial least squares',
  help: 'Mixes the columns into a few components, each chosen to go along with the target as much as it can, and regresses on those. Columns that say the same thing share a component instead of fighting over weights.',
  source: 'Wold 1966; Wold, Ruhe, Wold & Dunn 1984. As PLSRegression of scikit-learn, for one target; computed as Dayal & MacGregor 1997.',
  family: 'linear',
  when: 'When there are many columns that say nearly the same, as in spectra or sensors, perhaps more of them than rows.',
  tasks: ['number'],
  takes: { missing: false, categories: false, scaled: false, weights: true, gpu: 'no', chance: false },
  params: {
    n_components: int({
      label: 'Components',
      help: 'How many mixtures are made. Few keep the model simple; as many as columns is plain least squares.',
      default: 2,
      min: 1,
      max: 1000,
      scale: 'log',
      tune: [1, 20],
    }),
    scale: flag({
      label: 'One scale for all columns',
      help: 'Divides each column by its standard deviation, so that units do not decide which counts. Switch it off when they shall.',
      default: true,
    }),
  },
  cost: ({ rows, cols }, { n_components }) => ({
    operations: rows * cols * (3 + 4 * Math.min(n_components, rows, cols)),
    bytes: 16 * (rows + cols * (2 + n_components)),
  }),
  async fit(X, target, params, ctx) {
    if (target.task !== 'number') throw new Error('pls takes a number target');
    guard(X, target, { missing: false });
    const keep = keepOf(ctx, fitOf('pls', X, target, params));
    const before = savedIn<{ loadings: readonly unknown[] }>(keep, { loadings: isList(() => true) });
    const p = pace(ctx, params.n_components, before?.loadings.length);
    const { weights, bias } = await components(X, target.y, target.weight ?? null, params.n_components, params.scale, p, keep);
    if (p.done === 0 && !p.stopped) await p.step();
    return { form: 'linear', link: 'identity', inputs: X.cols, outputs: 1, weights, bias: Float64Array.of(bias) };
  },
});

/** After a component. */
interface Found {
  /** Of the target. */
  readonly left: Float64Array;
  readonly b: Float64Array;
  readonly loadings: readonly Float64Array[];
  readonly turns: readonly Float64Array[];
  readonly first: number;
  readonly rest: number;
}

/** What is left of the target below this share is rounding: no further component. */
const NOTHING = 1e-14;

/** With one target only the target need be deflated: scores are X r, with r = w − Σ (p_j·w) r_j. */
export async function components(
  X: Matrix,
  y: Float64Array,
  weight: Float64Array | null,
  count: number,
  scale: boolean,
  pace: Pace,
  keep?: Keep,
): Promise<Line> {
  const { rows: n, cols: p, data } = X;
  const w = weight ?? new Float64Array(n).fill(1);
  const mean = means(
    X,
    Array.from({ length: p }, (_, j) => j),
    weight,
  );
  let total = 0;
  let yMean = 0;
  for (let i = 0; i < n; i++) {
    total += w[i]!;
    yMean += w[i]! * y[i]!;
  }
  yMean /= total;
  const unit = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    let s = 0;
    for (let i = 0; i < n; i++) s += w[i]! * (data[j * n + i]! - mean[j]!) ** 2;
    // A standard deviation from one row less, as scikit-learn takes it. A constant column is left out.
    unit[j] = s > 0 ? (scale ? Math.sqrt(Math.max(total - 1, Number.MIN_VALUE) / s) : 1) : 0;
    if (!Number.isFinite(unit[j]!)) unit[j] = 0;
  }
  let size = 0;
  let used = 0;
  for (let i = 0; i < n; i++) {
    size += w[i]! * (y[i]! - yMean) ** 2;
    if (w[i]! > 0) used++;
  }
  /** Σ w x v for every column on its scale, v being centred. */
  const across = async (v: Float64Array) => {
    const out = new Float64Array(p);
    for (let j = 0; j < p && !pace.stopped; j++) {
      if (pace.due(2 * n)) await pace.rest();
      const at = j * n;
      let s = 0;
      for (let i = 0; i < n; i++) s += w[i]! * (data[at + i]! - mean[j]!) * v[i]!;
      out[j] = s * unit[j]!;
    }
    return out;
  };
  const saved = savedIn<Found>(keep, {
    left: isFloats(n),
    b: isFloats(p),
    loadings: isList(isFloats(p)),
    turns: isList(isFloats(p)),
    first: isNumber,
    rest: isNumber,
  });
  const left = saved ? saved.left.slice() : y.map((v) => v - yMean);
  const b = saved ? saved.b.slice() : new Float64Array(p);
  const loadings: Float64Array[] = [...(saved?.loadings ?? [])];
  const turns: Float64Array[] = [...(saved?.turns ?? [])];
  const first = saved?.first ?? lengthOf(await across(left));
  let rest = saved?.rest ?? size;
  for (let a = loadings.length; a < Math.min(count, p, used - 1) && first > 0; a++) {
    const u = await across(left);
    const length = lengthOf(u);
    if (pace.stopped) break;
    if (!(length > NOTHING * first) || !(rest > NOTHING * NOTHING * size)) break;
    const r = u.map((v) => v / length);
    const own = r.slice();
    for (let c = 0; c < a; c++) {
      let s = 0;
      for (let j = 0; j < p; j++) s += loadings[c]![j]! * own[j]!;
      for (let j = 0; j < p; j++) r[j] = r[j]! - s * turns[c]![j]!;
    }
    const t = new Float64Array(n);
    for (let j = 0; j < p; j++) {
      const f = r[j]! * unit[j]!;
      if (f === 0) continue;
      if (pace.due(2 * n)) await pace.rest();
      const at = j * n;
      for (let i = 0; i < n; i++) t[i] = t[i]! + f * (data[at + i]! - mean[j]!);
    }
    let tt = 0;
    let ty = 0;
    for (let i = 0; i < n; i++) {
      tt += w[i]! * t[i]! * t[i]!;
      ty += w[i]! * t[i]! * left[i]!;
    }
    if (!(tt > 0)) break;
    const share = ty / tt;
    const loading = await across(t);
    if (pace.stopped) break;
    loadings.push(loading.map((v) => v / tt));
    turns.push(r);
    rest = 0;
    for (let i = 0; i < n; i++) {
      left[i] = left[i]! - share * t[i]!;
      rest += w[i]! * left[i]! * left[i]!;
    }
    for (let j = 0; j < p; j++) b[j] = b[j]! + share * r[j]!;
    if (!(await pace.step({ train: rest / total }))) break;
    keep?.offer(8 * (n + (2 * a + 3) * p), (): Found => ({
      left: left.slice(),
      b: b.slice(),
      loadings: [...loadings],
      turns: [...turns],
      first,
      rest,
    }));
  }
  let bias = yMean;
  for (let j = 0; j < p; j++) {
    b[j] = b[j]! * unit[j]!;
    bias -= b[j]! * mean[j]!;
  }
  return { weights: b, bias };
}

function lengthOf(v: Float64Array): number {
  let top = 0;
  for (const x of v) top = Math.max(top, Math.abs(x));
  let s = 0;
  for (const x of v) s += (x / (top || 1)) ** 2;
  return top * Math.sqrt(s);
}
