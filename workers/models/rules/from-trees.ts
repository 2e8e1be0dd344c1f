/** Every node of small trees as a rule: what must hold on the way to it (Friedman & Popescu 2008, section 3). */
import type { Trees } from '../../../src/core/form.js';
import { column, type Matrix } from '../../../src/core/matrix.js';
import type { Pace } from '../pace.js';
import { simplified, type Condition } from './conditions.js';

/** A rule and the rows for which it holds. */
export interface Held {
  readonly conditions: readonly Condition[];
  /** 1 for each row that fulfils it. */
  readonly holds: Uint8Array;
}

/**
 * At most `most` rules that hold for some rows and not for all; of several for the same rows, or for just the others, the one with fewest
 * conditions. Where no row of X misses a value, a condition does not hold for a missing one: a rule says what it was learnt from.
 * Asked to stop, those found so far.
 */
export async function rulesOf(form: Trees, X: Matrix, most: number, p: Pick<Pace, 'stopped' | 'due' | 'rest'>): Promise<Held[]> {
  const isGappy = Array.from({ length: X.cols }, (_, j) => column(X, j).some((v) => Number.isNaN(v)));
  const best = new Map<string, Held>();
  const order: string[] = [];
  const pathTo = new Map<number, readonly Condition[]>();
  for (const root of form.roots) pathTo.set(root, []);
  for (let i = 0; i < form.feature.length && !p.stopped; i++) {
    const path = pathTo.get(i);
    const j = form.feature[i]!;
    if (!path || j < 0) continue;
    const [left, right] = sides(form, i, X.levels[j]!, isGappy[j]!);
    for (const [child, condition] of [
      [form.left[i]!, left],
      [form.right[i]!, right],
    ] as const) {
      const conditions = simplified([...path, condition]);
      pathTo.set(child, [...path, condition]);
      const holds = heldBy(conditions, X);
      if (p.due(X.rows * (8 * conditions.length + 16))) await p.rest();
      const key = keyOf(holds);
      if (key === '') continue;
      const known = best.get(key);
      if (!known && order.length >= most) continue;
      if (!known) order.push(key);
      if (!known || conditions.length < known.conditions.length) best.set(key, { conditions, holds });
    }
  }
  return order.map((key) => best.get(key)!);
}

function sides(form: Trees, node: number, levels: number, isGappy: boolean): readonly [Condition, Condition] {
  const missing = isGappy && form.missingLeft[node] === 1;
  const at = form.set[node]!;
  const column = form.feature[node]!;
  const threshold = form.threshold[node]!;
  if (at < 0) {
    return [
      { column, above: false, threshold, levels: null, missing },
      { column, above: true, threshold, levels: null, missing: isGappy && !missing },
    ];
  }
  const inSet = Uint8Array.from({ length: levels }, (_, k) => (form.setWords[at + 1 + (k >>> 5)]! >>> (k & 31)) & 1);
  return [
    { column, above: false, threshold: 0, levels: inSet, missing },
    { column, above: false, threshold: 0, levels: inSet.map((v) => 1 - v), missing: isGappy && !missing },
  ];
}

export function heldBy(conditions: readonly Condition[], X: Matrix): Uint8Array {
  const out = new Uint8Array(X.rows).fill(1);
  for (const c of conditions) {
    const x = column(X, c.column);
    for (let i = 0; i < X.rows; i++) {
      const v = x[i]!;
      const isKnown = c.levels ? v >= 0 && v < c.levels.length : v === v;
      const yes = !isKnown ? c.missing : c.levels ? c.levels[v]! === 1 : v > c.threshold === c.above;
      if (!yes) out[i] = 0;
    }
  }
  return out;
}

/** The same for the same rows, and for just the others; '' when it holds for all or for none. */
function keyOf(holds: Uint8Array): string {
  const flip = holds[0]!;
  let a = 0x811c9dc5;
  let b = 0x9dc5811c;
  let differ = 0;
  for (let i = 0; i < holds.length; i++) {
    const v = holds[i]! ^ flip;
    differ += v;
    if (v === 0) continue;
    // Two 32-bit hashes of the places where a row differs from the first.
    a = Math.imul(a ^ i, 0x01000193);
    b = Math.imul((b ^ (i * 0x9e3779b1)) >>> 0, 0x85ebca6b) ^ (b >>> 13);
  }
  return differ === 0 ? '' : `${differ} ${a >>> 0} ${b >>> 0}`;
}
