/** Warnings about the target: its own faults, and columns that give it away. */
import { countText } from '../../src/core/count.js';
import type { Task } from '../../src/core/model.js';
import type { Profile, Warning } from '../../src/core/profile.js';
import { columnOf, isValues, type Column, type Table } from '../../src/core/table.js';
import { correlation } from './measures.js';
import { classesOf, thinned } from './parts.js';
import { strengthOf, targetParts } from './pictures.js';
import { percent } from './rows.js';

export function targetWarnings(table: Table, profile: Profile, name: string, given?: Task): Warning[] {
  const c = profile.columns.find((p) => p.name === name);
  const column = columnOf(table, name);
  if (!c || !column) return [];
  const task: Task = given ?? (classesOf(column) ? 'class' : 'number');
  const out: Warning[] = [];
  const known = c.rows - c.missing;
  const base = { columns: [name], examples: [] as string[], fixes: [] };
  if (c.missing > 0) {
    out.push({
      ...base,
      code: 'target-missing',
      severity: c.missing > c.rows * 0.2 ? 'high' : 'low',
      message: `The target “${name}” is missing in ${countText(c.missing)} rows (${percent(c.missing / c.rows)}).`,
      why: 'Nothing can be learnt from a row without an answer, so these rows are left out; if they differ from the others, the model will not hold for them.',
      count: c.missing,
    });
  }
  if (c.distinct <= 1) {
    out.push({
      ...base,
      code: 'target-constant',
      severity: 'high',
      message: `The target “${name}” is the same in every row.`,
      why: 'There is nothing to predict.',
      count: known,
    });
    return out;
  }
  if (task === 'class') {
    const parts = classesOf(column, 'class')!;
    const counts = new Array<number>(parts.labels.length).fill(0);
    for (let i = 0; i < parts.codes.length; i++) if (parts.codes[i]! >= 0) counts[parts.codes[i]!]!++;
    const classes = parts.labels.map((l, k) => [l, counts[k]!] as const).filter(([l]) => l !== 'other' || c.distinct <= counts.length);
    const thin = classes.filter(([, n]) => n < 10);
    if (thin.length > 0) {
      out.push({
        ...base,
        code: 'few-per-class',
        severity: thin.some(([, n]) => n < 5) ? 'high' : 'medium',
        message: `${thin.length} ${thin.length === 1 ? 'class of' : 'classes of'} “${name}” ${thin.length === 1 ? 'has' : 'have'} fewer than 10 rows.`,
        why: 'So few rows cannot be learnt from and measured on at once; join classes or drop them.',
        count: thin.length,
        examples: thin.slice(0, 5).map(([l, n]) => `${l}: ${n}`),
        fixes: thin
          .slice(0, 3)
          .map(([l]) => ({ label: `Leave out “${l}”`, step: { step: 'filter-rows', on: [name], params: { op: 'is-not', value: l } } })),
      });
    }
    if (c.distinct > 30 && c.distinct > known * 0.1) {
      out.push({
        ...base,
        code: 'high-cardinality',
        severity: 'high',
        message: `The target “${name}” has ${countText(c.distinct)} classes.`,
        why: 'That is too many to learn; is it a number or a name rather than a class?',
        count: c.distinct,
      });
    }
    const most = Math.max(...counts);
    const least = Math.min(...counts);
    if (counts.length >= 2 && (most > known * 0.8 || least * 10 < most)) {
      const rare = classes.reduce((a, b) => (b[1] < a[1] ? b : a), classes[0]!);
      out.push({
        ...base,
        code: 'class-imbalance',
        severity: rare[1] < known * 0.05 ? 'medium' : 'low',
        message: `Classes of “${name}” are uneven: ${percent(most / known)} of the rows are of one class, “${rare[0]}” has ${percent(rare[1] / known)}.`,
        why: 'Always answering the frequent class already looks accurate; judge by balanced accuracy, average precision or F1, and weigh classes.',
        count: rare[1],
        examples: classes.slice(0, 5).map(([l, n]) => `${l}: ${n}`),
      });
    }
  } else if (c.skew !== null && Math.abs(c.skew) > 2 && isValues(column)) {
    out.push({
      ...base,
      code: 'target-skewed',
      severity: 'low',
      message: `The target “${name}” is lopsided (skewness ${c.skew.toFixed(1)}).`,
      why: 'Squared errors are ruled by its largest values; predict its logarithm, or judge by the absolute error.',
      count: known,
    });
  }
  out.push(...leaks(table, profile, column, task));
  return out;
}

/** Columns that (nearly) are the target, and pairs of numbers that add up to it. */
function leaks(table: Table, profile: Profile, whole: Column, task: Task): Warning[] {
  const out: Warning[] = [];
  const small = thinned(table, 20000);
  const target = columnOf(small, whole.name)!;
  const parts = targetParts(target, task);
  const told = new Set<string>();
  for (const c of small.columns) {
    if (c.name === whole.name || c.kind === 'text') continue;
    const p = profile.columns.find((x) => x.name === c.name);
    if (!p || p.distinct < 2 || (p.suggestion.role === 'ignore' && !isValues(c))) continue;
    const r = isValues(c) && isValues(target) && c.kind === 'number' ? straight(c.values, target.values) : null;
    const strength = strengthOf(c, parts);
    const twin = r !== null && Math.abs(r) > 0.9999;
    if (!twin && strength < 0.9) continue;
    told.add(c.name);
    const exact = twin || strength > 0.995;
    out.push({
      code: exact ? 'leak-twin' : 'leak-strong',
      columns: [c.name],
      severity: 'high',
      message: exact
        ? `“${c.name}” gives “${whole.name}” away: knowing it is knowing the answer.`
        : `“${c.name}” alone takes away ${percent(strength)} of the uncertainty about “${whole.name}”.`,
      why: 'Such a column is mostly made from the target or known only after it. Ask: would it be known when you predict?',
      count: small.rows,
      examples: [],
      fixes: [{ label: `Ignore “${c.name}”`, role: 'ignore' }],
    });
  }
  if (isValues(target) && target.kind === 'number') {
    const numbers = small.columns.filter((c) => c.kind === 'number' && c.name !== whole.name && !told.has(c.name)).slice(0, 60);
    for (let i = 0; i < numbers.length; i++) {
      for (let j = i + 1; j < numbers.length; j++) {
        const a = numbers[i]!;
        const b = numbers[j]!;
        if (!isValues(a) || !isValues(b)) continue;
        const sign = sums(a.values, b.values, target.values);
        if (sign === '') continue;
        out.push({
          code: 'leak-sum',
          columns: [a.name, b.name],
          severity: 'high',
          message: `“${whole.name}” is “${a.name}” ${sign} “${b.name}”.`,
          why: 'Parts of the target are known only when the target is; a model that sees them only learns to reckon.',
          count: small.rows,
          examples: [],
          fixes: [{ label: `Ignore “${a.name}” and “${b.name}”`, role: 'ignore' }],
        });
      }
    }
  }
  return out;
}

function straight(x: Float64Array, y: Float64Array): number | null {
  const a: number[] = [];
  const b: number[] = [];
  for (let i = 0; i < x.length; i++)
    if (x[i] === x[i] && y[i] === y[i]) {
      a.push(x[i]!);
      b.push(y[i]!);
    }
  return a.length >= 20 ? correlation(a, b) : null;
}

/** '+', '−' or '×' when target = a ∘ b in 99 of 100 rows; ''. Parts that hardly vary do not count. */
function sums(a: Float64Array, b: Float64Array, y: Float64Array): '' | '+' | '−' | '×' {
  const n = Math.min(a.length, 2000);
  for (const sign of ['+', '−', '×'] as const) {
    let hit = 0;
    let told = 0;
    let known = 0;
    for (let i = 0; i < n; i++) {
      const u = a[i]!;
      const v = b[i]!;
      const t = y[i]!;
      if (u !== u || v !== v || t !== t) continue;
      known++;
      const s = sign === '+' ? u + v : sign === '−' ? u - v : u * v;
      if (Math.abs(s - t) <= 1e-6 * Math.max(1, Math.abs(t))) {
        hit++;
        // Rows in which both parts matter.
        if (u !== 0 && v !== 0 && (sign !== '×' || (u !== 1 && v !== 1))) told++;
      }
      if (known > 50 && hit < known * 0.5) break;
    }
    if (known >= 20 && hit >= known * 0.99 && told >= known * 0.2) return sign;
  }
  return '';
}
