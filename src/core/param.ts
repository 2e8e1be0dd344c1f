/** Parameters as declarations: the form, the gate, the types and the tuning space all come from these. */
import { Problem } from './problem.js';

interface Common {
  readonly label: string;
  readonly help: string;
  /** Folded away under “More”. */
  readonly more?: boolean;
  /** Plays a part only where this is predicted; else neither shown nor searched. */
  readonly only?: 'class' | 'number';
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

/** A model inside a combined model, with its own parameters. */
export interface Member {
  readonly model: string;
  /** Parameters that are not named stand at their defaults. */
  readonly params: Values;
  /** How much it counts against the others, where they are given shares; ≥ 0, of any sum. */
  readonly share?: number;
}
/** Models that are combined into one. Which models there are is known to the fitter, not here. */
export interface Members extends Common {
  readonly kind: 'members';
  readonly default: readonly Member[];
  readonly minLength: number;
  readonly maxLength: number;
  /** What an empty list stands for, as the person reads it. */
  readonly none: string;
}

export type Param = Real | Int | Flag | Choice | Text | List | Members;
export type Params = Readonly<Record<string, Param>>;
export type Value = number | boolean | string | null | readonly number[] | readonly Member[];
export type Values = { readonly [param: string]: Value };

export type ValueOf<S> = S extends { kind: 'choice'; options: infer O }
  ? keyof O & string
  : S extends { kind: 'flag' }
    ? boolean
    : S extends { kind: 'text' }
      ? string
      : S extends { kind: 'list' }
        ? readonly number[]
        : S extends { kind: 'members' }
          ? readonly Member[]
          : S extends { none: string }
            ? number | null
            : number;
export type ValuesOf<S extends Params> = { readonly [K in keyof S]: ValueOf<S[K]> };

export const real = <const S extends Omit<Real, 'kind'>>(s: S): S & { readonly kind: 'real' } => ({ ...s, kind: 'real' });
export const int = <const S extends Omit<Int, 'kind'>>(s: S): S & { readonly kind: 'int' } => ({ ...s, kind: 'int' });
export const flag = <const S extends Omit<Flag, 'kind'>>(s: S): S & { readonly kind: 'flag' } => ({ ...s, kind: 'flag' });
export const text = <const S extends Omit<Text, 'kind'>>(s: S): S & { readonly kind: 'text' } => ({ ...s, kind: 'text' });
export const list = <const S extends Omit<List, 'kind'>>(s: S): S & { readonly kind: 'list' } => ({ ...s, kind: 'list' });
export const members = <const S extends Omit<Members, 'kind'>>(s: S): S & { readonly kind: 'members' } => ({ ...s, kind: 'members' });
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

/** The value of a declared parameter as the person reads it: options by their names, numbers in a few digits. */
export function settingText(spec: Param | undefined, v: Value, modelOf: (id: string) => NamedModel = () => undefined): string {
  if (spec?.kind === 'choice' && typeof v === 'string') return spec.options[v] ?? v;
  if (typeof v === 'number') return String(Number(v.toPrecision(4)));
  if (spec?.kind === 'members' && Array.isArray(v) && v.length === 0) return spec.none;
  const none = spec && 'none' in spec ? spec.none : undefined;
  return valueText(v, none ?? 'none', modelOf);
}

/** The settings of a model by their labels, in words: those that play a part for the task, or of them only those that differ from the defaults. */
export function settingsInWords(
  models: readonly { readonly id: string; readonly label: string; readonly params: Params }[],
  model: string,
  values: Values,
  task: 'class' | 'number' | null,
  changed = false,
): [string, string][] {
  const declared = (id: string) => models.find((m) => m.id === id);
  const named = (id: string): NamedModel => {
    const m = declared(id);
    return m && { label: m.label, params: forTask(m.params, task) };
  };
  const all = declared(model)?.params ?? {};
  const playing = forTask(all, task);
  return Object.entries(values)
    .filter(([k]) => !all[k] || (playing[k] && active(all, values, k)))
    .filter(([k, v]) => !changed || JSON.stringify(v) !== JSON.stringify(all[k]?.default))
    .map(([k, v]) => [all[k]?.label ?? k, settingText(all[k], v, named)]);
}

/** What a member's model is called, and the declarations that play a part: other settings, and those at their defaults, go without saying. */
export type NamedModel = { readonly label: string; readonly params?: Params } | undefined;

/** A value in words, for lists of settings. */
export function valueText(v: Value, none = 'no limit', modelOf: (id: string) => NamedModel = () => undefined): string {
  if (v === null) return none;
  if (typeof v === 'boolean') return v ? 'yes' : 'no';
  if (typeof v !== 'object') return String(v);
  if (v.length === 0) return 'none named';
  return v
    .map((one) => {
      if (typeof one === 'number') return String(one);
      const settings = memberText(one, modelOf(one.model));
      return `${modelOf(one.model)?.label ?? one.model}${settings ? ` (${settings})` : ''}`;
    })
    .join(', ');
}

/** The share and the settings of a member, in words. */
export const memberText = ({ share, params }: Member, named: NamedModel): string =>
  [
    ...(share === undefined ? [] : [`share ${Number(share.toPrecision(3))}`]),
    ...Object.entries(params)
      .filter(([k]) => !named?.params || (named.params[k] && active(named.params, { ...defaults(named.params), ...params }, k)))
      .filter(([k, v]) => JSON.stringify(v) !== JSON.stringify(named?.params?.[k]?.default))
      .map(([k, v]) => `${named?.params?.[k]?.label ?? k} ${settingText(named?.params?.[k], v)}`),
  ].join(', ');

const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> => typeof v === 'object' && v !== null && !Array.isArray(v);

/** What is wrong with one member of a list, or null. Its parameters are looked at by the model they are for; here they need only be plain. */
function memberFault(v: unknown): string | null {
  if (!isRecord(v) || typeof v['model'] !== 'string' || !isRecord(v['params']))
    return 'must name a model and its parameters in every place';
  const strange = Object.keys(v).find((k) => !['model', 'params', 'share'].includes(k));
  if (strange !== undefined) return `must hold model, params and share only, not ${shown(strange)}`;
  const plain = (x: unknown) => x === null || typeof x === 'boolean' || typeof x === 'string' || Number.isFinite(x);
  if (!Object.values(v['params']).every((x) => plain(x) || (Array.isArray(x) && x.every(Number.isFinite))))
    return 'must hold members with plain parameters: a combined model cannot be a member';
  const share = v['share'];
  return share === undefined || (typeof share === 'number' && Number.isFinite(share) && share >= 0)
    ? null
    : `must have shares of 0 or more, not ${shown(share)}`;
}

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
    case 'members':
      if (!Array.isArray(value)) return `must be a list of models, not ${shown(value)}`;
      if (value.length < spec.minLength || value.length > spec.maxLength)
        return spec.maxLength === 1
          ? `must be one model, not ${value.length}`
          : `must have at most ${spec.maxLength} models, not ${value.length}`;
      return value.map(memberFault).find((wrongness) => wrongness !== null) ?? null;
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

/** The declarations that play a part when this is predicted. */
export const forTask = (specs: Params, task: 'class' | 'number' | null): Params =>
  Object.fromEntries(Object.entries(specs).filter(([, s]) => s.only === undefined || task === null || s.only === task));

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
    case 'members': {
      const fine: Member = { model: 'x', params: {} };
      return [
        3,
        'x',
        null,
        [1],
        [{ model: 3, params: {} }],
        [{ model: 'x' }],
        [{ ...fine, share: -1 }],
        [{ ...fine, more: 1 }],
        [{ ...fine, params: { inner: [fine] } }],
        Array.from({ length: spec.maxLength + 1 }, () => fine),
      ];
    }
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
