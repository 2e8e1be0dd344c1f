/** How strongly two columns go together, each measure with its test. Rows in which either is missing are left out. */
import type { Measure } from '../../src/core/picture.js';
import { chi2Tail, fTail, tTail2 } from '../evaluate/distributions.js';

/** p as people write it. */
export const pText = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);
const chance = (p: number) =>
  p < 0.05 ? `so strong a link would rarely come by chance (${pText(p)})` : `chance alone could well do this (${pText(p)})`;
const word = (v: number) => (v < 0.1 ? 'Hardly any' : v < 0.3 ? 'A weak' : v < 0.5 ? 'A moderate' : v < 0.8 ? 'A strong' : 'A very strong');

function paired(x: ArrayLike<number>, y: ArrayLike<number>): [Float64Array, Float64Array] {
  const a = new Float64Array(x.length);
  const b = new Float64Array(x.length);
  let n = 0;
  for (let i = 0; i < x.length; i++) {
    const u = x[i]!;
    const v = y[i]!;
    if (u === u && v === v) {
      a[n] = u;
      b[n++] = v;
    }
  }
  return [a.subarray(0, n), b.subarray(0, n)];
}

/** Null when either is constant or fewer than two rows are known. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const n = a.length;
  if (n < 2) return null;
  let ma = 0;
  let mb = 0;
  for (let i = 0; i < n; i++) {
    ma += a[i]!;
    mb += b[i]!;
  }
  ma /= n;
  mb /= n;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = 0; i < n; i++) {
    const u = a[i]! - ma;
    const v = b[i]! - mb;
    aa += u * u;
    bb += v * v;
    ab += u * v;
  }
  const r = ab / Math.sqrt(aa * bb);
  return aa > 0 && bb > 0 && Number.isFinite(r) ? Math.max(-1, Math.min(1, r)) : null;
}

function correlationTest(r: number, n: number): NonNullable<Measure['test']> | null {
  if (n < 3) return null;
  const df = n - 2;
  const t = Math.abs(r) >= 1 ? Number.MAX_VALUE : r * Math.sqrt(df / (1 - r * r));
  return { label: 't-test of no correlation', statistic: t, df: [df], p: Math.abs(r) >= 1 ? 0 : tTail2(t, df) };
}

export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): Measure | null {
  const [a, b] = paired(x, y);
  const r = correlation(a, b);
  if (r === null) return null;
  const test = correlationTest(r, a.length);
  return {
    id: 'pearson',
    label: 'Pearson’s r',
    value: r,
    range: [-1, 1],
    test,
    rows: a.length,
    says: `${word(Math.abs(r))} straight-line link${Math.abs(r) >= 0.1 ? (r > 0 ? ', rising together' : ', one falling as the other rises') : ''}${test ? `; ${chance(test.p)}` : ''}.`,
  };
}

/** Ranks from 1, ties sharing their mean; and Σ(t³ − t) over ties. */
export function ranks(x: ArrayLike<number>): { ranks: Float64Array; ties: number } {
  const n = x.length;
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  order.sort((a, b) => x[a]! - x[b]!);
  const out = new Float64Array(n);
  let ties = 0;
  for (let i = 0; i < n;) {
    let k = i + 1;
    while (k < n && x[order[k]!] === x[order[i]!]) k++;
    for (let j = i; j < k; j++) out[order[j]!] = (i + 1 + k) / 2;
    const t = k - i;
    ties += t * t * t - t;
    i = k;
  }
  return { ranks: out, ties };
}

export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): Measure | null {
  const [a, b] = paired(x, y);
  const r = correlation(ranks(a).ranks, ranks(b).ranks);
  if (r === null) return null;
  const test = correlationTest(r, a.length);
  return {
    id: 'spearman',
    label: 'Spearman’s ρ',
    value: r,
    range: [-1, 1],
    test,
    rows: a.length,
    says: `${word(Math.abs(r))} link between the orders${Math.abs(r) >= 0.1 ? (r > 0 ? ', rising together' : ', one falling as the other rises') : ''}${test ? `; ${chance(test.p)}` : ''}.`,
  };
}

/** Values of rows with a group, and the group of each; groups numbered without gaps. */
function grouped(x: ArrayLike<number>, codes: ArrayLike<number>): { v: Float64Array; g: Int32Array; groups: number } {
  const v = new Float64Array(x.length);
  const g = new Int32Array(x.length);
  const number = new Map<number, number>();
  let n = 0;
  for (let i = 0; i < x.length; i++) {
    const u = x[i]!;
    const code = codes[i]!;
    if (u !== u || code < 0) continue;
    let k = number.get(code);
    if (k === undefined) number.set(code, (k = number.size));
    v[n] = u;
    g[n++] = k;
  }
  return { v: v.subarray(0, n), g: g.subarray(0, n), groups: number.size };
}

/** Sum of squares between groups and in all. */
function squares(v: Float64Array, g: Int32Array, groups: number): { between: number; total: number } {
  const sums = new Float64Array(groups);
  const sizes = new Float64Array(groups);
  let mean = 0;
  for (let i = 0; i < v.length; i++) mean += v[i]!;
  mean /= v.length;
  let total = 0;
  for (let i = 0; i < v.length; i++) {
    const d = v[i]! - mean;
    sums[g[i]!]! += d;
    sizes[g[i]!]!++;
    total += d * d;
  }
  let between = 0;
  for (let k = 0; k < groups; k++) if (sizes[k]! > 0) between += (sums[k]! * sums[k]!) / sizes[k]!;
  return { between, total };
}

/** One-way analysis of variance; the strength is η². */
export function anova(x: ArrayLike<number>, codes: ArrayLike<number>): Measure | null {
  const { v, g, groups } = grouped(x, codes);
  const n = v.length;
  if (groups < 2 || n <= groups) return null;
  const { between, total } = squares(v, g, groups);
  if (!(total > 0) || !Number.isFinite(total)) return null;
  const eta2 = Math.min(1, between / total);
  const within = total - between;
  const F = within > total * 1e-14 ? between / (groups - 1) / (within / (n - groups)) : Number.MAX_VALUE;
  const p = F === Number.MAX_VALUE ? 0 : fTail(F, groups - 1, n - groups);
  return {
    id: 'anova',
    label: 'η² (share of variance between groups)',
    value: eta2,
    range: [0, 1],
    test: { label: 'ANOVA F-test of equal means', statistic: F, df: [groups - 1, n - groups], p },
    rows: n,
    says: `${(100 * eta2).toFixed(eta2 < 0.1 ? 1 : 0)} % of the variance lies between the groups; ${p < 0.05 ? `their means differ more than by chance (${pText(p)})` : `their means could be equal (${pText(p)})`}.`,
  };
}

/** Kruskal & Wallis (1952), corrected for ties; the strength is ε². */
export function kruskal(x: ArrayLike<number>, codes: ArrayLike<number>): Measure | null {
  const { v, g, groups } = grouped(x, codes);
  const n = v.length;
  if (groups < 2 || n < 3) return null;
  const { ranks: r, ties } = ranks(v);
  const sums = new Float64Array(groups);
  const sizes = new Float64Array(groups);
  for (let i = 0; i < n; i++) {
    sums[g[i]!]! += r[i]!;
    sizes[g[i]!]!++;
  }
  let H = 0;
  for (let k = 0; k < groups; k++) H += (sums[k]! * sums[k]!) / sizes[k]!;
  const correct = 1 - ties / (n * n * n - n);
  if (!(correct > 0)) return null;
  H = Math.max(0, ((12 / (n * (n + 1))) * H - 3 * (n + 1)) / correct);
  const p = chi2Tail(H, groups - 1);
  const strength = Math.min(1, H / (n - 1));
  return {
    id: 'kruskal',
    label: 'ε² (share of rank variance between groups)',
    value: strength,
    range: [0, 1],
    test: { label: 'Kruskal–Wallis test of equal distributions', statistic: H, df: [groups - 1], p },
    rows: n,
    says: `By ranks, which outliers cannot pull: ${p < 0.05 ? `the groups differ more than by chance (${pText(p)})` : `the groups could be alike (${pText(p)})`}.`,
  };
}

export interface Counts {
  readonly rows: number;
  readonly cols: number;
  /** Row-major; rows and columns without any count dropped. */
  readonly cells: Float64Array;
  readonly n: number;
}

export function crossed(a: ArrayLike<number>, b: ArrayLike<number>): Counts {
  const ra = new Map<number, number>();
  const rb = new Map<number, number>();
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < 0 || b[i]! < 0) continue;
    if (!ra.has(a[i]!)) ra.set(a[i]!, ra.size);
    if (!rb.has(b[i]!)) rb.set(b[i]!, rb.size);
  }
  const cells = new Float64Array(ra.size * rb.size);
  let n = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < 0 || b[i]! < 0) continue;
    cells[ra.get(a[i]!)! * rb.size + rb.get(b[i]!)!]!++;
    n++;
  }
  return { rows: ra.size, cols: rb.size, cells, n };
}

function margins({ rows, cols, cells }: Counts): [Float64Array, Float64Array] {
  const r = new Float64Array(rows);
  const c = new Float64Array(cols);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) {
      r[i]! += cells[i * cols + j]!;
      c[j]! += cells[i * cols + j]!;
    }
  return [r, c];
}

/** χ² of independence without a correction, and Cramér's V (1946). */
export function chiSquare(a: ArrayLike<number>, b: ArrayLike<number>): Measure | null {
  const t = crossed(a, b);
  if (t.rows < 2 || t.cols < 2) return null;
  const [r, c] = margins(t);
  let chi2 = 0;
  let thin = 0;
  for (let i = 0; i < t.rows; i++)
    for (let j = 0; j < t.cols; j++) {
      const e = (r[i]! * c[j]!) / t.n;
      const d = t.cells[i * t.cols + j]! - e;
      chi2 += (d * d) / e;
      if (e < 5) thin++;
    }
  const df = (t.rows - 1) * (t.cols - 1);
  const p = chi2Tail(chi2, df);
  const v = Math.min(1, Math.sqrt(chi2 / t.n / Math.min(t.rows - 1, t.cols - 1)));
  return {
    id: 'chi2',
    label: 'Cramér’s V',
    value: v,
    range: [0, 1],
    test: { label: 'χ² test of independence', statistic: chi2, df: [df], p },
    rows: t.n,
    says: `${word(v)} link; ${chance(p)}${thin > t.rows * t.cols * 0.2 ? '. Many expected counts are below 5, so take p with care' : ''}.`,
  };
}

/** Plug-in mutual information in nats, the entropy of the second, and how much of the first chance alone would give (Miller & Madow 1955). */
export function information(a: ArrayLike<number>, b: ArrayLike<number>): { nats: number; entropy: number; chance: number; n: number } {
  const t = crossed(a, b);
  const [r, c] = margins(t);
  let nats = 0;
  let entropy = 0;
  let filled = 0;
  for (let j = 0; j < t.cols; j++) {
    const q = c[j]! / t.n;
    entropy -= q * Math.log(q);
    for (let i = 0; i < t.rows; i++) {
      const o = t.cells[i * t.cols + j]!;
      if (o > 0) {
        nats += (o / t.n) * Math.log((o * t.n) / (r[i]! * c[j]!));
        filled++;
      }
    }
  }
  return {
    nats: Math.max(0, nats),
    entropy: Math.max(0, entropy),
    chance: t.n > 0 ? Math.max(0, (filled - t.rows - t.cols + 1) / (2 * t.n)) : 0,
    n: t.n,
  };
}

export function mutualInformation(a: ArrayLike<number>, b: ArrayLike<number>, cut: string): Measure | null {
  const { nats, entropy, n } = information(a, b);
  if (n < 2 || !(entropy > 0)) return null;
  return {
    id: 'mutual-information',
    label: 'Mutual information',
    value: nats,
    range: [0, null],
    test: null,
    rows: n,
    says: `Knowing one takes away ${((100 * nats) / entropy).toFixed(0)} % of the uncertainty about the other${cut}.`,
  };
}
