/** Warnings about the table as a whole: repeated rows, too few rows, columns that say the same. */
import { countText } from '../../src/core/count.js';
import type { Profile, Warning } from '../../src/core/profile.js';
import { cellText, isValues, type Column, type Table } from '../../src/core/table.js';
import { duplicates } from './duplicates.js';
import { correlation } from './measures.js';
import { thinned } from './parts.js';

export function tableWarnings(table: Table, profile: Profile, target?: string): Warning[] {
  const out: Warning[] = [];
  const { rows } = table;
  if (profile.duplicateRows > 0) {
    const share = profile.duplicateRows / rows;
    const example = duplicates(table, 1).rows[0];
    out.push({
      code: 'duplicate-rows',
      columns: [],
      severity: share > 0.02 ? 'high' : 'medium',
      message: `${countText(profile.duplicateRows)} rows repeat an earlier one in every column (${percent(share)}).`,
      why: 'The same row in training and in test makes a model look better than it is.',
      count: profile.duplicateRows,
      examples:
        example === undefined
          ? []
          : [
              table.columns
                .slice(0, 6)
                .map((c) => cellText(c, example))
                .join(', '),
            ],
      fixes: [{ label: 'Drop repeated rows', step: { step: 'drop-duplicates', on: table.columns.map((c) => c.name), params: {} } }],
    });
  }
  if (rows < 50) {
    out.push({
      code: 'few-rows',
      columns: [],
      severity: 'high',
      message: `There are only ${rows} rows.`,
      why: 'Scores from so few rows swing widely by chance; take simple models and believe no small difference.',
      count: rows,
      examples: [],
      fixes: [],
    });
  } else if (rows < table.columns.length) {
    out.push({
      code: 'few-rows',
      columns: [],
      severity: 'medium',
      message: `There are fewer rows (${rows}) than columns (${table.columns.length}).`,
      why: 'With more columns than rows a model can fit anything; take one that is held back (ridge, lasso) or fewer columns.',
      count: rows,
      examples: [],
      fixes: [],
    });
  }
  out.push(...twins(table, target));
  return out;
}

/** Columns with the same content, or numbers that are each other's multiple. Tried among the first 60. */
function twins(table: Table, target?: string): Warning[] {
  const small = thinned(table, 5000);
  const columns = small.columns.filter((c) => c.name !== target && c.kind !== 'text').slice(0, 60);
  const out: Warning[] = [];
  const gone = new Set<string>();
  for (let i = 0; i < columns.length; i++) {
    for (let j = i + 1; j < columns.length; j++) {
      const a = columns[i]!;
      const b = columns[j]!;
      if (gone.has(a.name) || gone.has(b.name) || !alike(a, b)) continue;
      gone.add(b.name);
      out.push({
        code: 'twin-columns',
        // A fix by role is for these columns, so the twin that stays is not among them.
        columns: [b.name],
        severity: 'low',
        message: `“${b.name}” says the same as “${a.name}”.`,
        why: 'The second adds nothing; importance is split between the two and linear models become unstable.',
        count: table.rows,
        examples: [],
        fixes: [{ label: `Ignore “${b.name}”`, role: 'ignore' }],
      });
    }
  }
  return out;
}

function alike(a: Column, b: Column): boolean {
  if (isValues(a) && isValues(b)) {
    const x: number[] = [];
    const y: number[] = [];
    for (let i = 0; i < a.values.length; i++) {
      const gapA = a.values[i] !== a.values[i];
      if (gapA !== (b.values[i] !== b.values[i])) return false;
      if (!gapA) {
        x.push(a.values[i]!);
        y.push(b.values[i]!);
      }
    }
    const r = x.length >= 10 ? correlation(x, y) : null;
    return r !== null && Math.abs(r) > 0.99999;
  }
  if (isValues(a) || isValues(b)) return false;
  const there = new Map<number, number>();
  const back = new Map<number, number>();
  for (let i = 0; i < a.codes.length; i++) {
    const u = a.codes[i]!;
    const v = b.codes[i]!;
    if ((there.get(u) ?? v) !== v || (back.get(v) ?? u) !== u) return false;
    there.set(u, v);
    back.set(v, u);
  }
  return there.size > 1;
}

export const percent = (share: number): string => {
  const p = 100 * share;
  return `${p > 0 && p < 0.1 ? '< 0.1' : p < 10 ? p.toFixed(1) : p.toFixed(0)} %`;
};
