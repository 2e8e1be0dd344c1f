/** Opens a model file nobody vouches for: every part is looked at, then the whole is tried on two rows before it is believed. */
import { perTarget, unpack, type Artifact, type InputColumn } from '../src/core/artifact.js';
import { Problem } from '../src/core/problem.js';
import type { Column, Kind } from '../src/core/table.js';
import { matrixOf } from './apply.js';
import { checkForm, predict } from './forms/index.js';

type Fields = Record<string, unknown>;
type Check = (v: unknown) => boolean;

const isRecord = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v) && !ArrayBuffer.isView(v);
const isText: Check = (v) => typeof v === 'string';
const isTexts = (v: unknown): v is string[] => Array.isArray(v) && v.every(isText);
const isNumber: Check = (v) => typeof v === 'number' && Number.isFinite(v);
const isFloats: Check = (v) => v instanceof Float64Array && v.every((x) => !Number.isNaN(x));
const isKind: Check = (v) => v === 'number' || v === 'time' || v === 'category' || v === 'text';
const orNull =
  (c: Check): Check =>
  (v) =>
    v === null || c(v);
const maybe =
  (c: Check): Check =>
  (v) =>
    v === undefined || c(v);
const has =
  (shape: Readonly<Record<string, Check>>): Check =>
  (v) =>
    isRecord(v) && Object.entries(shape).every(([k, c]) => c(Object.hasOwn(v, k) ? v[k] : undefined));
const listOf =
  (c: Check): Check =>
  (v) =>
    Array.isArray(v) && v.every(c);
const valuesOf =
  (c: Check): Check =>
  (v) =>
    isRecord(v) && Object.values(v).every(c);

const isReading = has({ kind: isKind, decimal: maybe(isText), thousands: maybe(isText), prefix: maybe(isText), suffix: maybe(isText), format: maybe(isText), pivot: maybe(isNumber), missing: maybe(isTexts), spellings: maybe(valuesOf(isText)) }); // prettier-ignore
const isInput = has({ name: isText, kind: isKind, reading: isReading, levels: maybe(isTexts), min: maybe(orNull(isNumber)), max: maybe(orNull(isNumber)), median: maybe(orNull(isNumber)) }); // prettier-ignore
const isTarget = has({ name: isText, task: (v) => v === 'class' || v === 'number', levels: isTexts, positive: orNull(isText), spellings: maybe(valuesOf(isText)), min: orNull(isNumber), max: orNull(isNumber) }); // prettier-ignore
const isStep = has({ step: isText, version: isNumber, on: isTexts, params: isRecord, state: isRecord });
const isInterval = has({ value: isNumber, low: isNumber, high: isNumber });
const isFoldScore = has({ mean: orNull(isNumber), sd: orNull(isNumber), low: orNull(isNumber), high: orNull(isNumber), folds: listOf(orNull(isNumber)) }); // prettier-ignore
const rising = (v: Float64Array, from = 0, to = v.length) => {
  for (let i = from + 1; i < to; i++) if (v[i]! < v[i - 1]!) return false;
  return true;
};
const isConformal: Check = (v) => {
  if (!isRecord(v) || !Number.isInteger(v.rows) || (v.rows as number) < 1) return false;
  if (v.kind === 'class') return v.scores instanceof Float64Array && v.scores.length > 0 && isFloats(v.scores) && rising(v.scores);
  const { upTo, counts, starts, residuals } = v;
  if (v.kind !== 'number' || !(upTo instanceof Float64Array) || !(residuals instanceof Float64Array) || !isFloats(upTo)) return false;
  if (!(counts instanceof Int32Array) || !(starts instanceof Int32Array) || upTo.length === 0 || counts.length !== upTo.length)
    return false;
  if (starts.length !== upTo.length + 1 || starts[0] !== 0 || starts[upTo.length] !== residuals.length || !rising(upTo)) return false;
  return (
    counts.every(
      (n, g) => n >= starts[g + 1]! - starts[g]! && starts[g + 1]! > starts[g]! && rising(residuals, starts[g], starts[g + 1]),
    ) && residuals.every(Number.isFinite)
  );
};
const isScores = { scores: valuesOf(isInterval), baseline: valuesOf(isInterval), difference: valuesOf(isInterval) };
const isJudgedTarget = has({ ...isScores, target: isText, task: (v) => v === 'class' || v === 'number', model: isText, rows: isNumber, metric: isText, warnings: isTexts }); // prettier-ignore
const isLabels = has({ ...isScores, labels: listOf(has({ target: isText, positive: isText })), rows: isNumber });
const isEvaluation = has({
  rows: isNumber,
  metric: isText,
  scores: valuesOf(isInterval),
  baseline: valuesOf(isInterval),
  warnings: isTexts,
  also: maybe(listOf(isJudgedTarget)),
  labels: maybe(isLabels),
});
const isProvenance = has({ key: isText, fingerprint: isText, file: isText, rows: isNumber, seed: isNumber, backend: isText, app: isText, stopped: (v) => typeof v === 'boolean' }); // prettier-ignore
const common = { name: isText, rows: isNumber, missing: isNumber };
const isReferenceColumn: Check = (v) =>
  has({ ...common, kind: (k) => k === 'time' || k === 'text' })(v) ||
  has({ ...common, kind: (k) => k === 'category', levels: isTexts, counts: listOf(isNumber), rest: isNumber, restLevels: isNumber })(v) ||
  (has({
    ...common,
    kind: (k) => k === 'number',
    at: isFloats,
    before: isFloats,
    upTo: isFloats,
    exact: isNumber,
    edges: isFloats,
    shares: isFloats,
  })(v) &&
    fits(v as { at: Float64Array; before: Float64Array; upTo: Float64Array; edges: Float64Array; shares: Float64Array }));
const fits = (r: { at: Float64Array; before: Float64Array; upTo: Float64Array; edges: Float64Array; shares: Float64Array }) =>
  r.before.length === r.at.length && r.upTo.length === r.at.length && r.shares.length === r.edges.length + 1;

/** What each part must look like, and what is said when it does not. */
const OF_A_TARGET: readonly (readonly [string, Check, string])[] = [
  ['target', isTarget, 'its target is not as it should be'],
  ['recipe', listOf(isStep), 'a step of its recipe is not as it should be'],
  ['sentences', listOf(has({ says: isText, learnt: isText })), 'the words about its recipe are not as they should be'],
  ['features', isTexts, 'the names of its features are not as they should be'],
  ['model', has({ id: isText, version: isNumber, label: isText, params: isRecord }), 'it does not say what model it is'],
  ['cv', orNull(valuesOf(isFoldScore)), 'its cross-validated scores are not as they should be'],
  ['conformal', maybe(orNull(isConformal)), 'what it keeps to give ranges by is not as it should be'],
];
const FURTHER: typeof OF_A_TARGET = [...OF_A_TARGET, ['rows', isNumber, 'it does not say how many rows a target had']];
const PARTS: typeof OF_A_TARGET = [
  ['name', isText, 'its name is not text'],
  ['question', isText, 'its question is not text'],
  [
    'inputs',
    (v) => listOf(isInput)(v) && (v as unknown[]).length > 0 && (v as unknown[]).length <= 1e5,
    'its input columns are not as they should be',
  ],
  ...OF_A_TARGET,
  ['evaluation', orNull(isEvaluation), 'its evaluation is not as it should be'],
  ['reference', has({ rows: isNumber, columns: listOf(isReferenceColumn) }), 'what it keeps to tell drift by is not as it should be'],
  ['provenance', isProvenance, 'it does not say where it comes from'],
];

const broken = (why: string) => new Problem('artifact/broken', { why });

/** Version 2 has further targets, version 1 has none. */
const LATEST = 2;
const MOST_FURTHER = 1000;

/** Reads a model file and checks all that prediction, explanation and drift rely on. */
export function openArtifact(bytes: Uint8Array): Artifact {
  const { state } = unpack(bytes);
  if (!isRecord(state) || state.format !== 'tablework/model') throw broken('it does not say that it is a model');
  if (typeof state.version !== 'number' || !(state.version >= 1)) throw broken('its version is not a number');
  if (state.version !== 1 && state.version !== 2) throw new Problem('workflow/newer', { version: state.version, latest: LATEST });
  checkFields(state, PARTS);
  checkAlso(state);
  const a = state as unknown as Artifact;
  if (new Set(a.inputs.map((i) => i.name)).size !== a.inputs.length) throw broken('two of its inputs have one name');
  const [form, ...others] = perTarget(a).map(checkTarget);
  return { ...a, form: form!, ...(a.also ? { also: a.also.map((part, i) => ({ ...part, form: others[i]! })) } : {}) };
}

function checkFields(state: Fields, parts: typeof PARTS): void {
  for (const [part, check, why] of parts) if (!check(Object.hasOwn(state, part) ? state[part] : undefined)) throw broken(why);
}

function checkAlso(state: Fields): void {
  const also = Object.hasOwn(state, 'also') ? state.also : undefined;
  if ((also !== undefined) !== (state.version === 2)) throw broken('its version and its number of targets do not go together');
  if (also === undefined) return;
  if (!Array.isArray(also) || also.length === 0 || also.length > MOST_FURTHER)
    throw broken('its further targets are not as they should be');
  if (Object.hasOwn(state, 'chain') && typeof state.chain !== 'boolean') throw broken('it does not say whether its targets form a chain');
  for (const part of also as readonly unknown[]) {
    if (!isRecord(part)) throw broken('a further target is not as it should be');
    checkFields(part, FURTHER);
  }
  const a = state as unknown as Artifact;
  const names = [a.target, ...a.also!.map((p) => p.target)].map((t) => t.name);
  const inputs = new Set(a.inputs.map((i) => i.name));
  if (new Set(names).size !== names.length) throw broken('two of its targets have one name');
  if (names.some((n) => inputs.has(n))) throw broken('one of its targets is an input too');
}

/** One target with its form, which is given back checked. */
function checkTarget(a: Artifact): Artifact['form'] {
  const form = checkForm(a.form);
  const { task, levels, positive } = a.target;
  if (task === 'class' && (levels.length < 2 || new Set(levels).size !== levels.length))
    throw broken('its classes are not as they should be');
  if (positive !== null && !levels.includes(positive)) throw broken('its positive class is none of its classes');
  if (form.inputs !== a.features.length) throw broken('its form takes another number of columns than its recipe gives');
  if (form.outputs !== (task === 'class' ? levels.length : 1)) throw broken('its form gives another number of answers than its target has');
  tried({ ...a, form });
  return form;
}

/** Two rows through recipe and form: one of gaps alone, one of ordinary values. */
function tried(a: Artifact): void {
  let names: readonly string[];
  let answers: Float64Array;
  try {
    const X = matrixOf(a.recipe, a.inputs.map(sampleOf));
    names = X.names;
    if (names.length === a.features.length && names.every((n, j) => n === a.features[j])) answers = predict(a.form, X);
    else throw broken('its recipe gives other columns than its form takes');
  } catch (error) {
    if (error instanceof Problem && error.code === 'artifact/broken') throw error;
    throw broken(error instanceof Problem ? error.message.replace(/\.$/, '') : 'its recipe cannot be run');
  }
  if (!answers.every(Number.isFinite)) throw broken('its answers are no numbers');
}

const isValueKind = (kind: Kind): kind is 'number' | 'time' => kind === 'number' || kind === 'time';

function sampleOf({ name, kind, levels, median }: InputColumn): Column {
  if (isValueKind(kind)) return { name, kind, values: Float64Array.of(NaN, median ?? 0) };
  return { name, kind, codes: Int32Array.of(-1, 0), levels: [levels?.[0] ?? 'some words'] };
}
