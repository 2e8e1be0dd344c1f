/** Rows of a table for the grid: sorted, searched, cut to what is visible. */
import type { Page, PageQuery } from '../src/core/protocol.js';
import { cellText, columnOf, isCodes, isValues, rowNumbers, type Column, type Table } from '../src/core/table.js';

/** The page never holds more rows than this. */
const MOST = 500;

let last: { table: Table; sort: string; order: Uint32Array } | null = null;

export function page(table: Table, query: PageQuery): Page {
  const order = ordered(table, query);
  const from = Math.max(0, Math.min(query.from, order.length));
  const to = Math.max(from, Math.min(query.to, from + MOST, order.length));
  const shown = order.subarray(from, to);
  return {
    names: table.columns.map((c) => c.name),
    kinds: table.columns.map((c) => c.kind),
    total: order.length,
    from,
    rows: Array.from(shown, (row) => table.columns.map((c) => cellText(c, row))),
    numbers: Array.from(shown, (row) => row + 1),
  };
}

function ordered(table: Table, { sort, find }: PageQuery): Uint32Array {
  const wanted = `${sort?.column ?? ''}\u0000${sort?.descending ? 'down' : 'up'}\u0000${find ?? ''}`;
  if (last?.table === table && last.sort === wanted) return last.order;
  let order = rowNumbers(table.rows);
  if (find) order = matching(table, find, order);
  const by = sort && columnOf(table, sort.column);
  if (by) sortBy(order, by, sort.descending);
  last = { table, sort: wanted, order };
  return order;
}

function matching(table: Table, find: string, rows: Uint32Array): Uint32Array {
  const needle = find.toLowerCase();
  // Each level is looked at once, not once a row.
  const hits = table.columns.map((c) => (isCodes(c) ? Uint8Array.from(c.levels, (l) => (l.toLowerCase().includes(needle) ? 1 : 0)) : null));
  return rows.filter((row) =>
    table.columns.some((c, j) => {
      const hit = hits[j];
      return isCodes(c) ? c.codes[row]! >= 0 && hit![c.codes[row]!] === 1 : cellText(c, row).includes(needle);
    }),
  );
}

/** Stable; missing values last either way. */
function sortBy(order: Uint32Array, c: Column, descending: boolean): void {
  const rank = isValues(c) ? c.values : ranks(c.codes, c.levels);
  const sign = descending ? -1 : 1;
  order.sort((a, b) => {
    const x = rank[a]!;
    const y = rank[b]!;
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return sign * (x - y) || a - b;
  });
}

function ranks(codes: Int32Array, levels: readonly string[]): Float64Array {
  const sorted = levels.map((l, i) => [l, i] as const).sort((p, q) => p[0].localeCompare(q[0]));
  const rank = new Float64Array(levels.length);
  sorted.forEach(([, i], r) => (rank[i] = r));
  return Float64Array.from(codes, (k) => (k < 0 ? NaN : rank[k]!));
}
