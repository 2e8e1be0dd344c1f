/** The formula language: text → tree. Own parser, so that a formula can only compute; faults carry their position. */
import { Problem } from '../../src/core/problem.js';

export type Node =
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'text'; readonly value: string; readonly at: number }
  | { readonly is: 'column'; readonly name: string; readonly at: number }
  | { readonly is: 'unary'; readonly op: '-' | 'not'; readonly of: Node; readonly at: number }
  | { readonly is: 'binary'; readonly op: Operator; readonly left: Node; readonly right: Node; readonly at: number }
  | { readonly is: 'call'; readonly name: string; readonly of: readonly Node[]; readonly at: number };

export type Operator = '+' | '-' | '*' | '/' | '^' | '=' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or';

interface Token {
  readonly kind: 'number' | 'text' | 'column' | 'word' | 'sign' | 'end';
  readonly text: string;
  /** 1-based position in the formula. */
  readonly at: number;
}

/** Tries in this order: blanks, number, 'text' or "text", [column], word, sign. */
const pattern =
  /\s+|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|'((?:[^']|'')*)'|"((?:[^"]|"")*)"|\[([^\]]+)\]|([\p{L}_][\p{L}\p{N}_]*)|(<=|>=|!=|<>|==|[-+*/^(),<>=×÷−≤≥≠])/uy;
const same: Readonly<Record<string, string>> = { '==': '=', '<>': '!=', '×': '*', '÷': '/', '−': '-', '≤': '<=', '≥': '>=', '≠': '!=' };

function tokens(formula: string): Token[] {
  const out: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < formula.length) {
    const at = pattern.lastIndex + 1;
    const found = pattern.exec(formula);
    if (!found) throw new Problem('formula/syntax', { at, found: formula[at - 1]!, expected: 'a number, a column, a function or a sign' });
    const [, number, single, double, column, word, sign] = found;
    if (number !== undefined) out.push({ kind: 'number', text: number, at });
    else if (single !== undefined) out.push({ kind: 'text', text: single.replaceAll("''", "'"), at });
    else if (double !== undefined) out.push({ kind: 'text', text: double.replaceAll('""', '"'), at });
    else if (column !== undefined) out.push({ kind: 'column', text: column, at });
    else if (word !== undefined) out.push({ kind: 'word', text: word, at });
    else if (sign !== undefined) out.push({ kind: 'sign', text: same[sign] ?? sign, at });
  }
  out.push({ kind: 'end', text: 'the end', at: formula.length + 1 });
  return out;
}

/** How tightly an operator binds; ^ binds to the right and tighter than a minus in front. */
const binds: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '=': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '^': 8,
};
const NOT = 3;
const MINUS = 7;
/** Nested deeper than this is refused, so that a hostile formula cannot exhaust the stack. */
const DEEPEST = 100;

/** Precedence climbing (Richards 1979). */
export function parseFormula(formula: string): Node {
  const list = tokens(formula);
  let next = 0;
  let depth = 0;
  const peek = () => list[next]!;
  const isSign = (text: string) => peek().kind === 'sign' && peek().text === text;
  const fail = (expected: string): never => {
    throw new Problem('formula/syntax', { at: peek().at, found: peek().text, expected });
  };
  const expect = (text: string) => {
    if (!isSign(text)) fail(`“${text}”`);
    next++;
  };
  const operator = (): string | null => {
    const t = peek();
    const text = t.kind === 'word' ? t.text.toLowerCase() : t.kind === 'sign' ? t.text : '';
    return Object.hasOwn(binds, text) ? text : null;
  };

  function primary(): Node {
    const t = peek();
    if (t.kind === 'number') {
      next++;
      return { is: 'number', value: Number(t.text) };
    }
    if (t.kind === 'text') {
      next++;
      return { is: 'text', value: t.text, at: t.at };
    }
    if (t.kind === 'column') {
      next++;
      return { is: 'column', name: t.text, at: t.at };
    }
    if (t.kind === 'word' && operator() === null) {
      next++;
      if (!isSign('(')) return { is: 'column', name: t.text, at: t.at };
      next++;
      const of: Node[] = [];
      if (!isSign(')')) {
        of.push(expression(0));
        while (isSign(',')) {
          next++;
          of.push(expression(0));
        }
      }
      expect(')');
      return { is: 'call', name: t.text.toLowerCase(), of, at: t.at };
    }
    if (isSign('(')) {
      next++;
      const inside = expression(0);
      expect(')');
      return inside;
    }
    return fail('a number, a column or a function');
  }

  function expression(least: number): Node {
    if (++depth > DEEPEST) fail('fewer brackets inside one another');
    const t = peek();
    let left: Node;
    if (isSign('-') || isSign('+')) {
      next++;
      const of = expression(MINUS);
      left = t.text === '-' ? { is: 'unary', op: '-', of, at: t.at } : of;
    } else if (t.kind === 'word' && t.text.toLowerCase() === 'not') {
      next++;
      left = { is: 'unary', op: 'not', of: expression(NOT), at: t.at };
    } else left = primary();
    for (;;) {
      const op = operator();
      if (op === null || binds[op]! < least) break;
      const at = peek().at;
      next++;
      left = { is: 'binary', op: op as Operator, left, right: expression(op === '^' ? binds[op]! : binds[op]! + 1), at };
    }
    depth--;
    return left;
  }

  const tree = expression(0);
  if (peek().kind !== 'end') fail('a sign such as + or the end');
  return tree;
}

/** Columns a formula names, each once, with where it is first named. */
export function columnsIn(node: Node, found: Map<string, number> = new Map()): Map<string, number> {
  if (node.is === 'column') {
    if (!found.has(node.name)) found.set(node.name, node.at);
  } else if (node.is === 'unary') columnsIn(node.of, found);
  else if (node.is === 'binary') {
    columnsIn(node.left, found);
    columnsIn(node.right, found);
  } else if (node.is === 'call') for (const n of node.of) columnsIn(n, found);
  return found;
}
