/** What to keep of a table so that drift can be checked later without it. */
import type { LevelReference, NumberReference, Reference, ReferenceColumn } from '../../src/core/drift.js';
import type { CodeColumn, Column, Table } from '../../src/core/table.js';
import { isValues } from '../../src/core/table.js';

/** Points kept of a distribution function: its error, and that of the KS distance, is then at most 1/512. */
const POINTS = 512;
/** Levels kept by name. */
const LEVELS = 500;

/** Finite values, ascending. */
export function ascending(values: Float64Array): Float64Array {
  return values.filter((v) => Number.isFinite(v)).sort();
}

/** Type-7 quantile (Hyndman & Fan 1996). */
function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const a = sorted[low]!;
  const b = sorted[Math.min(low + 1, sorted.length - 1)]!;
  const t = at - low;
  return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
}

/** How many of ascending items are at most v. */
export function atMost(sorted: ArrayLike<number>, v: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= v) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of ascending items are less than v. */
export function below(sorted: ArrayLike<number>, v: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < v) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Shares of ascending values in the bins between inner edges: a value belongs to the bin after every edge ≤ it. */
export function binShares(sorted: Float64Array, edges: ArrayLike<number>): Float64Array {
  const shares = new Float64Array(edges.length + 1);
  let before = 0;
  for (let b = 0; b <= edges.length; b++) {
    const after = b < edges.length ? below(sorted, edges[b]!) : sorted.length;
    shares[b] = sorted.length ? (after - before) / sorted.length : 0;
    before = after;
  }
  return shares;
}

function numberReference(name: string, values: Float64Array, points: number): NumberReference {
  const sorted = ascending(values);
  const n = sorted.length;
  const last: number[] = [];
  for (let i = 0; i < n; i++) if (i === n - 1 || sorted[i + 1] !== sorted[i]) last.push(i);
  const exact = last.length <= points;
  // Evenly spaced ranks, first and last value among them, each moved to the last of its equals.
  const ranks = exact
    ? last
    : [...new Set(Array.from({ length: points }, (_, k) => atMost(sorted, sorted[Math.round((k * (n - 1)) / (points - 1))]!) - 1))];
  // k · 0.1 and not k / 10: where a decile falls on a value, its last digit decides the bin, and this is numpy's.
  // Equal deciles are one; the two outer ones are no edges, so that every value has a bin.
  const deciles = n ? [...new Set(Array.from({ length: 11 }, (_, k) => quantile(sorted, k === 10 ? 1 : k * 0.1)))] : [];
  const edges = deciles.slice(1, -1);
  return {
    name,
    kind: 'number',
    rows: values.length,
    missing: values.length - n,
    at: Float64Array.from(ranks, (i) => sorted[i]!),
    before: Float64Array.from(ranks, (i) => below(sorted, sorted[i]!) / n),
    upTo: Float64Array.from(ranks, (i) => (i + 1) / n),
    exact: exact ? 1 : 0,
    edges: Float64Array.from(edges),
    shares: binShares(sorted, edges),
  };
}

/** Rows of each level by text. */
export function levelCounts(c: CodeColumn): { readonly counts: Map<string, number>; readonly missing: number } {
  const byCode = new Float64Array(c.levels.length);
  let missing = 0;
  for (const code of c.codes) {
    if (code < 0) missing++;
    else byCode[code]!++;
  }
  const counts = new Map<string, number>();
  c.levels.forEach((text, code) => {
    if (byCode[code]! > 0) counts.set(text, (counts.get(text) ?? 0) + byCode[code]!);
  });
  return { counts, missing };
}

function levelReference(c: CodeColumn, most: number): LevelReference {
  const { counts, missing } = levelCounts(c);
  const order = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const kept = order.slice(0, most);
  const rest = order.slice(kept.length);
  return {
    name: c.name,
    kind: 'category',
    rows: c.codes.length,
    missing,
    levels: kept.map(([text]) => text),
    counts: kept.map(([, n]) => n),
    rest: rest.reduce((sum, [, n]) => sum + n, 0),
    restLevels: rest.length,
  };
}

function referenceColumn(c: Column, points: number, levels: number): ReferenceColumn {
  if (isValues(c)) {
    if (c.kind === 'number') return numberReference(c.name, c.values, points);
    return { name: c.name, kind: 'time', rows: c.values.length, missing: c.values.reduce((n, v) => n + (Number.isNaN(v) ? 1 : 0), 0) };
  }
  if (c.kind === 'category') return levelReference(c, levels);
  return { name: c.name, kind: 'text', rows: c.codes.length, missing: c.codes.reduce((n, code) => n + (code < 0 ? 1 : 0), 0) };
}

export const referenceOf = (table: Table): Reference => ({
  rows: table.rows,
  columns: table.columns.map((c) => referenceColumn(c, POINTS, LEVELS)),
});

/** Everything kept: for comparing two tables that are both at hand. */
export const wholeReference = (table: Table): Reference => ({
  rows: table.rows,
  columns: table.columns.map((c) => referenceColumn(c, Infinity, Infinity)),
});
