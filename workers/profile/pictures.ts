/** What to draw of one column, of two, and of a target with all others. */
import type {
  AssociationPicture,
  Box,
  ColumnPicture,
  HistogramBin,
  LevelBar,
  Measure,
  PairPicture,
  ScatterPoint,
  TargetRelation,
} from '../../src/core/picture.js';
import { Problem } from '../../src/core/problem.js';
import type { Task } from '../../src/core/model.js';
import { columnOf, isValues, missingAt, type Column, type Table } from '../../src/core/table.js';
import { anova, chiSquare, correlation, information, kruskal, mutualInformation, pearson, spearman } from './measures.js';
import { classesOf, evenRows, frequentLevels, partsOf, thinned, type Parts } from './parts.js';
import { binOf, below, distinctOf, edges, fences, quantile, sortedValues } from './summary.js';

const some = (list: readonly (Measure | null)[]): Measure[] => list.filter((m) => m !== null);

function need(table: Table, name: string): Column {
  const c = columnOf(table, name);
  if (!c) throw new Problem('profile/no-column', { column: name });
  return c;
}

/** All the measures that suit two kinds. `classes`: take this column of values as classes. */
function measuresOf(a: Column, b: Column, classesB: Parts | null = null): Measure[] {
  const av = isValues(a) ? a.values : null;
  const bv = isValues(b) && !classesB ? b.values : null;
  const shared = mutualInformation(partsOf(a).codes, (classesB ?? partsOf(b)).codes, av || bv ? ' (numbers are cut into ten parts)' : '');
  if (av && bv) return some([pearson(av, bv), spearman(av, bv), shared]);
  const bc = classesB ? classesB.codes : isValues(b) ? null : b.codes;
  const ac = isValues(a) ? null : a.codes;
  if (av && bc) return some([anova(av, bc), kruskal(av, bc), shared]);
  if (bv && ac) return some([anova(bv, ac), kruskal(bv, ac), shared]);
  if (ac && bc) return some([chiSquare(ac, bc), shared]);
  return some([shared]);
}

export function boxOf(label: string, values: ArrayLike<number>): Box | null {
  const s = sortedValues(values);
  const n = s.length;
  if (n === 0) return null;
  const [low, high] = fences(s);
  const from = below(s, low);
  let to = n;
  while (to > 0 && s[to - 1]! > high) to--;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += s[i]!;
  const mean = sum / n;
  if (!Number.isFinite(mean)) return null;
  return {
    label,
    rows: n,
    low: s[Math.min(from, n - 1)]!,
    q1: quantile(s, 0.25),
    median: quantile(s, 0.5),
    q3: quantile(s, 0.75),
    high: s[Math.max(0, to - 1)]!,
    mean,
    outliers: from + n - to,
  };
}

/** One box per part, in the order of labels. */
function boxesBy(values: Float64Array, parts: Parts): Box[] {
  const out: Box[] = [];
  parts.labels.forEach((label, k) => {
    const own: number[] = [];
    for (let i = 0; i < values.length; i++) if (parts.codes[i] === k) own.push(values[i]!);
    const box = boxOf(label, own);
    if (box) out.push(box);
  });
  return out;
}

export function describeColumn(table: Table, name: string, targetName?: string, task?: Task): ColumnPicture {
  const c = need(table, name);
  const target = targetName !== undefined && targetName !== name ? columnOf(table, targetName) : undefined;
  const classes = target ? classesOf(target, task) : null;
  let missing = 0;
  for (let i = 0; i < table.rows; i++) if (missingAt(c, i)) missing++;
  const k = classes ? classes.labels.length : 0;
  let bins: HistogramBin[] = [];
  let boxes: Box[] = [];
  let bars: LevelBar[] = [];
  let rest = { levels: 0, rows: 0 };
  let distinct: number;
  if (isValues(c)) {
    const sorted = sortedValues(c.values);
    distinct = distinctOf(sorted);
    const e = edges(sorted, c.kind === 'time');
    const counts = Array.from({ length: Math.max(0, e.length - 1) }, () => ({ count: 0, byClass: new Array<number>(k).fill(0) }));
    for (let i = 0; i < c.values.length; i++) {
      const bin = counts[binOf(e, c.values[i]!)] ?? (e.length === 2 && c.values[i] === e[0] ? counts[0] : undefined);
      if (!bin) continue;
      bin.count++;
      const code = classes ? classes.codes[i]! : -1;
      if (code >= 0) bin.byClass[code]!++;
    }
    bins = counts.map((b, i) => ({ from: e[i]!, to: e[i + 1]!, ...b }));
    if (c.kind === 'number') boxes = [boxOf('all', sorted), ...(classes ? boxesBy(c.values, classes) : [])].filter((b) => b !== null);
  } else {
    const parts = frequentLevels(c, 21);
    const cut = parts.labels.length > 20 && parts.labels[20] === 'other' ? 20 : Math.min(20, parts.labels.length);
    const counts = parts.labels.map(() => ({ count: 0, byClass: new Array<number>(k).fill(0), sum: 0, known: 0 }));
    const numbers = target && isValues(target) && !classes ? target.values : null;
    for (let i = 0; i < c.codes.length; i++) {
      const bar = counts[parts.codes[i]!];
      if (!bar) continue;
      bar.count++;
      const code = classes ? classes.codes[i]! : -1;
      if (code >= 0) bar.byClass[code]!++;
      const y = numbers ? numbers[i]! : NaN;
      if (y === y) {
        bar.sum += y;
        bar.known++;
      }
    }
    bars = counts
      .slice(0, cut)
      .map((b, i) => ({ label: parts.labels[i]!, count: b.count, byClass: b.byClass, mean: b.known ? b.sum / b.known : null }));
    distinct = new Set(c.codes).size - (missing > 0 ? 1 : 0);
    rest = { levels: distinct - bars.length, rows: table.rows - missing - bars.reduce((s, b) => s + b.count, 0) };
  }
  let measures: Measure[] = [];
  if (target) {
    const small = thinned({ rows: table.rows, columns: [c, target] });
    measures = measuresOf(small.columns[0]!, small.columns[1]!, isValues(target) && classes ? classesOf(small.columns[1]!, task) : null);
  }
  return {
    name,
    kind: c.kind,
    rows: table.rows,
    missing,
    distinct,
    target: target ? target.name : null,
    classes: classes?.labels ?? [],
    bins,
    boxes,
    bars,
    rest,
    measures,
  };
}

const POINTS = 2000;

export function describePair(table: Table, a: string, b: string, targetName?: string, task?: Task): PairPicture {
  const ca = need(table, a);
  const cb = need(table, b);
  const target = targetName !== undefined ? columnOf(table, targetName) : undefined;
  const classes = target ? classesOf(target, task) : null;
  let rows = 0;
  for (let i = 0; i < table.rows; i++) if (!missingAt(ca, i) && !missingAt(cb, i)) rows++;
  const small = thinned({ rows: table.rows, columns: [ca, cb] });
  const measures = measuresOf(small.columns[0]!, small.columns[1]!);
  const base = { a, b, kinds: [ca.kind, cb.kind] as const, rows, measures };
  if (isValues(ca) && isValues(cb)) {
    const both = new Uint32Array(rows);
    let n = 0;
    for (let i = 0; i < table.rows; i++) if (!missingAt(ca, i) && !missingAt(cb, i)) both[n++] = i;
    const points: ScatterPoint[] = [...evenRows(rows, POINTS)].map((k) => {
      const i = both[k]!;
      return { x: ca.values[i]!, y: cb.values[i]!, c: classes ? classes.codes[i]! : -1 };
    });
    return {
      ...base,
      shape: 'scatter',
      classes: classes?.labels ?? [],
      points,
      line: leastSquares(ca.values, cb.values, both),
      boxes: [],
      value: null,
      table: null,
    };
  }
  if (isValues(ca) || isValues(cb)) {
    const [value, names] = isValues(ca) ? [ca, cb as Exclude<Column, typeof ca>] : [cb as Extract<Column, { values: Float64Array }>, ca];
    const parts = 'levels' in names ? frequentLevels(names, 20) : partsOf(names);
    return {
      ...base,
      shape: 'boxes',
      classes: [],
      points: [],
      line: null,
      boxes: boxesBy(value.values, parts),
      value: value.name,
      table: null,
    };
  }
  const pa = frequentLevels(ca, 12);
  const pb = frequentLevels(cb, 12);
  const counts = pa.labels.map(() => new Array<number>(pb.labels.length).fill(0));
  for (let i = 0; i < table.rows; i++) if (pa.codes[i]! >= 0 && pb.codes[i]! >= 0) counts[pa.codes[i]!]![pb.codes[i]!]!++;
  return {
    ...base,
    shape: 'table',
    classes: [],
    points: [],
    line: null,
    boxes: [],
    value: null,
    table: { rows: pa.labels, columns: pb.labels, counts },
  };
}

function leastSquares(x: Float64Array, y: Float64Array, rows: Uint32Array): { slope: number; intercept: number } | null {
  const n = rows.length;
  let mx = 0;
  let my = 0;
  for (let k = 0; k < n; k++) {
    mx += x[rows[k]!]! / n;
    my += y[rows[k]!]! / n;
  }
  let xx = 0;
  let xy = 0;
  for (let k = 0; k < n; k++) {
    const d = x[rows[k]!]! - mx;
    xx += d * d;
    xy += d * (y[rows[k]!]! - my);
  }
  const slope = xy / xx;
  const intercept = my - slope * mx;
  return n > 1 && Number.isFinite(slope) && Number.isFinite(intercept) ? { slope, intercept } : null;
}

/** The target in parts: its classes, or tenths of its values. */
export function targetParts(target: Column, task: Task): Parts {
  return task === 'class' ? (classesOf(target, 'class') ?? partsOf(target)) : partsOf(target);
}

/** Share of the target's entropy that a column takes away, less what chance gives; 0…1. */
export function strengthOf(column: Column, target: Parts): number {
  const { nats, entropy, chance } = information(partsOf(column).codes, target.codes);
  return entropy > 0 ? Math.max(0, Math.min(1, (nats - chance) / entropy)) : 0;
}

export function targetRelations(table: Table, targetName: string, task: Task): TargetRelation[] {
  const all = thinned(table);
  const target = need(all, targetName);
  const parts = targetParts(target, task);
  const out = all.columns
    .filter((c) => c.name !== targetName)
    .map((c): TargetRelation => {
      const strength = strengthOf(c, parts);
      const measure = measuresOf(c, target, task === 'class' && isValues(target) ? parts : null)[0] ?? null;
      const whole = columnOf(table, c.name)!;
      let missing = 0;
      for (let i = 0; i < table.rows; i++) if (missingAt(whole, i)) missing++;
      return {
        column: c.name,
        kind: c.kind,
        strength,
        measure,
        missing,
        says: `“${c.name}” alone takes away ${(100 * strength).toFixed(strength < 0.1 ? 1 : 0)} % of the uncertainty about “${targetName}”.`,
      };
    });
  return out.sort((a, b) => b.strength - a.strength || (a.column < b.column ? -1 : 1));
}

const MOST_COLUMNS = 40;

export function associations(table: Table): AssociationPicture {
  const fit = table.columns.filter((c) => c.kind !== 'text' && (isValues(c) || c.levels.length > 1));
  const shown = fit.slice(0, MOST_COLUMNS);
  const small = thinned({ rows: table.rows, columns: shown }, 50000);
  const n = shown.length;
  const values = new Array<number | null>(n * n).fill(null);
  const method = new Array<AssociationPicture['method'][number]>(n * n).fill('pearson');
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const a = small.columns[i]!;
      const b = small.columns[j]!;
      let value: number | null;
      let how: AssociationPicture['method'][number];
      if (isValues(a) && isValues(b)) {
        how = 'pearson';
        value = i === j ? 1 : bothKnown(a.values, b.values);
      } else if (isValues(a) || isValues(b)) {
        how = 'correlation-ratio';
        const m = isValues(a)
          ? anova(a.values, (b as Extract<Column, { codes: Int32Array }>).codes)
          : anova((b as Extract<Column, { values: Float64Array }>).values, a.codes);
        value = m ? Math.sqrt(m.value) : null;
      } else {
        how = 'cramers-v';
        value = i === j ? 1 : (chiSquare(a.codes, b.codes)?.value ?? null);
      }
      values[i * n + j] = values[j * n + i] = value;
      method[i * n + j] = method[j * n + i] = how;
    }
  }
  return {
    names: shown.map((c) => c.name),
    kinds: shown.map((c) => c.kind),
    values,
    method,
    left: table.columns.filter((c) => !shown.includes(c)).map((c) => c.name),
    rows: small.rows,
  };
}

function bothKnown(x: Float64Array, y: Float64Array): number | null {
  const a: number[] = [];
  const b: number[] = [];
  for (let i = 0; i < x.length; i++) {
    if (x[i] === x[i] && y[i] === y[i]) {
      a.push(x[i]!);
      b.push(y[i]!);
    }
  }
  return correlation(a, b);
}
