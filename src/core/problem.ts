/**
 * Anything a person can mend: one class, one catalogue.
 * A message may name facts of the case as {fact}; they are filled in from `where`.
 * Anything else that goes wrong is a bug and is a plain Error.
 */

interface Text {
  readonly message: string;
  readonly hint: string;
}

export const catalogue = {
  // reading
  'read/empty': { message: 'The file “{file}” is empty.', hint: 'Choose a file that has a header line and at least two rows.' },
  // parameters
  'param/unknown': { message: 'There is no parameter “{param}”.', hint: 'Check its spelling against the catalogue.' },
  'param/invalid': { message: '“{label}” {fault}.', hint: 'Give a value inside the stated range.' },
} as const satisfies Readonly<Record<string, Text>>;

export type Code = keyof typeof catalogue;
export type Where = Readonly<Record<string, string | number>>;

/** A Problem as plain data: what crosses the wire, what is stored, what the lab prints. */
export interface ProblemData {
  readonly code: Code;
  readonly message: string;
  readonly hint: string;
  readonly where: Where;
}

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: Code;
  readonly hint: string;
  readonly where: Where;

  constructor(code: Code, where: Where = {}) {
    const text: Text = catalogue[code];
    super(fill(text.message, where));
    this.code = code;
    this.hint = fill(text.hint, where);
    this.where = where;
  }

  toJSON(): ProblemData {
    return { code: this.code, message: this.message, hint: this.hint, where: this.where };
  }

  static from(data: ProblemData): Problem {
    return new Problem(data.code, data.where);
  }
}

const fill = (text: string, where: Where) =>
  text.replace(/\{(\w+)\}/g, (all, name: string) => (name in where ? String(where[name]) : all));
