/** Keeps the rows that meet a condition: decides which cases the whole project is about. */
import { choice, text } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { rowStep } from '../../src/core/step.js';
import type { Column } from '../../src/core/table.js';
import { isValues, missingAt, timeOf } from '../../src/core/table.js';
import { listed, parseNumber } from './columns.js';

type Op = 'is' | 'is-not' | 'less' | 'at-most' | 'greater' | 'at-least' | 'contains' | 'is-missing' | 'is-present';

const names: Readonly<Record<Op, string>> = {
  is: 'is',
  'is-not': 'is not',
  less: 'is less than',
  'at-most': 'is at most',
  greater: 'is greater than',
  'at-least': 'is at least',
  contains: 'contains',
  'is-missing': 'is missing',
  'is-present': 'is not missing',
};

function holds(op: Op, order: number): boolean {
  if (op === 'is') return order === 0;
  if (op === 'is-not') return order !== 0;
  if (op === 'less') return order < 0;
  if (op === 'at-most') return order <= 0;
  if (op === 'greater') return order > 0;
  return order >= 0;
}

function condition(c: Column, op: Op, value: string): (row: number) => boolean {
  if (op === 'is-missing') return (i) => missingAt(c, i);
  if (op === 'is-present') return (i) => !missingAt(c, i);
  const known = new Map<number, boolean>();
  const missing = op === 'is-not';
  if (isValues(c)) {
    if (op === 'contains') throw new Problem('steps/not-comparable', { column: c.name, kind: c.kind, value, op: names[op] });
    const bound = c.kind === 'time' ? timeOf(value) : parseNumber(value);
    if (Number.isNaN(bound)) throw new Problem('steps/not-comparable', { column: c.name, kind: c.kind, value, op: names[op] });
    return (i) => (Number.isNaN(c.values[i]!) ? missing : holds(op, c.values[i]! - bound));
  }
  const bound = parseNumber(value);
  const test = (level: string) => {
    if (op === 'contains') return level.toLowerCase().includes(value.toLowerCase());
    const number = parseNumber(level);
    if (op !== 'is' && op !== 'is-not' && !Number.isNaN(bound) && !Number.isNaN(number)) return holds(op, number - bound);
    return holds(op, level < value ? -1 : level > value ? 1 : 0);
  };
  return (i) => {
    const code = c.codes[i]!;
    if (code < 0) return missing;
    let answer = known.get(code);
    if (answer === undefined) {
      answer = test(c.levels[code]!);
      known.set(code, answer);
    }
    return answer;
  };
}

export const filterRows = rowStep({
  id: 'filter-rows',
  version: 1,
  type: 'row',
  before: 'split',
  screen: 'clean',
  kinds: ['number', 'time', 'category', 'text'],
  label: 'Keep some rows',
  help: 'Keeps the rows that meet the condition in every chosen column. The model then only holds for such rows, and the report says so.',
  source: 'Selection of the relational algebra: Codd, CACM 13 (1970).',
  params: {
    op: choice({ label: 'Condition', help: 'A missing cell meets only “is not” and “is missing”.', default: 'is-present', options: names }),
    value: text({
      label: 'Value',
      help: 'Times are written 2024-05-31 or 2024-05-31 14:00.',
      default: '',
      maxLength: 500,
      when: { param: 'op', is: ['is', 'is-not', 'less', 'at-most', 'greater', 'at-least', 'contains'] },
    }),
  },
  rows(table, on, params) {
    const tests = table.columns.filter((c) => on.includes(c.name)).map((c) => condition(c, params.op, params.value));
    const kept: number[] = [];
    for (let i = 0; i < table.rows; i++) if (tests.every((test) => test(i))) kept.push(i);
    return Uint32Array.from(kept);
  },
  says(on, params) {
    const bare = params.op === 'is-missing' || params.op === 'is-present';
    return `Keep rows where ${listed(on)} ${names[params.op]}${bare ? '' : ` “${params.value}”`}`;
  },
});
