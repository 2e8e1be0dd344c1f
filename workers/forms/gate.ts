/** What a form's gate asks of each field of a model file: types, lengths, bounds, finite numbers. Each throws when the field is not so. */
import type { Link } from '../../src/core/form.js';
import { Problem } from '../../src/core/problem.js';

const LINKS: readonly Link[] = ['identity', 'log', 'sigmoid', 'softmax', 'rest', 'cumulative'];
/** Far above anything fitted here; a bound so that a hostile file cannot ask for endless work. */
export const WIDEST = 1_000_000;

export type Fields = Readonly<Record<string, unknown>>;

export const broken = (why: string): never => {
  throw new Problem('artifact/broken', { why });
};

export const scoreCount = (link: Link, outputs: number) => (link === 'sigmoid' || link === 'log' ? 1 : outputs);

export function linkOf(o: Fields, at: string, outputs: number): Link {
  const link = oneOf(o, 'link', at, LINKS);
  if (link === 'sigmoid' && outputs !== 2) broken(`${at}: a sigmoid has 2 outputs, not ${outputs}`);
  if (link === 'log' && outputs !== 1) broken(`${at}: a log link has 1 output, not ${outputs}`);
  if ((link === 'softmax' || link === 'rest' || link === 'cumulative') && outputs < 2)
    broken(`${at}: the link ${link} has at least 2 outputs`);
  return link;
}

export function object(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) broken(`${at} is not an object`);
  return value as Fields;
}

export function array(o: Fields, name: string, at: string, least: number, most: number): readonly unknown[] {
  const v = o[name];
  if (!Array.isArray(v) || v.length < least || v.length > most) return broken(`${at}.${name} is not a list of ${least} to ${most}`);
  return v as unknown[];
}

export function whole(o: Fields, name: string, at: string, min: number, max: number): number {
  const v = o[name];
  if (typeof v !== 'number' || !Number.isInteger(v) || v < min || v > max)
    return broken(`${at}.${name} is not a whole number from ${min} to ${max}`);
  return v;
}

export function finite(o: Fields, name: string, at: string): number {
  const v = o[name];
  if (typeof v !== 'number' || !Number.isFinite(v)) return broken(`${at}.${name} is not a finite number`);
  return v;
}

export function oneOf<T extends string>(o: Fields, name: string, at: string, options: readonly T[]): T {
  const found = options.find((option) => option === o[name]);
  return found ?? broken(`${at}.${name} is not one of ${options.join(', ')}`);
}

export function typed<T>(o: Fields, name: string, at: string, type: abstract new (...args: never[]) => T): T {
  const v = o[name];
  return v instanceof type ? v : broken(`${at}.${name} is missing or of the wrong type`);
}

export function lengthIs(v: { readonly length: number }, length: number, at: string): void {
  if (v.length !== length) broken(`${at} has ${v.length} values, not ${length}`);
}

export function allFinite(v: Float32Array | Float64Array, at: string): void {
  for (let i = 0; i < v.length; i++) if (!Number.isFinite(v[i]!)) broken(`${at} holds a value that is not finite`);
}

export function floats64(o: Fields, name: string, at: string, length: number): Float64Array {
  const v = typed(o, name, at, Float64Array);
  lengthIs(v, length, `${at}.${name}`);
  allFinite(v, `${at}.${name}`);
  return v;
}
