/**
 * The one document that holds a project: every screen edits it, the engine runs it, undo is an earlier copy of it.
 * Results are not in it: they are kept beside it under keys computed from it, and a result is fresh while its key is the same.
 */
import { hashText } from './key.js';
import type { Task } from './model.js';
import type { Values } from './param.js';
import type { ReadChoices } from './profile.js';
import { Problem } from './problem.js';
import type { Selector, Use } from './step.js';
import type { Kind } from './table.js';

export const stageIds = ['problem', 'data', 'clean', 'explore', 'features', 'train', 'tune', 'evaluate', 'deploy', 'monitor'] as const;
export type StageId = (typeof stageIds)[number];

export type Role = 'feature' | 'target' | 'ignore' | 'group' | 'order' | 'weight';

export interface ColumnPlan {
  readonly name: string;
  readonly kind: Kind;
  readonly role: Role;
  /** Why it has this role, in a sentence; '' when the person chose it. */
  readonly why: string;
  /** “Would you know this when you predict?” */
  readonly known?: 'yes' | 'no';
}

export interface SourcePlan {
  readonly file: string;
  readonly bytes: number;
  readonly fingerprint: string;
  readonly rows: number;
  readonly choices: ReadChoices;
  /** Where a sample came from: source and licence, when it is one. */
  readonly origin?: string;
}

/** A column to predict beside the target: by the same model with the same settings, from the same columns, on the same cut of the rows. */
export interface FurtherTarget {
  readonly target: string;
  readonly task: Task;
  /** Two classes: the level that counts as positive. */
  readonly positive: string | null;
  readonly metric: string | null;
}

export interface ProblemPlan {
  readonly question: string;
  readonly target: string | null;
  readonly task: Task | null;
  /** Why this target and this task, in a sentence each; '' when the person chose. */
  readonly whyTarget: string;
  readonly whyTask: string;
  /** Two classes: the level that counts as positive. */
  readonly positive: string | null;
  readonly metric: string | null;
  /** The score that would count as success, in the unit of the metric. */
  readonly success: number | null;
  readonly use: string;
  readonly harm: string;
  /** Further columns to predict, in the order of the chain where they form one; absent means none. */
  readonly also?: readonly FurtherTarget[];
  /** Each target after the first is told the answers to those before it. */
  readonly chain?: boolean;
}

export interface SplitPlan {
  /** An entry of the splits. */
  readonly method: string;
  /** The column of groups or of order, where the method wants one. */
  readonly column: string | null;
  /** Share of rows kept back, 0.05…0.5. */
  readonly holdout: number;
  readonly folds: number;
}

/** A model put to the test with these parameters. */
export interface Candidate {
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly params: Values;
  /** Parameters ticked for tuning; absent means all that declare a range. */
  readonly search?: readonly string[];
}

export interface TuningPlan {
  readonly sampler: string;
  readonly trials: number;
  /** Model ids that take part. */
  readonly models: readonly string[];
}

export interface Workflow {
  readonly format: 'tablework/workflow';
  readonly version: 1;
  readonly name: string;
  readonly seed: number;
  readonly source: SourcePlan | null;
  readonly columns: readonly ColumnPlan[];
  readonly problem: ProblemPlan;
  readonly split: SplitPlan;
  readonly recipe: readonly Use[];
  /** Warnings and suggestions that the person has waved away, by code and columns. */
  readonly dismissed: readonly string[];
  readonly candidates: readonly Candidate[];
  readonly tuning: TuningPlan;
  /** The run chosen to be evaluated and deployed: its key. */
  readonly chosen: string | null;
  readonly notes: Readonly<Partial<Record<StageId, string>>>;
}

export const emptyWorkflow = (name = 'Untitled'): Workflow => ({
  format: 'tablework/workflow',
  version: 1,
  name,
  seed: 1,
  source: null,
  columns: [],
  problem: {
    question: '',
    target: null,
    task: null,
    whyTarget: '',
    whyTask: '',
    positive: null,
    metric: null,
    success: null,
    use: '',
    harm: '',
  },
  split: { method: 'stratified', column: null, holdout: 0.2, folds: 5 },
  recipe: [],
  dismissed: [],
  candidates: [],
  tuning: { sampler: 'random', trials: 20, models: [] },
  chosen: null,
  notes: {},
});

/** Upgrades by the version they start from; each returns a document one version newer. */
const upgrades: Readonly<Record<number, (old: Record<string, unknown>) => Record<string, unknown>>> = {};
const LATEST = 1;

/** Reads a workflow of any version; refuses what is not one. */
export function openWorkflow(value: unknown): Workflow {
  const no = (why: string) => new Problem('workflow/broken', { why });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw no('it is not an object');
  let doc = value as Record<string, unknown>;
  if (doc.format !== 'tablework/workflow') throw no('it does not say that it is a workflow');
  if (typeof doc.version !== 'number' || !Number.isInteger(doc.version) || doc.version < 1) throw no('its version is not a number');
  if (doc.version > LATEST) throw new Problem('workflow/newer', { version: doc.version, latest: LATEST });
  for (let v = doc.version; v < LATEST; v++) {
    const upgrade = upgrades[v];
    if (!upgrade) throw no(`version ${v} cannot be read`);
    doc = upgrade(doc);
  }
  checkShape(doc, no);
  return doc as unknown as Workflow;
}

type Check = (v: unknown) => boolean;
const isText: Check = (v) => typeof v === 'string' && v.length <= 1e6;
const isNumber: Check = (v) => typeof v === 'number' && Number.isFinite(v);
const orNull =
  (c: Check): Check =>
  (v) =>
    v === null || c(v);
const maybe =
  (c: Check): Check =>
  (v) =>
    v === undefined || c(v);
const oneOf =
  (...options: readonly unknown[]): Check =>
  (v) =>
    options.includes(v);
const listOf =
  (c: Check, most = 1e5): Check =>
  (v) =>
    Array.isArray(v) && v.length <= most && v.every(c);
const shaped =
  (shape: Readonly<Record<string, Check>>): Check =>
  (v) =>
    typeof v === 'object' &&
    v !== null &&
    !Array.isArray(v) &&
    Object.entries(shape).every(([k, c]) => c((v as Record<string, unknown>)[k]));
const valuesOf =
  (list: Check): Check =>
  (v) =>
    typeof v === 'object' &&
    v !== null &&
    !Array.isArray(v) &&
    Object.values(v).every((x) => x === null || typeof x === 'boolean' || isNumber(x) || isText(x) || listOf(list, 1000)(x));
/** Members of a combined model hold plain parameters: they are not combined themselves. */
const isMember = shaped({ model: isText, params: valuesOf(isNumber), share: maybe(isNumber) });
const isValues = valuesOf((x) => isNumber(x) || isMember(x));
const isKind = oneOf('number', 'time', 'category', 'text');
const isWhole =
  (least: number, most: number): Check =>
  (v) =>
    Number.isInteger(v) && (v as number) >= least && (v as number) <= most;
const isMark = oneOf('.', ',', undefined);
const isReading = shaped({
  kind: maybe(isKind),
  decimal: isMark,
  thousands: maybe(isText),
  prefix: maybe(isText),
  suffix: maybe(isText),
  format: maybe(isText),
  pivot: maybe(isNumber),
  missing: maybe(listOf(isText)),
  spellings: maybe((v) => shaped({})(v) && Object.values(v as object).every(isText)),
});
const isChoices = shaped({
  encoding: maybe(isText),
  delimiter: maybe(isText),
  quote: maybe(isText),
  header: maybe((v) => typeof v === 'boolean'),
  skip: maybe(isWhole(0, 1e9)),
  decimal: isMark,
  missing: maybe(listOf(isText)),
  columns: maybe((v) => shaped({})(v) && Object.values(v as object).every(isReading)),
  sample: maybe(isWhole(1, 1e12)),
});
/** A list whose items have a name, no two the same. */
const allDifferent =
  (name: string, c: Check): Check =>
  (v) =>
    c(v) && new Set((v as Record<string, unknown>[]).map((x) => x[name])).size === (v as unknown[]).length;

/** Each is a model of its own. */
const MOST_FURTHER = 1000;

const shape: Readonly<Record<string, Check>> = {
  name: isText,
  seed: isNumber,
  source: orNull(shaped({ file: isText, bytes: isNumber, fingerprint: isText, rows: isNumber, choices: isChoices, origin: maybe(isText) })),
  columns: allDifferent(
    'name',
    listOf(
      shaped({
        name: isText,
        kind: isKind,
        role: oneOf('feature', 'target', 'ignore', 'group', 'order', 'weight'),
        why: isText,
        known: maybe(oneOf('yes', 'no')),
      }),
    ),
  ),
  problem: shaped({
    question: isText,
    target: orNull(isText),
    task: oneOf(null, 'class', 'number'),
    whyTarget: isText,
    whyTask: isText,
    positive: orNull(isText),
    metric: orNull(isText),
    success: orNull(isNumber),
    use: isText,
    harm: isText,
    also: maybe(
      listOf(shaped({ target: isText, task: oneOf('class', 'number'), positive: orNull(isText), metric: orNull(isText) }), MOST_FURTHER),
    ),
    chain: maybe((v) => typeof v === 'boolean'),
  }),
  split: shaped({
    method: isText,
    column: orNull(isText),
    holdout: (v) => isNumber(v) && (v as number) > 0 && (v as number) < 1,
    folds: isWhole(2, 1000),
  }),
  recipe: allDifferent(
    'id',
    listOf(
      shaped({
        id: isText,
        step: isText,
        version: isNumber,
        on: (v) => isText(v) || listOf(isText)(v),
        params: isValues,
        off: maybe((v) => typeof v === 'boolean'),
        note: maybe(isText),
      }),
      1000,
    ),
  ),
  dismissed: listOf(isText),
  candidates: listOf(shaped({ id: isText, model: isText, version: isNumber, params: isValues, search: maybe(listOf(isText)) }), 1000),
  tuning: shaped({ sampler: isText, trials: isWhole(0, 1e6), models: listOf(isText) }),
  chosen: orNull(isText),
  notes: (v) => typeof v === 'object' && v !== null && !Array.isArray(v) && Object.values(v).every(isText),
};

function checkShape(doc: Record<string, unknown>, no: (why: string) => Problem): void {
  for (const [field, check] of Object.entries(shape)) if (!check(doc[field])) throw no(`its “${field}” is not as it should be`);
}

// ---- Keys: the same key is the cache key in the store, the freshness mark on the rail and the provenance in the artifact.

/** JSON with sorted names, so that equal documents have equal texts. */
export function canonical(v: unknown): string {
  if (Array.isArray(v)) return `[${v.map(canonical).join(',')}]`;
  if (v && typeof v === 'object')
    return `{${Object.entries(v)
      .filter(([, x]) => x !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([k, x]) => `${JSON.stringify(k)}:${canonical(x)}`)
      .join(',')}}`;
  return JSON.stringify(v) ?? 'null';
}
export const keyOf = (...parts: readonly unknown[]): string => hashText(canonical(parts));

/** What the file is read as. */
export const tableKey = (fingerprint: string, choices: ReadChoices): string => keyOf('table', 1, fingerprint, choices);
export const tableKeyOf = (w: Workflow): string | null => (w.source ? tableKey(w.source.fingerprint, w.source.choices) : null);

const live = (w: Workflow) =>
  w.recipe.filter((u) => !u.off).map(({ step, version, on, params }): [string, number, Selector, Values] => [step, version, on, params]);

/** What is predicted beside the target; none, most often. */
export const furtherOf = (w: Pick<Workflow, 'problem'>): readonly FurtherTarget[] => w.problem.also ?? [];

/** What a model of several targets hangs on beyond the first; nothing where there is one, so that its keys are what they were. */
const several = (w: Workflow): readonly unknown[] => {
  const also = furtherOf(w).map(({ target, task, positive }) => [target, task, positive]);
  return also.length ? [also, w.problem.chain === true] : [];
};

/** Everything a training run sees before its model: data, target, roles of the columns that play a part, split, recipe, seed. Null until there is a target. */
export function designKey(w: Workflow): string | null {
  const table = tableKeyOf(w);
  if (!table || !w.problem.target || !w.problem.task) return null;
  const roles = w.columns.filter((c) => c.role !== 'ignore' && !(c.role === 'feature' && c.known === 'no')).map((c) => [c.name, c.role]);
  // The positive class decides what precision, recall and F1 of two classes are about.
  return keyOf('design', 2, table, w.problem.target, w.problem.task, w.problem.positive, roles, w.split, live(w), w.seed, ...several(w));
}

/**
 * The rows held out, and what is asked of them: other features, models or numbers of folds leave them the same rows. Null until there is a
 * target. `decides`: whether a step says which rows the project is about.
 */
export function holdoutKey(w: Workflow, decides: (step: string) => boolean): string | null {
  const table = tableKeyOf(w);
  const { target, task } = w.problem;
  if (!table || !target || !task) return null;
  const weights = w.columns.filter((c) => c.role === 'weight').map((c) => c.name);
  const { method, column, holdout } = w.split;
  const population = live(w).filter(([step]) => decides(step));
  return keyOf('holdout', 1, table, target, task, weights, method, column, holdout, population, w.seed);
}

/** One model with its parameters on this design. */
export function runKey(w: Workflow, c: Pick<Candidate, 'model' | 'version' | 'params'>): string | null {
  const design = designKey(w);
  return design && keyOf('run', 1, design, c.model, c.version, c.params);
}

/** The holdout's verdict on a run. */
export const evaluationKey = (w: Workflow, run: string): string =>
  keyOf(
    'evaluation',
    1,
    run,
    w.problem.metric,
    w.problem.success,
    w.problem.positive,
    ...(furtherOf(w).length ? [furtherOf(w).map((t) => t.metric)] : []),
  );
