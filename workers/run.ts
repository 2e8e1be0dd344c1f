/** One run, from a design and a candidate to scores and a model: learns every step inside every fold. */
import type { Artifact, FoldScore } from '../src/core/artifact.js';
import { take, type Matrix } from '../src/core/matrix.js';
import { takeTarget, type Model, type Shape, type Target } from '../src/core/model.js';
import { checked } from '../src/core/param.js';
import { Problem } from '../src/core/problem.js';
import type { Reading } from '../src/core/profile.js';
import type { CurvePoint, Run, Trial } from '../src/core/protocol.js';
import { splitSeed } from '../src/core/random.js';
import type { FittedStep } from '../src/core/step.js';
import type { Column } from '../src/core/table.js';
import { designKey, runKey, type Workflow } from '../src/core/workflow.js';
import { matrixOf } from './apply.js';
import { Aside, type Lent, type PartDone } from './aside.js';
import { Checkpoint, type Keeper, type Progress } from './checkpoint.js';
import type { Guide } from './context.js';
import { describe } from './describe.js';
import { columnsAt, positiveOf, rowStepOf, thinned, type Design } from './design.js';
import { correctedInterval } from './evaluate/intervals.js';
import { metricOf, scoreAll } from './evaluate/metrics/index.js';
import { predictAhead } from './forms/ahead.js';
import { measureForm } from './forms/index.js';
import { models } from './models/index.js';
import { toMatrix } from './steps/matrix.js';
import { fitRecipe } from './steps/recipe.js';
import { APP } from './version.js';

export function modelOf(id: string): Model {
  const m = models.get(id);
  if (!m) throw new Problem('model/unknown', { model: id });
  return m;
}

/** The key of a run: settings that are left out are the defaults. */
export const keyOfTrial = (w: Workflow, t: Trial): string => runKey(w, { ...t, params: checked(modelOf(t.model).params, t.params) })!;

export const shapeOf = (rows: number, cols: number, target: Target): Shape => ({
  rows,
  cols,
  task: target.task,
  classes: target.task === 'class' ? target.levels.length : 0,
});

/** The recipe's column steps, learnt on these training columns, then what the model needs to be able to read them. */
export function learnRecipe(
  w: Workflow,
  takes: Model['takes'],
  columns: readonly Column[],
  target: Target,
  seed: number,
): { fitted: FittedStep[]; X: Matrix } {
  const uses = w.recipe.filter((u) => !u.off && !rowStepOf(u));
  const { fitted, columns: made } = fitRecipe(uses, columns, target, seed, takes);
  return { fitted, X: toMatrix(made) };
}

interface Prepared {
  readonly fitted: FittedStep[];
  readonly X: Matrix;
  readonly y: Target;
  readonly Xtest: Matrix;
}

/** Prepared folds of the last design, kept between its trials; at most this many bytes. A design is known by its folds, whatever copy of it comes. */
const CACHE_BYTES = 300e6;
const cache = new Map<string, Prepared>();
let cachedFolds: Design['folds'] | null = null;
let cached = 0;

function prepare(d: Design, takes: Model['takes'], part: number): Prepared {
  if (cachedFolds !== d.folds) {
    cache.clear();
    cached = 0;
    cachedFolds = d.folds;
  }
  const { missing, categories, scaled } = takes;
  const key = `${part}|${missing}${categories}${scaled}`;
  const kept = cache.get(key);
  if (kept) return kept;
  const last = part === d.folds.length;
  const rows = thinned(d, last ? d.training : d.folds[part]!.train);
  const y = takeTarget(d.target, rows);
  const { fitted, X } = learnRecipe(d.workflow, takes, columnsAt(d, rows), y, splitSeed(d.workflow.seed, 'recipe', part));
  const Xtest = last ? take(X, []) : matrixOf(fitted, columnsAt(d, d.folds[part]!.test));
  const made = { fitted, X, y, Xtest };
  const bytes = X.data.byteLength + Xtest.data.byteLength;
  if (cached + bytes > CACHE_BYTES) {
    cache.clear();
    cached = 0;
  }
  if (bytes <= CACHE_BYTES) {
    cache.set(key, made);
    cached += bytes;
  }
  return made;
}

export interface Trained {
  readonly run: Run;
  /** Fitted on all training rows; null unless asked for. */
  readonly artifact: Artifact | null;
  /** Out-of-fold predictions per training row in ascending row order (rows × outputs); NaN where no fold tested the row. */
  readonly outOfFold: Float64Array;
}

export interface TrainOptions {
  readonly fit: boolean;
  readonly from: Run['from'];
  readonly keeper?: Keeper;
  /** Other lanes that may learn parts of the run meanwhile. */
  readonly lent?: Lent;
  /** The run's key, where it is not the workflow's. */
  readonly key?: string;
}

/** A fit that holds more than this is not made twice at a time. */
const LENT_BYTES = 5e8;

/** Cross-validates a candidate and, when asked, fits it on all training rows. With a keeper, a long run that was cut off goes on from where it was. */
export async function train(
  d: Design,
  readings: Readonly<Record<string, Reading>>,
  t: Trial,
  guide: Guide,
  options: TrainOptions,
): Promise<Trained> {
  const w = d.workflow;
  const m = modelOf(t.model);
  const params = checked(m.params, t.params);
  const key = options.key ?? keyOfTrial(w, t);
  const outputs = d.target.task === 'class' ? d.target.levels.length : 1;
  const shape = shapeOf(d.training.length, d.columns.length, d.target);
  const whyNot = wrongTask(m, shape) ?? m.whyNot?.(shape) ?? null;
  if (whyNot) throw new Problem('model/not-here', { model: m.label, why: whyNot });

  const parts = d.folds.length + (options.fit ? 1 : 0);
  const checkpoint = new Checkpoint(options.keeper, key);
  const cost = m.cost?.(shape, params);
  const aside = new Aside((cost?.bytes ?? 0) <= LENT_BYTES ? options.lent : undefined, key, parts, cost?.operations ?? 0);
  const kept = await checkpoint.load(d.training.length * outputs, d.folds.length);
  const folds: Record<string, number>[] = [...(kept?.folds ?? [])];
  const curve: CurvePoint[] = [...(kept?.curve ?? [])];
  const at = new Map([...d.training].map((row, i) => [row, i]));
  const outOfFold = kept?.outOfFold ?? new Float64Array(d.training.length * outputs).fill(NaN);
  let fitSeconds = kept?.fitSeconds ?? 0;
  let predictSeconds = kept?.predictSeconds ?? 0;
  let predicted = kept?.predicted ?? 0;
  let features = kept?.features ?? 0;
  let bytes = kept?.bytes ?? 0;
  const positive = positiveOf(w, d.target);
  // A guide may lead many runs; these notes are this run's.
  const notes: string[] = [];
  const note = (text: string) => {
    if (!notes.includes(text)) notes.push(text);
    guide.note(text);
  };
  kept?.notes.forEach(note);
  if (d.target.weight && !m.takes.weights) note(`${m.label} cannot take weights: every row counts the same in learning.`);
  const progress = (begun: Progress['begun']): Progress => ({
    app: APP, folds: [...folds], outOfFold, curve: [...curve], notes: [...notes], fitSeconds, predictSeconds, predicted, features, bytes, begun,
  }); // prettier-ignore
  // Of the last fold learnt to its end, else of one cut short: what is kept when all is stopped before the fit on all rows has ended.
  let whole: {
    readonly form: Artifact['form'];
    readonly X: Matrix;
    readonly fitted: readonly FittedStep[];
    readonly rows: number;
    /** Cut short, and so not judged. */
    readonly cut: boolean;
  } | null = null;
  // Of a run that went on after it was cut off, forms of the folds before are gone; one cut short is then all there is.
  const noteShort = () => {
    if (folds.length > 0) note('The model kept was stopped while it learnt; the scores are of models that learnt to their end.');
  };
  const fit = async (part: number, X: Matrix, y: Target) => {
    const saved = kept?.begun?.part === part ? kept.begun.state : undefined;
    // What the part had drawn of its curve after its last state was kept is drawn again.
    const ctx = recorded(guide, note, curve, splitSeed(w.seed, 'fit', t.model, part), part);
    return m.fit(X, y, params, { ...ctx, saved, save: (state) => checkpoint.offer(() => progress({ part, state: state() })) });
  };

  const judged = (f: number, guess: Float64Array) => {
    const { test } = d.folds[f]!;
    test.forEach((row, i) => outOfFold.set(guess.subarray(i * outputs, (i + 1) * outputs), at.get(row)! * outputs));
    const truth = takeTarget(d.target, test);
    folds.push(scoreAll({ task: d.target.task, truth: truth.y, predicted: guess, outputs, positive, weight: truth.weight }));
    predicted += test.length;
    if (!guide.stopped) checkpoint.offer(() => progress(null));
  };
  /** What another lane has learnt counts as if it had been learnt here and now. */
  const taken = (p: PartDone) => {
    curve.push(...p.curve);
    p.notes.forEach(note);
    fitSeconds += p.fitSeconds;
    predictSeconds += p.predictSeconds;
    ({ features, bytes } = p);
  };

  for (const [f, part] of d.folds.entries()) {
    if (f < folds.length) continue;
    const done = f + aside.done;
    guide.stretch(done / parts, (done + 1) / parts, `Fold ${f + 1} of ${d.folds.length}`);
    if (f > 0 && !(await guide.report(0, 1))) break;
    aside.offer(f);
    const elsewhere = await aside.take(f, part.test.length * outputs);
    if (elsewhere) {
      taken(elsewhere);
      judged(f, elsewhere.guess!);
      continue;
    }
    if (guide.stopped && folds.length > 0) break;
    const { X, y, Xtest, fitted } = prepare(d, m.takes, f);
    const before = performance.now();
    const form = await fit(f, X, y);
    if (options.fit && (!guide.stopped || !whole))
      whole = { form, X, fitted, rows: part.train.length, cut: guide.stopped && folds.length > 0 };
    // A fold cut short is not judged beside folds learnt to their end.
    if (guide.stopped && folds.length > 0) break;
    features = X.cols;
    fitSeconds += (performance.now() - before) / 1000;
    const begin = performance.now();
    const guess = await predictAhead(form, Xtest, { wish: guide.backend, note });
    predictSeconds += (performance.now() - begin) / 1000;
    bytes = measureForm(form).bytes;
    judged(f, guess);
  }
  const cv = foldScores(folds, d.folds);

  let artifact: Artifact | null = null;
  let rows = d.training.length;
  const last = d.folds.length;
  const elsewhere = options.fit ? await aside.take(last, null) : null;
  if (options.fit && (elsewhere || !(guide.stopped && whole))) {
    guide.stretch(last / parts, 1, 'Final fit on all training rows');
    const { X, y, fitted } = prepare(d, m.takes, last);
    if (elsewhere) taken(elsewhere);
    features = X.cols;
    const form = elsewhere?.form ?? (await fit(last, X, y));
    if (elsewhere || !(guide.stopped && whole)) {
      if (guide.stopped && !elsewhere) noteShort();
      bytes = measureForm(form).bytes;
      artifact = describe(d, readings, m, params, fitted, X, form, cv, outOfFold, {
        key,
        stopped: guide.stopped,
        backend: backendOf(notes),
      });
    }
  }
  // A fit cut short may have learnt next to nothing: the model of a fold is one that the scores are of.
  if (options.fit && guide.stopped && whole && !elsewhere) {
    const { form, X, fitted, cut } = whole;
    rows = whole.rows;
    if (cut) noteShort();
    features = X.cols;
    bytes = measureForm(form).bytes;
    note(`Stopped before it had learnt all ${d.training.length} training rows: kept is what it learnt from ${rows} of them.`);
    artifact = describe(d, readings, m, params, fitted, X, form, cv, outOfFold, { key, stopped: true, backend: backendOf(notes) });
  }
  const run: Run = {
    key,
    design: designKey(w)!,
    model: m.id,
    version: m.version,
    label: m.label,
    params,
    from: options.from,
    cv,
    curve: thinCurve(curve),
    fitSeconds,
    predictSeconds: predicted ? predictSeconds / predicted : 0,
    bytes,
    rows,
    features,
    backend: backendOf(notes),
    stopped: guide.stopped,
    notes,
    problem: null,
  };
  await checkpoint.end();
  await aside.end();
  return { run, artifact, outOfFold };
}

/** Learns one part of a run that another lane leads: a fold, or the fit on all training rows. Null when it was stopped. */
export async function trainPart(d: Design, t: Trial, part: number, guide: Guide): Promise<PartDone | null> {
  const m = modelOf(t.model);
  const params = checked(m.params, t.params);
  const curve: CurvePoint[] = [];
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  guide.stretch(0, 1, '');
  const { X, y, Xtest } = prepare(d, m.takes, part);
  const before = performance.now();
  const form = await m.fit(X, y, params, recorded(guide, note, curve, splitSeed(d.workflow.seed, 'fit', t.model, part), part));
  const fitSeconds = (performance.now() - before) / 1000;
  const isFold = part < d.folds.length;
  const begin = performance.now();
  const guess = isFold && !guide.stopped ? await predictAhead(form, Xtest, { wish: guide.backend, note }) : null;
  if (guide.stopped) return null;
  const predictSeconds = isFold ? (performance.now() - begin) / 1000 : 0;
  const { bytes } = measureForm(form);
  return { app: APP, form: isFold ? null : form, guess, curve, notes, fitSeconds, predictSeconds, features: X.cols, bytes };
}

/** A context whose curve and notes are also kept. */
function recorded(guide: Guide, note: (text: string) => void, curve: CurvePoint[], seed: number, part: number) {
  const ctx = guide.context(seed, part);
  return {
    ...ctx,
    note,
    report: (done: number, of: number, point?: { train?: number; valid?: number }) => {
      if (point) curve.push({ part, done, ...point });
      return ctx.report(done, of, point);
    },
  };
}

/** Null, or why a model cannot predict this kind of target. */
export const wrongTask = (m: Pick<Model, 'tasks'>, shape: Pick<Shape, 'task'>): string | null =>
  m.tasks.includes(shape.task)
    ? null
    : `It predicts ${shape.task === 'class' ? 'numbers' : 'classes'}, and here ${shape.task === 'class' ? 'classes are' : 'a number is'} wanted.`;

const backendOf = (notes: readonly string[]) => {
  const said = notes.find((n) => n.startsWith('Backend: '));
  return said
    ? said
        .slice(9)
        .split(' ')[0]!
        .replace(/[.,;:]$/, '')
    : 'cpu';
};

/** At most 120 points a part. */
function thinCurve(curve: readonly CurvePoint[]): CurvePoint[] {
  const byPart = new Map<number, CurvePoint[]>();
  for (const p of curve) byPart.set(p.part, [...(byPart.get(p.part) ?? []), p]);
  return [...byPart.values()].flatMap((points) => {
    const every = Math.ceil(points.length / 120);
    return points.filter((_, i) => i % every === 0 || i === points.length - 1);
  });
}

function foldScores(folds: readonly Record<string, number>[], parts: Design['folds']): Record<string, FoldScore> {
  const out: Record<string, FoldScore> = {};
  // In order of time the training part grows: the sizes of the middle are those that the interval is about.
  const test = parts.reduce((sum, p) => sum + p.test.length, 0) / parts.length;
  const all = test + parts.reduce((sum, p) => sum + p.train.length, 0) / parts.length;
  for (const id of Object.keys(folds[0] ?? {})) {
    const values = folds.map((f) => f[id] ?? NaN);
    const good = values.filter(Number.isFinite);
    const mean = good.reduce((a, b) => a + b, 0) / good.length;
    const sd = Math.sqrt(good.reduce((a, b) => a + (b - mean) ** 2, 0) / good.length);
    const [low, high] = good.length > 1 ? correctedInterval(good, all, test) : [NaN, NaN];
    const plain = (v: number) => (Number.isFinite(v) ? v : null);
    // The interval of a mean knows nothing of the metric's ends.
    const [least, most] = metricOf(id).range;
    out[id] = {
      mean: plain(mean),
      sd: plain(sd),
      low: plain(Math.max(least, low)),
      high: plain(Math.min(most, high)),
      folds: values.map(plain),
    };
  }
  return out;
}
