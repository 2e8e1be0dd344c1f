/** Parameters as declarations: the form, the gate, the types and the tuning space all come from these. */
import { Problem } from './problem.js';

interface Common {
  readonly label: string;
  readonly help: string;
  /** Folded away under “More”. */
  readonly more?: boolean;
  /** Shown, and searched, only when another parameter has one of these values. */
  readonly when?: { readonly param: string; readonly is: readonly (string | boolean)[] };
}
interface Numeric extends Common {
  readonly default: number | null;
  readonly min: number;
  readonly max: number;
  readonly scale?: 'linear' | 'log';
  /** The range that tuning searches. */
  readonly tune?: readonly [number, number];
  /** When set, null is allowed and is shown as this: “no limit”. */
  readonly none?: string;
}
export interface Real extends Numeric {
  readonly kind: 'real';
}
export interface Int extends Numeric {
  readonly kind: 'int';
}
export interface Flag extends Common {
  readonly kind: 'flag';
  readonly default: boolean;
  readonly tune?: true;
}
export interface Choice<T extends string = string> extends Common {
  readonly kind: 'choice';
  readonly default: T;
  /** Value → what the person reads. */
  readonly options: Readonly<Record<T, string>>;
  readonly tune?: readonly T[];
}
export interface Text extends Common {
  readonly kind: 'text';
  readonly default: string;
  readonly maxLength: number;
}
/** A short list of whole numbers, such as the widths of hidden layers. */
export interface List extends Common {
  readonly kind: 'list';
  readonly default: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly minLength: number;
  readonly maxLength: number;
  readonly tune?: readonly (readonly number[])[];
}

export type Param = Real | Int | Flag | Choice | Text | List;
export type Params = Readonly<Record<string, Param>>;
export type Value = number | boolean | string | null | readonly number[];
export type Values = Readonly<Record<string, Value>>;

export type ValueOf<S> = S extends { kind: 'choice'; options: infer O }
  ? keyof O & string
  : S extends { kind: 'flag' }
    ? boolean
    : S extends { kind: 'text' }
      ? string
      : S extends { kind: 'list' }
        ? readonly number[]
        : S extends { none: string }
          ? number | null
          : number;
export type ValuesOf<S extends Params> = { readonly [K in keyof S]: ValueOf<S[K]> };

export const real = <const S extends Omit<Real, 'kind'>>(s: S): S & { readonly kind: 'real' } => ({ ...s, kind: 'real' });
export const int = <const S extends Omit<Int, 'kind'>>(s: S): S & { readonly kind: 'int' } => ({ ...s, kind: 'int' });
export const flag = <const S extends Omit<Flag, 'kind'>>(s: S): S & { readonly kind: 'flag' } => ({ ...s, kind: 'flag' });
export const text = <const S extends Omit<Text, 'kind'>>(s: S): S & { readonly kind: 'text' } => ({ ...s, kind: 'text' });
export const list = <const S extends Omit<List, 'kind'>>(s: S): S & { readonly kind: 'list' } => ({ ...s, kind: 'list' });
export const choice = <
  const O extends Readonly<Record<string, string>>,
  const S extends Common & { options: O; default: keyof O & string; tune?: readonly (keyof O & string)[] },
>(
  s: S & { options: O },
): S & { readonly kind: 'choice' } => ({ ...s, kind: 'choice' });

export function defaults<S extends Params>(specs: S): ValuesOf<S> {
  return Object.fromEntries(Object.entries(specs).map(([k, s]) => [k, s.default])) as ValuesOf<S>;
}

const shown = (v: unknown) => (typeof v === 'string' ? `“${v}”` : Array.isArray(v) ? v.join(', ') : String(v));

/** Says what is wrong with a value for this parameter, or null. The words are shown to the person as they stand. */
export function fault(spec: Param, value: unknown): string | null {
  switch (spec.kind) {
    case 'flag':
      return typeof value === 'boolean' ? null : `must be on or off, not ${shown(value)}`;
    case 'choice':
      return typeof value === 'string' && Object.hasOwn(spec.options, value)
        ? null
        : `must be one of ${Object.keys(spec.options).join(', ')}, not ${shown(value)}`;
    case 'text':
      if (typeof value !== 'string') return `must be text, not ${shown(value)}`;
      return value.length > spec.maxLength ? `must be at most ${spec.maxLength} characters long` : null;
    case 'list':
      if (!Array.isArray(value)) return `must be a list of whole numbers, not ${shown(value)}`;
      if (value.length < spec.minLength || value.length > spec.maxLength)
        return `must have between ${spec.minLength} and ${spec.maxLength} numbers, not ${value.length}`;
      for (const v of value) {
        if (typeof v !== 'number' || !Number.isInteger(v) || v < spec.min || v > spec.max)
          return `must hold whole numbers between ${spec.min} and ${spec.max}, not ${shown(v)}`;
      }
      return null;
    default:
      if (value === null && spec.none !== undefined) return null;
      if (typeof value !== 'number' || !Number.isFinite(value)) return `must be a number, not ${shown(value)}`;
      if (spec.kind === 'int' && !Number.isInteger(value)) return `must be a whole number, not ${value}`;
      return value < spec.min || value > spec.max ? `must lie between ${spec.min} and ${spec.max}, not ${value}` : null;
  }
}

/** The gate before any work: fills in defaults, refuses unknown names and wrong values with a Problem. */
export function checked<S extends Params>(specs: S, given: Readonly<Record<string, unknown>>): ValuesOf<S> {
  for (const param of Object.keys(given)) if (!Object.hasOwn(specs, param)) throw new Problem('param/unknown', { param });
  const out: Record<string, unknown> = {};
  for (const [param, spec] of Object.entries(specs)) {
    const value = given[param] === undefined ? spec.default : given[param];
    const wrongness = fault(spec, value);
    if (wrongness) throw new Problem('param/invalid', { param, label: spec.label, fault: wrongness });
    out[param] = value;
  }
  return out as ValuesOf<S>;
}

/** Whether a parameter plays a part, given the values of the others. */
export function active(specs: Params, values: Values, param: string): boolean {
  const when = specs[param]?.when;
  if (!when) return true;
  const value = values[when.param];
  return when.is.some((v) => v === value) && active(specs, values, when.param);
}

/** Values a parameter must refuse: the contract tests feed these to every declaration. */
export function wrong(spec: Param): unknown[] {
  switch (spec.kind) {
    case 'flag':
      return ['yes', 1, null];
    case 'choice':
      return ['no such option', 1, null];
    case 'text':
      return [1, null, 'x'.repeat(spec.maxLength + 1)];
    case 'list':
      return [3, 'x', [spec.min - 1], [spec.min + 0.5], Array.from({ length: spec.maxLength + 1 }, () => spec.min)];
    default:
      return [
        NaN,
        Infinity,
        '3',
        spec.min - 1 - Math.abs(spec.min),
        spec.max + 1 + Math.abs(spec.max),
        ...(spec.kind === 'int' ? [spec.min + 0.5] : []),
        ...(spec.none === undefined ? [null] : []),
      ];
  }
}
