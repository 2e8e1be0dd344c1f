/** Rules in words: “If age is above 30 and town is Ulm, then yes (83 %).” */
import type { Rules } from '../../src/core/form.js';
import { applyLink } from '../forms/link.js';

/** What a rule asks, what it says, and for how many training rows. */
export interface RuleLine {
  readonly says: string;
  readonly then: string;
  readonly rows: number;
}

export interface RuleNames {
  readonly columns: readonly string[];
  /** Level names of each category column; empty for quantities. */
  readonly categories: readonly (readonly string[])[];
  /** Classes of the target; empty for a number. */
  readonly levels: readonly string[];
  /** “age ≤ 12.5”; of a column of 0 and 1 that came from a category, “town is not Ulm”. */
  compares?(column: number, threshold: number): string;
}

/** Six digits are what a person can read, and what tells neighbouring thresholds apart. */
const digits = (v: number) => String(Number(v.toPrecision(6)));
const short = (v: number) => String(Number(v.toPrecision(3)));
const signed = (v: number) => `${v < 0 ? '−' : '+'}${short(Math.abs(v))}`;
const list = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]!}`;

/** Rules in their order, then the straight parts, then what is said besides. */
export function ruleLines(form: Rules, names: RuleNames): RuleLine[] {
  const K = form.bias.length;
  const count = form.starts.length - 1;
  const rest = form.cover[count]!;
  const lines: RuleLine[] = Array.from({ length: count }, (_, r) => ({
    says: conditionsOf(form, r, names).join(' and ') || 'always',
    then: form.ordered
      ? answerOf(form, form.values.subarray(r * K, (r + 1) * K), names)
      : added(form, form.values.subarray(r * K, (r + 1) * K), names),
    rows: form.cover[r]!,
  }));
  form.lines.forEach((j, t) => {
    const name = names.columns[j] ?? `#${j + 1}`;
    const says = `for each 1 of ${name}, between ${digits(form.lower[t]!)} and ${digits(form.upper[t]!)}`;
    lines.push({ says, then: added(form, form.slopes.subarray(t * K, (t + 1) * K), names), rows: rest });
  });
  lines.push({
    says: form.ordered ? 'otherwise' : 'always',
    then: form.ordered ? answerOf(form, form.bias, names) : added(form, form.bias, names),
    rows: rest,
  });
  return lines;
}

/** One sentence each. */
export function ruleTexts(
  form: Rules,
  names: readonly string[],
  levels: readonly (readonly string[])[],
  classes: readonly string[] = [],
): string[] {
  const lines = ruleLines(form, { columns: names, categories: levels, levels: classes });
  const rules = form.starts.length - 1;
  return lines.map(({ says, then }, i) => {
    if (i >= rules) return `${says.charAt(0).toUpperCase()}${says.slice(1)}: ${then}.`;
    if (!form.ordered) return `If ${says}: ${then}.`;
    return `${i === 0 ? 'If' : 'Otherwise, if'} ${says}, then ${then}.`;
  });
}

/** What must hold, one text a column and kind: two bounds on a column are said together. */
function conditionsOf(form: Rules, r: number, names: RuleNames): string[] {
  const out: string[] = [];
  const from = form.starts[r]!;
  const to = form.starts[r + 1]!;
  const told = new Set<number>();
  for (let c = from; c < to; c++) {
    if (told.has(c)) continue;
    const j = form.column[c]!;
    const name = names.columns[j] ?? `#${j + 1}`;
    const missing = form.missing[c] === 1 ? ' (or missing)' : '';
    if (form.set[c]! >= 0) {
      out.push(`${name} ${levelsOf(form, c, names.categories[j] ?? [])}${missing}`);
      continue;
    }
    const isAbove = form.above[c] === 1;
    const threshold = form.threshold[c]!;
    const compared = names.compares?.(j, threshold) ?? '';
    if (compared.includes(' is not ')) {
      const at = compared.lastIndexOf(' is not ');
      out.push(`${isAbove ? `${compared.slice(0, at)} is ${compared.slice(at + 8)}` : compared}${missing}`);
      continue;
    }
    let other = -1;
    for (let d = c + 1; d < to; d++)
      if (form.column[d] === j && form.set[d]! < 0 && form.above[d] !== form.above[c] && form.missing[d] === form.missing[c]) other = d;
    if (other >= 0) {
      told.add(other);
      const [low, high] = isAbove ? [threshold, form.threshold[other]!] : [form.threshold[other]!, threshold];
      out.push(`${name} is above ${digits(low)} and at most ${digits(high)}${missing}`);
    } else if (!isAbove && threshold >= 3.4e38) out.push(`${name} is there${missing}`);
    else if (isAbove && threshold >= 3.4e38) out.push(`${name} is missing`);
    else out.push(`${name} is ${isAbove ? 'above' : 'at most'} ${digits(threshold)}${missing}`);
  }
  return out;
}

/** “is red or blue”, or what it is not where that is shorter. */
function levelsOf(form: Rules, c: number, names: readonly string[]): string {
  const set = form.set[c]!;
  const isIn = (k: number) => k < form.setWords[set]! * 32 && ((form.setWords[set + 1 + (k >>> 5)]! >>> (k & 31)) & 1) === 1;
  const known = names.length || form.setWords[set]! * 32;
  const inside: string[] = [];
  const outside: string[] = [];
  for (let k = 0; k < known; k++) (isIn(k) ? inside : outside).push(names[k] ?? `level ${k + 1}`);
  if (inside.length === 0) return 'is none of those known';
  return names.length > 0 && outside.length > 0 && outside.length < inside.length ? `is not ${list(outside)}` : `is ${list(inside)}`;
}

const classOf = (names: RuleNames, k: number) => names.levels[k] ?? `class ${k + 1}`;

/** What a list answers: a value, or the likeliest class with its chance. */
function answerOf(form: Rules, scores: Float64Array, names: RuleNames): string {
  const p = applyLink(form.link, scores.slice(), 1, form.outputs);
  if (form.outputs === 1) return digits(p[0]!);
  const top = p.indexOf(Math.max(...p));
  return `${classOf(names, top)} (${(100 * p[top]!).toFixed(0)} %)`;
}

/** What a sum adds: to the value, or to the log odds of a class. */
function added(form: Rules, scores: Float64Array, names: RuleNames): string {
  if (form.link === 'identity' && form.outputs === 1) return signed(scores[0]!);
  if (form.link === 'log') return `× ${short(Math.exp(scores[0]!))}`;
  if (form.link === 'sigmoid') return `${signed(scores[0]!)} for ${classOf(names, 1)}`;
  const parts = Array.from(scores, (v, k) => (v === 0 ? '' : `${signed(v)} for ${classOf(names, k)}`)).filter((s) => s !== '');
  return parts.join(', ') || 'nothing';
}
