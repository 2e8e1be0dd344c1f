/**
 * A trained model as a file: real safetensors (github.com/huggingface/safetensors). Tensors as they are; everything
 * else is one JSON string in `__metadata__`. Reading checks lengths, bounds, overlaps, holes and types before use.
 */
import type { Reference } from './drift.js';
import type { Evaluation } from './evaluation.js';
import type { Form } from './form.js';
import type { Task } from './model.js';
import type { Values } from './param.js';
import type { Plain, Tensor } from './plain.js';
import { Problem } from './problem.js';
import type { Reading } from './profile.js';
import type { FittedStep } from './step.js';
import type { Kind } from './table.js';

/** A raw column the model wants, and enough about it to draw a form and to check a new file. */
export interface InputColumn {
  readonly name: string;
  readonly kind: Kind;
  readonly reading: Reading;
  /** Categories: the levels seen in training, most frequent first, at most 500. */
  readonly levels?: readonly string[];
  /** Values: range and middle of the training rows; null when none was present. */
  readonly min?: number | null;
  readonly max?: number | null;
  readonly median?: number | null;
}

/** How far off the model was on rows that the fold had not learnt from: the ground for ranges around its values and sets of its classes. */
export type Conformal =
  | {
      readonly kind: 'number';
      readonly rows: number;
      /** Rows are grouped by their prediction; the largest of each group, rising, the last infinite. */
      readonly upTo: Float64Array;
      /** Rows of each group. */
      readonly counts: Int32Array;
      /** Groups + 1: where each group's residuals start. */
      readonly starts: Int32Array;
      /** truth − prediction, rising within a group; evenly thinned when there are very many. */
      readonly residuals: Float64Array;
    }
  | {
      readonly kind: 'class';
      readonly rows: number;
      /** 1 − probability of the true class, rising. */
      readonly scores: Float64Array;
    };

/** What predicts a further target: a model of its own behind the same input columns. */
export interface ArtifactPart extends Pick<
  Artifact,
  'target' | 'recipe' | 'sentences' | 'features' | 'model' | 'form' | 'cv' | 'conformal'
> {
  /** Training rows that have a value of it. */
  readonly rows: number;
}

export interface Artifact {
  readonly format: 'tablework/model';
  /** 2 where it predicts several targets, so that a reader that knows of one only refuses it. */
  readonly version: 1 | 2;
  readonly name: string;
  readonly question: string;
  readonly inputs: readonly InputColumn[];
  readonly target: {
    readonly name: string;
    readonly task: Task;
    readonly levels: readonly string[];
    readonly positive: string | null;
    /** Other spellings of a level, as they were read in training, and the level. */
    readonly spellings?: Readonly<Record<string, string>>;
    /** Range of a number target in training. */
    readonly min: number | null;
    readonly max: number | null;
  };
  readonly recipe: readonly FittedStep[];
  /** Recipe lines in words, with what each learnt. */
  readonly sentences: readonly { readonly says: string; readonly learnt: string }[];
  /** Columns of the matrix the form takes. */
  readonly features: readonly string[];
  readonly model: { readonly id: string; readonly version: number; readonly label: string; readonly params: Values };
  readonly form: Form;
  /** Cross-validated scores on training rows, by metric. */
  readonly cv: Readonly<Record<string, FoldScore>> | null;
  /** Absent from files older than this, and null where no fold could tell. */
  readonly conformal?: Conformal | null;
  readonly evaluation: Evaluation | null;
  /** Further targets; absent where there is one. */
  readonly also?: readonly ArtifactPart[];
  /** Each part takes the answers to all targets before it as columns after the inputs. */
  readonly chain?: boolean;
  /** What later files are compared with. */
  readonly reference: Reference;
  readonly provenance: {
    readonly key: string;
    readonly fingerprint: string;
    readonly file: string;
    readonly rows: number;
    readonly seed: number;
    readonly backend: string;
    readonly app: string;
    readonly stopped: boolean;
  };
}

export type ChainTarget = Pick<Artifact['target'], 'name' | 'task' | 'levels'>;
/** Whether an answer to it is told to the targets after it in a chain as a number: the value, or which of two classes. */
export const isMark = (t: ChainTarget): boolean => t.task === 'number' || t.levels.length === 2;
const answerInput = (t: ChainTarget): InputColumn =>
  isMark(t)
    ? { name: t.name, kind: 'number', reading: { kind: 'number' } }
    : { name: t.name, kind: 'category', reading: { kind: 'category' }, levels: t.levels };

/** One model for each target, the first first: each as if it were the only one. */
export function perTarget(a: Artifact): readonly Artifact[] {
  const { also, chain, ...first } = a;
  if (!also) return [a];
  return also.reduce<Artifact[]>(
    (made, { rows: _, ...part }) => [
      ...made,
      { ...first, ...part, inputs: chain ? [...a.inputs, ...made.map((m) => answerInput(m.target))] : a.inputs },
    ],
    [first],
  );
}

/** A cross-validated score: mean and sd (n) over folds; low and high are the corrected 95 % interval of the mean. */
export interface FoldScore {
  readonly mean: number | null;
  readonly sd: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly folds: readonly (number | null)[];
}

const TYPES = { F64: Float64Array, F32: Float32Array, I32: Int32Array, U32: Uint32Array, U16: Uint16Array, U8: Uint8Array } as const;
type TypeName = keyof typeof TYPES;
const typeOf = (t: Tensor): TypeName => (Object.keys(TYPES) as TypeName[]).find((n) => t instanceof TYPES[n])!;
const MARK = '$tensor';
const MAX_HEADER = 64 * 2 ** 20;

const isTensor = (v: unknown): v is Tensor => ArrayBuffer.isView(v) && !(v instanceof DataView);

/** Any plain data as the bytes of a safetensors file; `meta` is readable by other tools. */
export function pack(state: Plain, meta: Readonly<Record<string, string>> = {}): Uint8Array<ArrayBuffer> {
  const tensors: [string, Tensor][] = [];
  const strip = (v: Plain | undefined, path: string): unknown => {
    if (isTensor(v)) {
      tensors.push([path, v]);
      return { [MARK]: path };
    }
    if (typeof v === 'number' && !Number.isFinite(v)) throw new Error(`${path} is ${v}: JSON cannot hold it, keep it in a typed array`);
    if (Array.isArray(v)) return v.map((x: Plain, i) => strip(x, `${path}.${i}`));
    if (v && typeof v === 'object')
      return Object.fromEntries(
        Object.entries(v)
          .filter(([, x]) => x !== undefined)
          .map(([k, x]) => [k, strip(x as Plain, path ? `${path}.${k}` : k)]),
      );
    return v;
  };
  const tree = strip(state, '');
  tensors.sort((a, b) => b[1].BYTES_PER_ELEMENT - a[1].BYTES_PER_ELEMENT); // widest first keeps every tensor aligned
  const header: Record<string, unknown> = { __metadata__: { ...meta, tablework: JSON.stringify(tree) } };
  let at = 0;
  for (const [k, t] of tensors) header[k] = { dtype: typeOf(t), shape: [t.length], data_offsets: [at, (at += t.byteLength)] };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const size = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + size + at);
  new DataView(out.buffer).setBigUint64(0, BigInt(size), true);
  out.fill(0x20, 8, 8 + size);
  out.set(json, 8);
  at = 8 + size;
  for (const [, t] of tensors) {
    out.set(new Uint8Array(t.buffer, t.byteOffset, t.byteLength), at);
    at += t.byteLength;
  }
  return out;
}

const broken = (why: string) => new Problem('artifact/broken', { why });
const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
const isSize = (v: unknown): v is number => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0;

export function unpack(given: Uint8Array): { state: Plain; meta: Record<string, string> } {
  // A Node Buffer is a Uint8Array whose slice does not copy.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  if (bytes.length < 10) throw broken('it is too short');
  const size = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (size > BigInt(Math.min(bytes.length - 8, MAX_HEADER))) throw broken('its header runs past its end');
  const base = 8 + Number(size);
  const header = parse(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, base)));
  if (!isRecord(header)) throw broken('its header is not an object');
  const { __metadata__: metadata, ...entries } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((v) => typeof v !== 'string')) throw broken('its metadata is not text');
  const { tablework, ...meta } = metadata as Record<string, string>;
  if (tablework === undefined) throw broken('it was not made by Tablework');

  const tensors = new Map<string, Tensor>();
  const spans: (readonly [number, number])[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const bad = () => broken(`the array “${name.slice(0, 80)}” does not fit`);
    if (!isRecord(entry) || !Array.isArray(entry.shape) || !Array.isArray(entry.data_offsets)) throw bad();
    const { dtype, shape, data_offsets: offsets } = entry;
    if (typeof dtype !== 'string' || !Object.hasOwn(TYPES, dtype) || !shape.every(isSize) || offsets.length !== 2 || !offsets.every(isSize))
      throw bad();
    const Type = TYPES[dtype as TypeName];
    const [from, to] = offsets as [number, number];
    const count = (shape as number[]).reduce((p, q) => p * q, 1);
    if (!isSize(count) || to - from !== count * Type.BYTES_PER_ELEMENT || base + to > bytes.length) throw bad();
    spans.push([from, to]);
    tensors.set(name, new Type(bytes.slice(base + from, base + to).buffer));
  }
  spans.sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  let end = 0;
  for (const [from, to] of spans) {
    if (from !== end) throw broken('its arrays overlap or leave holes');
    end = to;
  }
  if (base + end !== bytes.length) throw broken('it has bytes to spare or to seek');

  let depth = 0;
  const revive = (v: unknown): Plain => {
    if (++depth > 200) throw broken('it is nested too deeply');
    let out: Plain;
    if (Array.isArray(v)) out = v.map(revive);
    else if (isRecord(v)) {
      if (Object.hasOwn(v, MARK)) {
        const tensor = typeof v[MARK] === 'string' ? tensors.get(v[MARK]) : undefined;
        if (!tensor) throw broken('it names an array it does not hold');
        out = tensor;
      } else {
        // A null prototype would not survive structured clone alike; own keys only, and none that could reach a prototype.
        if (Object.hasOwn(v, '__proto__')) throw broken('it holds a forbidden name');
        out = Object.fromEntries(Object.entries(v).map(([k, x]) => [k, revive(x)]));
      }
    } else out = v as Plain;
    depth--;
    return out;
  };
  return { state: revive(parse(() => tablework)), meta };
}

function parse(source: () => string): unknown {
  try {
    return JSON.parse(source()) as unknown;
  } catch {
    throw broken('its header cannot be read');
  }
}
