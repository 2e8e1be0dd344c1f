/** Conditions and rules while they are being learnt, and at the end one Rules form. */
import type { Link, Rules } from '../../../src/core/form.js';

export interface Condition {
  readonly column: number;
  /** Of a quantity: x > threshold, else x ≤ threshold, a Float32. */
  readonly above: boolean;
  readonly threshold: number;
  /** Of a category: 1 for each level that the condition holds for; null for a quantity. */
  readonly levels: Uint8Array | null;
  /** Whether it holds for a missing value. */
  readonly missing: boolean;
}

export interface Rule {
  readonly conditions: readonly Condition[];
  /** One per raw score. */
  readonly values: Float64Array;
  readonly cover: number;
}

/** The same questions, fewer: of two bounds on one side the tighter one, of two sets of levels what both hold. By column. */
export function simplified(conditions: readonly Condition[]): Condition[] {
  const out: Condition[] = [];
  for (const c of conditions) {
    const at = out.findIndex((o) => o.column === c.column && o.above === c.above && (o.levels === null) === (c.levels === null));
    const o = out[at];
    if (!o) {
      out.push(c);
      continue;
    }
    const missing = o.missing && c.missing;
    if (c.levels && o.levels) out[at] = { ...o, missing, levels: o.levels.map((v, k) => v & c.levels![k]!) };
    else out[at] = { ...o, missing, threshold: c.above ? Math.max(o.threshold, c.threshold) : Math.min(o.threshold, c.threshold) };
  }
  return out.sort((a, b) => a.column - b.column || Number(a.above) - Number(b.above));
}

/** Straight parts of a sum: x between lower and upper, a missing one taken for fill, times its slope per score. */
export interface Line {
  readonly column: number;
  readonly lower: number;
  readonly upper: number;
  readonly fill: number;
  readonly slopes: Float64Array;
}

export interface About {
  readonly inputs: number;
  readonly outputs: number;
  readonly link: Link;
  readonly ordered: boolean;
  readonly bias: Float64Array;
  /** Weight of the rows that no rule answers, or of all. */
  readonly rest: number;
}

export function rulesForm(about: About, rules: readonly Rule[], lines: readonly Line[] = []): Rules {
  const conditions = rules.flatMap((r) => r.conditions);
  const starts = new Int32Array(rules.length + 1);
  rules.forEach((r, i) => (starts[i + 1] = starts[i]! + r.conditions.length));
  const words: number[] = [];
  const set = Int32Array.from(conditions, ({ levels }) => {
    if (!levels) return -1;
    const at = words.length;
    const bits = new Uint32Array(Math.ceil(levels.length / 32));
    levels.forEach((v, k) => (bits[k >> 5]! |= v << (k & 31)));
    words.push(bits.length, ...bits);
    return at;
  });
  return {
    form: 'rules',
    link: about.link,
    inputs: about.inputs,
    outputs: about.outputs,
    ordered: about.ordered,
    bias: about.bias,
    values: Float64Array.from(rules.flatMap((r) => [...r.values])),
    starts,
    column: Int32Array.from(conditions, (c) => c.column),
    above: Uint8Array.from(conditions, (c) => (c.above ? 1 : 0)),
    threshold: Float32Array.from(conditions, (c) => c.threshold),
    set,
    setWords: Uint32Array.from(words),
    missing: Uint8Array.from(conditions, (c) => (c.missing ? 1 : 0)),
    cover: Float64Array.from([...rules.map((r) => r.cover), about.rest]),
    lines: Int32Array.from(lines, (l) => l.column),
    lower: Float64Array.from(lines, (l) => l.lower),
    upper: Float64Array.from(lines, (l) => l.upper),
    fill: Float64Array.from(lines, (l) => l.fill),
    slopes: Float64Array.from(lines.flatMap((l) => [...l.slopes])),
  };
}
