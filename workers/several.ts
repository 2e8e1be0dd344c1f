/**
 * Several targets by one choice of model: once that is fitted for the first target, the same model with the same settings is fitted for
 * each further one. Alone each (as MultiOutputClassifier and MultiOutputRegressor of scikit-learn), or as a chain, in which each is told
 * the answers to those before it (Read, Pfahringer, Holmes & Frank 2009, Classifier chains for multi-label classification).
 */
import type { Artifact, ArtifactPart } from '../src/core/artifact.js';
import type { Task } from '../src/core/model.js';
import { checked, type Member, type Values } from '../src/core/param.js';
import { Problem } from '../src/core/problem.js';
import type { Reading } from '../src/core/profile.js';
import type { Run, Trial } from '../src/core/protocol.js';
import type { Column } from '../src/core/table.js';
import { furtherOf, keyOf } from '../src/core/workflow.js';
import { answerColumn, predictColumns } from './apply.js';
import type { Guide } from './context.js';
import type { Design } from './design.js';
import { furtherDesigns } from './further.js';
import { models } from './models/index.js';
import { modelOf, shapeOf, train, wrongTask, type Trained, type TrainOptions } from './run.js';

/** As `train`; a fit is one for every target, and lasts that much longer. */
export async function trainSeveral(
  d: Design,
  readings: Readonly<Record<string, Reading>>,
  t: Trial,
  guide: Guide,
  options: TrainOptions,
): Promise<Trained> {
  const parts = options.fit ? furtherDesigns(d) : [];
  if (parts.length === 0) return train(d, readings, t, guide, options);
  // Other lanes learn parts of runs with one target alone.
  const { lent: _lent, ...alone } = options;
  const lap = (i: number, about?: string) => guide.lap(i / (parts.length + 1), (i + 1) / (parts.length + 1), about);
  try {
    lap(0);
    const first = await train(d, readings, t, guide, alone);
    const chain = d.workflow.problem.chain === true;
    let told: Column[] = chain ? [answersOf(d, first)] : [];
    const runs: Run[] = [first.run];
    const also: ArtifactPart[] = [];
    const notes = [...first.run.notes];
    for (const [i, part] of parts.entries()) {
      const name = part.workflow.problem.target!;
      lap(i + 1, `“${name}”`);
      // The folds are this fit's own, and with them what is kept prepared of the columns told.
      const design: Design = chain ? { ...part, columns: [...part.columns, ...told] } : part;
      const { trial, note } = suited(design, t);
      if (note) notes.push(note);
      const key = keyOf('part', 1, first.run.key, name);
      let fitted: Trained;
      try {
        fitted = await train(design, readings, trial, guide, { ...alone, key });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        throw new Problem('fit/further', { column: name, why: error.message.replace(/\.$/, '') });
      }
      if (chain) told = [...told, answersOf(design, fitted)];
      runs.push(fitted.run);
      also.push(partOf(fitted));
      notes.push(
        ...part.notes,
        ...fitted.run.notes.filter((n) => !notes.includes(n) && !n.startsWith('Backend: ')).map((n) => `“${name}”: ${n}`),
      );
    }
    const sum = (of: (r: Run) => number) => runs.reduce((total, r) => total + of(r), 0);
    const run: Run = {
      ...first.run,
      fitSeconds: sum((r) => r.fitSeconds),
      predictSeconds: sum((r) => r.predictSeconds),
      bytes: sum((r) => r.bytes),
      stopped: runs.some((r) => r.stopped),
      notes,
      also: furtherOf(d.workflow).map(({ target }, i) => ({ target, label: runs[i + 1]!.label, cv: runs[i + 1]!.cv })),
    };
    const artifact: Artifact = { ...first.artifact!, version: 2, also, ...(chain ? { chain } : {}) };
    return { ...first, run, artifact };
  } finally {
    guide.lap();
  }
}

function partOf({ artifact, run }: Trained): ArtifactPart {
  const { target, recipe, sentences, features, model, form, cv, conformal } = artifact!;
  return { target, recipe, sentences, features, model, form, cv, conformal, rows: run.rows };
}

/**
 * What the next of a chain is told of each row in learning: answers by folds that had not learnt from it, as they will be on new rows.
 * A row that had no value of this target is answered by the whole model, which has not learnt from it either.
 */
function answersOf(d: Design, { artifact, outOfFold }: Trained): Column {
  const a = artifact!;
  const outputs = a.target.task === 'class' ? a.target.levels.length : 1;
  const guess = predictColumns(a, d.columns);
  d.training.forEach((row, i) => guess.set(outOfFold.subarray(i * outputs, (i + 1) * outputs), row * outputs));
  return answerColumn(a.target, guess);
}

/** For what a model cannot predict, the nearest one that can. */
const COUNTERPARTS: Readonly<Record<string, string>> = {
  adaboost: 'gradient-boosting',
  'kernel-ridge': 'support-vector-machine',
  'one-class-svm': 'support-vector-machine',
  'isolation-forest': 'extra-trees',
  'nearest-centroid': 'k-nearest-neighbours',
};
const PLAIN: Readonly<Record<Task, string>> = { class: 'logistic', number: 'linear' };

/** The trial as it can be fitted to this target: the same, but for a model (or a member of one) that predicts the other kind. */
export function suited(d: Design, t: Trial): { readonly trial: Trial; readonly note: string | null } {
  const { task } = d.target;
  const shape = shapeOf(d.training.length, d.columns.length, d.target);
  const whyNot = (id: string) => wrongTask(modelOf(id), shape) ?? modelOf(id).whyNot?.(shape) ?? null;
  const name = d.workflow.problem.target!;
  const wanted = modelOf(t.model);
  if (whyNot(t.model) === null) {
    const params = ownMembers(t.params, task);
    return {
      trial: { ...t, params },
      note:
        params === t.params ? null : `For “${name}”, members of ${wanted.label} that cannot predict it give way to the nearest that can.`,
    };
  }
  const other = [COUNTERPARTS[t.model], PLAIN[task], 'hist-gradient-boosting'].find((id) => id !== undefined && whyNot(id) === null);
  const m = other === undefined ? undefined : models.get(other);
  if (!m) throw new Problem('model/not-here', { model: wanted.label, why: whyNot(t.model)! });
  return {
    trial: { trial: t.trial, model: m.id, version: m.version, params: checked(m.params, {}) },
    note: `“${name}” is predicted by ${m.label}, since ${wanted.label} cannot: ${lowered(whyNot(t.model)!)}`,
  };
}

const lowered = (sentence: string) => sentence.charAt(0).toLowerCase() + sentence.slice(1);

const isMembers = (v: unknown): v is readonly Member[] =>
  Array.isArray(v) && v.length > 0 && v.every((m) => typeof m === 'object' && m !== null && 'model' in m);

function ownMembers(params: Values, task: Task): Values {
  const can = (m: Member) => modelOf(m.model).tasks.includes(task);
  if (Object.values(params).every((v) => !isMembers(v) || v.every(can))) return params;
  const other = ({ model, ...rest }: Member): Member => ({ ...rest, model: COUNTERPARTS[model] ?? PLAIN[task], params: {} });
  return Object.fromEntries(Object.entries(params).map(([k, v]) => [k, isMembers(v) ? v.map((m) => (can(m) ? m : other(m))) : v]));
}
