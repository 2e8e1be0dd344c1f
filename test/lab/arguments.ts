/** Words after the command: files in order, --name value, --flag. */
import { Problem } from '../../src/core/problem.js';

const FLAGS = new Set(['json', 'chain']);
/** Every option of every command; a word that is none of them is refused, since a typing mistake would otherwise change what is done. */
const OPTIONS = [
  ...[
    'json',
    'seed',
    'drop',
    'use',
    'delimiter',
    'encoding',
    'decimal',
    'header',
    'target',
    'also',
    'chain',
    'task',
    'metric',
    'model',
    'models',
    'params',
  ],
  ...[
    'search',
    'trials',
    'folds',
    'out',
    'columns',
    'label',
    'time',
    'value',
    'horizon',
    'origins',
    'season',
    'basket',
    'item',
    'support',
    'confidence',
  ],
];

export interface Arguments {
  readonly files: readonly string[];
  /** The file at this place, or a Problem that names it. */
  file(at: number, name: string): string;
  flag(name: string): boolean;
  option(name: string): string | undefined;
  /** The option, or a Problem that names it. */
  need(name: string): string;
  /** A whole number from `least` on. */
  whole(name: string, otherwise: number, least: number): number;
  oneOf(name: string, options: readonly string[]): string | undefined;
  list(name: string): string[] | undefined;
  /** The option as an object written in JSON; {} when it is not given. */
  object(name: string): Record<string, unknown>;
}

export function readArguments(words: readonly string[]): Arguments {
  const files: string[] = [];
  const options = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith('--')) {
      files.push(word);
      continue;
    }
    const [name = '', inline] = word.slice(2).split(/=(.*)/s);
    if (!OPTIONS.includes(name)) throw new Problem('lab/no-option', { option: name, known: OPTIONS.join(', ') });
    const value = FLAGS.has(name) ? (inline ?? 'yes') : (inline ?? words[++i]);
    if (value === undefined) throw new Problem('lab/no-value', { option: name });
    options.set(name, value);
  }
  return {
    files,
    file(at, name) {
      const file = files[at];
      if (file === undefined) throw new Problem('lab/too-few-files', { name });
      return file;
    },
    flag: (name) => options.has(name),
    option: (name) => options.get(name),
    need(name) {
      const value = options.get(name);
      if (value === undefined) throw new Problem('lab/no-value', { option: name });
      return value;
    },
    whole(name, otherwise, least) {
      const value = options.get(name);
      if (value === undefined) return otherwise;
      const n = Number(value);
      if (value.trim() === '' || !Number.isSafeInteger(n) || n < least)
        throw new Problem('lab/not-a-number', { option: name, value, least });
      return n;
    },
    oneOf(name, allowed) {
      const value = options.get(name);
      if (value !== undefined && !allowed.includes(value))
        throw new Problem('lab/not-one-of', { option: name, value, options: allowed.join(', ') });
      return value;
    },
    list: (name) =>
      options
        .get(name)
        ?.split(',')
        .map((s) => s.trim())
        .filter((s) => s !== ''),
    object(name) {
      const value = options.get(name);
      if (value === undefined) return {};
      const no = (why: string) => new Problem('lab/not-json', { what: `--${name}`, why, example: '\'{"name": 1}\'' });
      let parsed: unknown;
      try {
        parsed = JSON.parse(value);
      } catch (error) {
        throw no(error instanceof Error ? error.message : String(error));
      }
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw no('it is not an object');
      return parsed as Record<string, unknown>;
    },
  };
}
