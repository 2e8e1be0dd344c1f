/**
 * Compares new data with what is known of the training data, column by column.
 *
 * A column has drifted when its test is significant after Holm's correction for all tests on this table (0.05) and its
 * PSI (the KS distance, where deciles fall together and leave no bins) is at least 0.02, so that a difference without weight in a file of a million rows does not alarm; or when its PSI
 * reaches 0.1 and more than samples of these sizes reach by chance (0.05 over the number of columns); or when its share
 * of missing cells changed by more than 0.02, significantly. With no drift at all, about one table in twenty has any
 * column flagged.
 */
import type { ColumnDrift, DriftReport, Reference, ReferenceColumn } from '../../src/core/drift.js';
import type { Column, Kind, Table } from '../../src/core/table.js';
import { isCodes, isValues } from '../../src/core/table.js';
import { binsPicture, levelsPicture } from './picture.js';
import { ascending, binShares, levelCounts, wholeReference } from './reference.js';
import { chancePsi, chi2Of, crossed, holm, ksOf, psiOf } from './tests.js';

const ALPHA = 0.05;
/** The PSI under which the field's custom sees no change, and that from which it sees a large one. */
const MODERATE = 0.1;
const LARGE = 0.25;
const LEAST_PSI = 0.02;
const LEAST_MISSING = 0.02;

type Raw = Omit<ColumnDrift, 'adjusted' | 'drifted' | 'size' | 'says' | 'missing'> & {
  readonly was: number;
  readonly is: number;
  readonly missingP: number | null;
};

function compare(reference: ReferenceColumn, c: Column, alpha: number): Raw {
  const rows = isValues(c) ? c.values.length : c.codes.length;
  const missing = isValues(c)
    ? c.values.reduce((n, v) => n + (Number.isNaN(v) ? 1 : 0), 0)
    : c.codes.reduce((n, k) => n + (k < 0 ? 1 : 0), 0);
  const gaps =
    rows > 0 && reference.rows > 0 ? chi2Of([reference.missing, reference.rows - reference.missing], [missing, rows - missing]) : null;
  const base: Raw = {
    name: c.name,
    kind: c.kind,
    test: 'none',
    statistic: null,
    p: null,
    psi: null,
    threshold: null,
    newLevels: [],
    newLevelRows: 0,
    outside: 0,
    was: reference.rows ? reference.missing / reference.rows : 0,
    is: rows ? missing / rows : 0,
    missingP: gaps && gaps.df > 0 ? gaps.p : null,
  };
  const n = reference.rows - reference.missing;
  if (n === 0 || rows - missing === 0) return base;
  if (reference.kind === 'number' && isValues(c)) {
    const sorted = ascending(c.values);
    const m = sorted.length;
    const shares = binShares(sorted, reference.edges);
    const pooled = shares.map((q, b) => (q * m + reference.shares[b]! * n) / (n + m));
    const least = reference.at[0]!;
    const most = reference.at[reference.at.length - 1]!;
    let outside = 0;
    for (const v of sorted) if (v < least || v > most) outside++;
    const binned = shares.length > 1;
    return {
      ...base,
      test: 'ks',
      ...ksOf(reference, sorted),
      psi: binned ? psiOf(reference.shares, shares) : null,
      threshold: binned ? Math.max(MODERATE, chancePsi(pooled, n, m, alpha)) : null,
      outside: outside / m,
      picture: binsPicture(reference.edges, reference.shares, shares),
    };
  }
  if (reference.kind === 'category' && isCodes(c)) {
    const { was, is, unknown } = crossed(reference, levelCounts(c).counts);
    const m = rows - missing;
    const pooled = was.map((a, l) => (a + is[l]!) / (n + m));
    return {
      ...base,
      test: 'chi2',
      ...chi2Of(was, is),
      psi: psiOf(
        was.map((a) => a / n),
        is.map((a) => a / m),
      ),
      threshold: Math.max(MODERATE, chancePsi(pooled, n, m, alpha)),
      newLevels: unknown.slice(0, 20).map(([l]) => l),
      newLevelRows: unknown.reduce((sum, [, k]) => sum + k, 0),
      picture: levelsPicture(reference.rest > 0 ? reference.levels : [...reference.levels, ...unknown.map(([l]) => l)], was, is),
    };
  }
  return base;
}

const percent = (share: number) => `${Number((share * 100).toPrecision(2))} %`;

function sentence(d: Omit<ColumnDrift, 'says'>, missingChanged: boolean): string {
  const parts: string[] = [];
  if (d.drifted && d.psi !== null && !(missingChanged && d.size === 'none'))
    parts.push(`its distribution has changed (PSI ${d.psi.toFixed(2)})`);
  if (missingChanged) parts.push(`${percent(d.missing.is)} are missing, where ${percent(d.missing.was)} were`);
  if (d.newLevelRows > 0)
    parts.push(`${d.newLevelRows === 1 ? '1 row has' : `${d.newLevelRows} rows have`} a level that training did not have`);
  if (d.outside > 0) parts.push(`${percent(d.outside)} of its values lie outside the range of training`);
  if (parts.length > 0) return `${d.name}: ${parts.join('; ')}.`;
  if (d.drifted) return `${d.name}: its distribution has changed.`;
  if (d.test === 'none') return `${d.name}: only its gaps are compared, and they are as before.`;
  return `${d.name}: no change beyond chance.`;
}

/** `train` is what an artifact kept, or the training table itself. `fresh` is the new data. */
export function drift(train: Reference | Table, fresh: Table): DriftReport {
  const reference = isReference(train) ? train : wholeReference(train);
  const byName = new Map(fresh.columns.map((c) => [c.name, c]));
  const known = new Set(reference.columns.map((c) => c.name));
  const missing: string[] = [];
  const changed: { name: string; was: Kind; is: Kind }[] = [];
  const raw: Raw[] = [];
  for (const r of reference.columns) {
    const c = byName.get(r.name);
    if (!c) missing.push(r.name);
    else if (c.kind !== r.kind) changed.push({ name: r.name, was: r.kind, is: c.kind });
    if (c) raw.push(compare(r, c, ALPHA / reference.columns.length));
  }
  const adjusted = holm([...raw.map((r) => r.p), ...raw.map((r) => r.missingP)]);
  const columns = raw.map((r, i): ColumnDrift => {
    const { was, is, missingP: _p, ...rest } = r;
    const own = adjusted[i] ?? null;
    const gaps = adjusted[raw.length + i] ?? null;
    const psi = r.psi ?? 0;
    const missingChanged = gaps !== null && gaps < ALPHA && Math.abs(is - was) > LEAST_MISSING;
    const found = {
      ...rest,
      adjusted: own,
      drifted:
        missingChanged ||
        (own !== null && own < ALPHA && (r.psi ?? r.statistic ?? 0) >= LEAST_PSI) ||
        (r.psi !== null && r.threshold !== null && r.psi >= r.threshold),
      size: psi >= LARGE ? ('large' as const) : psi >= MODERATE ? ('moderate' as const) : ('none' as const),
      missing: { was, is, adjusted: gaps },
    };
    return { ...found, says: sentence(found, missingChanged) };
  });
  const tested = columns.filter((c) => c.test !== 'none' || c.drifted);
  const drifted = columns.filter((c) => c.drifted).length;
  return {
    rows: { was: reference.rows, is: fresh.rows },
    schema: { missing, extra: fresh.columns.filter((c) => !known.has(c.name)).map((c) => c.name), changed },
    columns,
    dataset: { drifted: drifted > 0, share: tested.length ? drifted / tested.length : 0 },
  };
}

/** A table's columns hold cells; a reference's hold counts of them. */
const isReference = (t: Reference | Table): t is Reference => t.columns.every((c) => 'missing' in c);
