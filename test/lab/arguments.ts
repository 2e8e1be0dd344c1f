/** Words after the command: files in order, --name value, --flag. */
import { Problem } from '../../src/core/problem.js';

const FLAGS = new Set(['json']);

export interface Arguments {
  readonly files: readonly string[];
  flag(name: string): boolean;
  option(name: string): string | undefined;
  /** The option, or a Problem that names it. */
  need(name: string): string;
  number(name: string, otherwise: number): number;
  list(name: string): string[] | undefined;
}

export function readArguments(words: readonly string[]): Arguments {
  const files: string[] = [];
  const options = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith('--')) files.push(word);
    else if (FLAGS.has(word.slice(2))) options.set(word.slice(2), 'yes');
    else {
      const [name, inline] = word.slice(2).split(/=(.*)/s);
      const value = inline ?? words[++i];
      if (value === undefined) throw new Problem('lab/no-value', { option: name! });
      options.set(name!, value);
    }
  }
  const option = (name: string) => options.get(name);
  return {
    files,
    flag: (name) => options.has(name),
    option,
    need(name) {
      const value = options.get(name);
      if (value === undefined) throw new Problem('lab/no-value', { option: name });
      return value;
    },
    number(name, otherwise) {
      const value = options.get(name);
      if (value === undefined) return otherwise;
      const n = Number(value);
      if (!Number.isFinite(n)) throw new Problem('lab/not-a-number', { option: name, value });
      return n;
    },
    list: (name) => options.get(name)?.split(',').filter((s) => s !== ''),
  };
}
