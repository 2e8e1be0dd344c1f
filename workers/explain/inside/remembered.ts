/** Models of similarity: how many rows they remember, of which classes; and where classes lie for those that keep a cloud of each. */
import type { Gaussians, Kernels, Neighbours, Process } from '../../../src/core/form.js';
import type { CloudsPicture, RememberedPicture } from '../../../src/core/inside.js';
import type { Naming } from './naming.js';

export function neighboursPicture(form: Neighbours, naming: Naming): RememberedPicture {
  const counts = new Float64Array(Math.max(1, naming.levels.length));
  for (const y of form.y) counts[form.task === 'class' ? y : 0]!++;
  return {
    kind: 'remembered',
    what: 'neighbours',
    rows: form.y.length,
    counts: Array.from(counts, (rows, k) => ({ label: naming.levels[k] ?? 'rows', rows })),
    says: [`Each answer is asked of the ${form.k === 1 ? 'nearest row' : `${Math.min(form.k, form.y.length)} nearest rows`}.`],
  };
}

/** Support vectors, counted for the class they speak for (a vector may serve several machines; it is counted where it weighs most). */
export function kernelsPicture(form: Kernels, naming: Naming, training: number): RememberedPicture {
  const points = form.inputs > 0 ? form.points.length / form.inputs : 0;
  const speaks = new Int32Array(points).fill(-1);
  const weight = new Float64Array(points);
  const { classes, starts, point, coefficients } = form;
  let machine = 0;
  const hear = (first: number, second: number) => {
    for (let t = starts[machine]!; t < starts[machine + 1]!; t++) {
      const v = coefficients[t]!;
      if (Math.abs(v) <= weight[point[t]!]!) continue;
      weight[point[t]!] = Math.abs(v);
      speaks[point[t]!] = v > 0 ? first : second;
    }
    machine++;
  };
  if (classes.length === 0) hear(0, 0);
  else for (let i = 0; i < classes.length; i++) for (let j = i + 1; j < classes.length; j++) hear(classes[i]!, classes[j]!);
  const counts = new Float64Array(Math.max(1, naming.levels.length));
  let rows = 0;
  for (const c of speaks) {
    if (c < 0) continue;
    counts[c]!++;
    rows++;
  }
  const share = training > 0 ? Math.round((100 * rows) / training) : 0;
  return {
    kind: 'remembered',
    what: 'support',
    rows,
    counts: Array.from(counts, (n, k) => ({ label: naming.levels[k] ?? 'rows', rows: n })),
    says: [
      `${rows} of ${training} training rows are support vectors (${share} %): only they decide. ${share > 60 ? 'That is many: the classes overlap, or the kernel is too narrow.' : ''}`.trim(),
    ],
  };
}

/** What a process learnt of its columns: how far apart rows may lie in each and still be alike. */
export function processPicture(form: Process, naming: Naming): RememberedPicture {
  const p = form.inputs;
  const rows = p > 0 ? form.points.length / p : 0;
  const ranked = Array.from({ length: p }, (_, j) => ({ name: naming.columns[j] ?? String(j), length: form.lengths[j]! })).sort(
    (a, b) => a.length - b.length,
  );
  const short = (v: number) => String(Number(v.toPrecision(3)));
  const one = new Set(ranked.map((r) => r.length)).size === 1;
  return {
    kind: 'remembered',
    what: 'process',
    rows,
    counts: [{ label: 'rows', rows }],
    says: [
      `It remembers ${rows} rows; rows count as alike within a length of ${
        one
          ? `${short(ranked[0]?.length ?? 0)} in every column`
          : ranked
              .slice(0, 8)
              .map((r) => `${short(r.length)} in ${r.name}`)
              .join(', ')
      }, in standard deviations: the shorter, the more a column matters.`,
      form.classes.length === 0
        ? `What it takes for chance has a standard deviation of ${short(Math.sqrt(form.noise[0]!) * form.scale)}.`
        : '',
    ].filter(Boolean),
  };
}

export function cloudsPicture(form: Gaussians, naming: Naming): CloudsPicture {
  const K = form.classes.length;
  const p = form.inputs;
  const sd = form.variances.length ? (k: number, j: number) => Math.sqrt(form.variances[k * p + j]!) : spreads(form);
  const columns = Array.from({ length: p }, (_, j) => {
    const mean = Array.from({ length: K }, (_, k) => form.means[k * p + j]!);
    const sds = mean.map((_, k) => sd(k, j));
    const middle = mean.reduce((a, b) => a + b, 0) / K;
    const apart = Math.sqrt(mean.reduce((a, m) => a + (m - middle) ** 2, 0) / K) / (sds.reduce((a, b) => a + b, 0) / K || 1);
    return { name: naming.columns[j] ?? String(j), mean, sd: sds, apart };
  });
  return {
    kind: 'clouds',
    classes: Array.from(form.classes, (c, k) => ({ level: naming.levels[c] ?? String(c), prior: Math.exp(form.logPrior[k]!) })),
    columns: columns
      .sort((a, b) => b.apart - a.apart)
      .slice(0, 40)
      .map(({ name, mean, sd: s }) => ({ name, mean, sd: s })),
  };
}

/** Of full covariances: Σ = (Wᵀ W)⁻¹, so the variance of a column is the squared length of its row of W⁻¹. O(classes · columns³ / 3). */
function spreads(form: Gaussians): (k: number, j: number) => number {
  const p = form.inputs;
  const tri = (p * (p + 1)) / 2;
  const out = new Float64Array(form.classes.length * p);
  const row = new Float64Array(p);
  for (let k = 0; k < form.classes.length; k++) {
    const W = form.whiten.subarray(k * tri, (k + 1) * tri);
    const at = (i: number, j: number) => W[(i * (i + 1)) / 2 + j]!;
    for (let j = 0; j < p; j++) {
      // Column j of W⁻¹ by forward substitution; its entries add to the variances of their rows.
      for (let i = j; i < p; i++) {
        let s = i === j ? 1 : 0;
        for (let m = j; m < i; m++) s -= at(i, m) * row[m]!;
        row[i] = s / at(i, i);
        out[k * p + i]! += row[i]! ** 2;
      }
    }
  }
  return (k, j) => Math.sqrt(out[k * p + j]!);
}
