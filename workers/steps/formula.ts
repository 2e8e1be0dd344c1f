/** A new column from a formula that the person writes. */
import { text } from '../../src/core/param.js';
import { Problem } from '../../src/core/problem.js';
import { columnStep } from '../../src/core/step.js';
import type { CodeColumn, Column } from '../../src/core/table.js';
import { isCodes } from '../../src/core/table.js';
import { mapLevels, numberColumn, parseNumber, rowsIn } from './columns.js';
import type { Node, Operator } from './expression.js';
import { columnsIn, parseFormula } from './expression.js';

type Learnt = { readonly names: readonly string[] };

/** What a part of a formula is: one number, a number per row, one text, or a text per row. Truth is 1 and 0, missing NaN. */
type Part = number | Float64Array | string | CodeColumn;

/** Functions of numbers: fewest and most arguments, and the rule for one row. */
const functions: Readonly<Record<string, readonly [number, number, (...x: number[]) => number]>> = {
  log: [1, 1, (x) => Math.log(x)],
  ln: [1, 1, (x) => Math.log(x)],
  log10: [1, 1, (x) => Math.log10(x)],
  log2: [1, 1, (x) => Math.log2(x)],
  log1p: [1, 1, (x) => Math.log1p(x)],
  exp: [1, 1, (x) => Math.exp(x)],
  sqrt: [1, 1, (x) => Math.sqrt(x)],
  abs: [1, 1, (x) => Math.abs(x)],
  sign: [1, 1, (x) => Math.sign(x)],
  sin: [1, 1, (x) => Math.sin(x)],
  cos: [1, 1, (x) => Math.cos(x)],
  floor: [1, 1, (x) => Math.floor(x)],
  ceil: [1, 1, (x) => Math.ceil(x)],
  round: [1, 2, (x, digits = 0) => Math.round(x * 10 ** digits) / 10 ** digits],
  min: [1, 20, (...x) => Math.min(...x)],
  max: [1, 20, (...x) => Math.max(...x)],
  if: [3, 3, (c, yes, no) => (Number.isNaN(c!) ? NaN : c !== 0 ? yes! : no!)],
  coalesce: [1, 20, (...x) => x.find((v) => !Number.isNaN(v)) ?? NaN],
  is_missing: [1, 1, (x) => (Number.isNaN(x!) ? 1 : 0)],
  year: [1, 1, (ms) => new Date(ms!).getUTCFullYear()],
  month: [1, 1, (ms) => new Date(ms!).getUTCMonth() + 1],
  day: [1, 1, (ms) => new Date(ms!).getUTCDate()],
  weekday: [1, 1, (ms) => (new Date(ms!).getUTCDay() + 6) % 7],
  hour: [1, 1, (ms) => new Date(ms!).getUTCHours()],
  days: [1, 2, (a, b = 0) => (a! - b) / 86_400_000],
};
/** Functions of texts, for one text. */
const ofText: Readonly<Record<string, readonly [number, (text: string, other: string) => number]>> = {
  length: [1, (t) => t.length],
  words: [1, (t) => t.match(/\S+/gu)?.length ?? 0],
  number: [1, (t) => parseNumber(t)],
  contains: [2, (t, part) => (t.toLowerCase().includes(part.toLowerCase()) ? 1 : 0)],
};

/** Names a formula may call. */
export const formulaFunctions: readonly string[] = [...Object.keys(functions), ...Object.keys(ofText)];

const truth = (v: boolean) => (v ? 1 : 0);
const rules: Readonly<Record<Operator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '=': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
  // Three-valued, as in SQL: false and missing is false, true or missing is true.
  and: (a, b) => (a === 0 || b === 0 ? 0 : Number.isNaN(a) || Number.isNaN(b) ? NaN : 1),
  or: (a, b) => ((a !== 0 && !Number.isNaN(a)) || (b !== 0 && !Number.isNaN(b)) ? 1 : Number.isNaN(a) || Number.isNaN(b) ? NaN : 0),
};

const isText = (p: Part): p is string | CodeColumn => typeof p === 'string' || (typeof p === 'object' && 'codes' in p);

/** One rule over rows; anything that is not finite is missing. */
function each(n: number, parts: readonly (number | Float64Array)[], rule: (...x: number[]) => number): number | Float64Array {
  const finite = (v: number) => (Number.isFinite(v) ? v : NaN);
  if (parts.every((p) => typeof p === 'number')) return finite(rule(...(parts as number[])));
  const out = new Float64Array(n);
  const row = new Array<number>(parts.length);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < parts.length; k++) {
      const p = parts[k]!;
      row[k] = typeof p === 'number' ? p : p[i]!;
    }
    out[i] = finite(rule(...row));
  }
  return out;
}

/** A number for each text. */
function eachText(p: string | CodeColumn, rule: (text: string) => number): number | Float64Array {
  if (typeof p === 'string') return rule(p);
  const byLevel = p.levels.map(rule);
  return Float64Array.from(p.codes, (code) => (code < 0 ? NaN : byLevel[code]!));
}

function evaluate(node: Node, columns: ReadonlyMap<string, Column>, n: number): Part {
  const wrong = (at: number, what: string): never => {
    throw new Problem('formula/type', { at, what });
  };
  const numeric = (part: Part, at: number, what: string): number | Float64Array => (isText(part) ? wrong(at, what) : part);
  switch (node.is) {
    case 'number':
    case 'text':
      return node.value;
    case 'column': {
      const c = columns.get(node.name)!;
      return isCodes(c) ? c : c.values;
    }
    case 'unary': {
      const of = numeric(evaluate(node.of, columns, n), node.at, `“${node.op}” needs a number`);
      return each(n, [of], node.op === '-' ? (x) => -x! : (x) => (Number.isNaN(x!) ? NaN : truth(x === 0)));
    }
    case 'binary': {
      const left = evaluate(node.left, columns, n);
      const right = evaluate(node.right, columns, n);
      if (isText(left) && isText(right) && (node.op === '=' || node.op === '!=')) return sameText(left, right, node.op === '=', n);
      const what = `“${node.op}” needs numbers on both sides`;
      const pair = [numeric(left, node.at, what), numeric(right, node.at, what)];
      const rule = rules[node.op];
      if (node.op === 'and' || node.op === 'or') return each(n, pair, rule as (...x: number[]) => number);
      return each(n, pair, (a, b) => (Number.isNaN(a!) || Number.isNaN(b!) ? NaN : rule(a!, b!)));
    }
    case 'call': {
      const given = node.of.map((of) => evaluate(of, columns, n));
      const textual = Object.hasOwn(ofText, node.name) ? ofText[node.name] : undefined;
      if (textual) {
        if (given.length !== textual[0])
          throw new Problem('formula/arguments', { at: node.at, name: node.name, wanted: textual[0], count: given.length });
        const [of, other = ''] = given;
        if (!isText(of!) || typeof other !== 'string')
          return wrong(node.at, `${node.name}() needs a text${textual[0] === 2 ? ' and a text in quotes' : ''}`);
        return eachText(of, (t) => textual[1](t, other));
      }
      const rule = Object.hasOwn(functions, node.name) ? functions[node.name] : undefined;
      if (!rule) throw new Problem('formula/unknown-function', { at: node.at, name: node.name, known: formulaFunctions.join(', ') });
      const [least, most, of] = rule;
      if (given.length < least || given.length > most)
        throw new Problem('formula/arguments', {
          at: node.at,
          name: node.name,
          wanted: least === most ? least : `${least} to ${most}`,
          count: given.length,
        });
      const parts = given.map((part) =>
        node.name === 'is_missing' && isText(part) ? eachText(part, () => 0) : numeric(part, node.at, `${node.name}() needs numbers`),
      );
      return each(n, parts, of);
    }
  }
}

function sameText(left: string | CodeColumn, right: string | CodeColumn, equal: boolean, n: number): number | Float64Array {
  if (typeof left === 'string' && typeof right === 'string') return truth((left === right) === equal);
  if (typeof left === 'string') return sameText(right, left, equal, n);
  if (typeof right === 'string') return eachText(left, (t) => truth((t === right) === equal));
  return Float64Array.from({ length: n }, (_, i) => {
    const a = left.codes[i]!;
    const b = right.codes[i]!;
    return a < 0 || b < 0 ? NaN : truth((left.levels[a] === right.levels[b]) === equal);
  });
}

function tree(formula: string): Node {
  if (formula.trim() === '') throw new Problem('formula/empty', {});
  return parseFormula(formula);
}

export const formula = columnStep({
  id: 'formula',
  version: 1,
  type: 'column',
  screen: 'features',
  kinds: ['number', 'time', 'category', 'text'],
  label: 'Formula',
  help: 'Adds a column worked out from others, such as [price] / [area] or if(age < 18, 1, 0). Names with blanks stand in [brackets], texts in quotes. What cannot be worked out, such as a division by 0, is missing.',
  source:
    'Richards, “Parsing expressions by recursive descent” (1979 notes, precedence climbing). The formula is parsed here and can do nothing but compute.',
  params: {
    name: text({
      label: 'Name of the new column',
      help: 'The name of a column in the formula replaces that column.',
      default: 'new column',
      maxLength: 200,
    }),
    formula: text({
      label: 'Formula',
      help: `Signs + − * / ^ and = != < <= > >=, words and, or, not, and functions ${formulaFunctions.join(', ')}.`,
      default: '1',
      maxLength: 2000,
    }),
  },
  reads(on, params) {
    const named = columnsIn(tree(params.formula));
    for (const [name, at] of named) if (!on.includes(name)) throw new Problem('formula/unknown-column', { name, at });
    return on.filter((name) => named.has(name));
  },
  learn(columns, params): Learnt {
    const names = columns.map((c) => c.name);
    const root = tree(params.formula);
    for (const [name, at] of columnsIn(root)) if (!names.includes(name)) throw new Problem('formula/unknown-column', { name, at });
    // Types and functions are checked here, before any prediction: one row of each column is enough.
    evaluate(root, new Map(columns.map((c) => [c.name, c])), 0);
    return { names };
  },
  apply(columns, _state, params) {
    const byName = new Map(columns.map((c) => [c.name, c]));
    const n = rowsIn(columns);
    const made = evaluate(tree(params.formula), byName, n);
    const name = params.name.trim() === '' ? 'new column' : params.name.trim();
    let column: Column;
    if (typeof made === 'number') column = numberColumn(name, new Float64Array(n).fill(made));
    else if (typeof made === 'string') column = { name, kind: 'category', codes: new Int32Array(n), levels: [made] };
    else if ('codes' in made) column = { ...mapLevels(made, (t) => t, 'category'), name };
    else column = numberColumn(name, made.slice());
    return byName.has(name) ? columns.map((c) => (c.name === name ? column : c)) : [...columns, column];
  },
  says: (_on, params) => `Add ${params.name} = ${params.formula}`,
  learnt: () => 'Nothing to learn: the rule is the same for every row.',
});
