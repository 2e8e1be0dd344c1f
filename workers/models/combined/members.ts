/** The members of a combined model: found by name, looked at, and fitted each behind the preparation that it needs. */
import type { Form } from '../../../src/core/form.js';
import { take, type Matrix } from '../../../src/core/matrix.js';
import { canBeMember, takeTarget, type Context, type Model, type Shape, type Target, type Task } from '../../../src/core/model.js';
import { checked, type Member, type Params, type ValuesOf } from '../../../src/core/param.js';
import { Problem } from '../../../src/core/problem.js';
import { encode, type Encoding } from '../../forms/encoded.js';
import { guard } from '../guard.js';
import { plain } from '../plain.js';
import { encodingSteps, learnEncoding } from './encode.js';

export interface Fitter {
  readonly model: Model;
  readonly params: ValuesOf<Params>;
  readonly share: number;
  /** Operations of one fit. */
  readonly cost: number;
}

/** Which models are combined when none are named. */
export type Usual = Readonly<Record<Task, readonly string[]>>;

const shapeOf = (X: Matrix, target: Target): Shape => ({
  rows: X.rows,
  cols: X.cols,
  task: target.task,
  classes: target.task === 'class' ? target.levels.length : 0,
});

const whyNot = (m: Model, shape: Shape): string | null =>
  !canBeMember(m, shape.task)
    ? `It predicts ${shape.task === 'class' ? 'numbers' : 'classes'}, and here ${shape.task === 'class' ? 'classes are' : 'a number is'} wanted.`
    : (m.whyNot?.(shape) ?? null);

function modelNamed(id: string): Model {
  const m = plain.get(id);
  if (m) return m;
  if (['voting', 'stacking', 'calibrated', 'bagging'].includes(id))
    throw new Problem('model/not-here', { model: id, why: 'A combined model cannot be a member of another.' });
  throw new Problem('model/unknown', { model: id });
}

/** The members named, or the usual ones that can be used here. Throws a Problem that names the member at fault. */
export function fittersOf(members: readonly Member[], usual: Usual, X: Matrix, target: Target): Fitter[] {
  const shape = shapeOf(X, target);
  if (members.length === 0) {
    const found = usual[target.task].map(modelNamed).filter((m) => whyNot(m, shape) === null);
    return found.map((model) => {
      const params = checked(model.params, {});
      return { model, params, share: 1, cost: costOf(model, params, shape).operations };
    });
  }
  return members.map((one) => {
    const model = modelNamed(one.model);
    const why = whyNot(model, shape);
    if (why) throw new Problem('model/not-here', { model: model.label, why });
    const params = checked(model.params, one.params);
    return { model, params, share: one.share ?? 1, cost: costOf(model, params, shape).operations };
  });
}

const costOf = (m: Model, params: ValuesOf<Params>, shape: Shape): { readonly operations: number; readonly bytes: number } =>
  m.cost?.(shape, params) ?? { operations: 10 * shape.rows * shape.cols, bytes: 8 * shape.rows * shape.cols };

/** Cost of fitting each member `times` over, one after another, before anything is known of the rows. */
export function costTimes(members: readonly Member[], usual: Usual, shape: Shape, times: number): { operations: number; bytes: number } {
  const named = members.length ? members : usual[shape.task].map((model): Member => ({ model, params: {} }));
  const each = named.flatMap(({ model, params }) => {
    const m = plain.get(model);
    return m && whyNot(m, shape) === null ? [costOf(m, checked(m.params, params), shape)] : [];
  });
  return {
    operations: times * each.reduce((sum, c) => sum + c.operations, shape.rows),
    bytes:
      2 * each.reduce((most, c) => Math.max(most, c.bytes), 0) + 8 * shape.rows * (shape.cols + each.length * Math.max(1, shape.classes)),
  };
}

/** What every combined model does first: refuses what cannot be learnt from, and leaves out rows that weigh nothing. */
export function rowsThatCount(X: Matrix, target: Target): { X: Matrix; target: Target } {
  guard(X, target, { missing: true });
  const { weight } = target;
  if (!weight || weight.every((w) => w > 0)) return { X, target };
  const rows = Uint32Array.from(weight.keys()).filter((i) => weight[i]! > 0);
  return { X: take(X, rows), target: takeTarget(target, rows) };
}

/** Rows that a member is given which was asked to stop before it had its columns. */
const HURRIED = 2000;

/** One member on these rows, as a form that takes the matrix as it is. */
export async function fitMember(fitter: Fitter, X: Matrix, target: Target, ctx: Context): Promise<Form> {
  const steps = encodingSteps(fitter.model.takes, X);
  let turn = steps.next();
  for (; !turn.done; turn = steps.next()) {
    if (await ctx.report(0, 1)) continue;
    const each = Math.ceil(X.rows / HURRIED);
    const rows = Uint32Array.from({ length: Math.ceil(X.rows / each) }, (_, i) => i * each);
    const few = take(X, rows);
    return fitEncoded(fitter, learnEncoding(fitter.model.takes, few), few, takeTarget(target, rows), ctx);
  }
  return fitEncoded(fitter, turn.value, X, target, ctx);
}

async function fitEncoded({ model, params }: Fitter, encoding: Encoding | null, X: Matrix, target: Target, ctx: Context): Promise<Form> {
  const { weight, ...bare } = target;
  const own: Target = weight && !model.takes.weights ? bare : target;
  const Z = encoding ? encode(encoding, X) : X;
  await ctx.report(0, 1);
  const inner = await model.fit(Z, own, params, ctx);
  return encoding ? { form: 'encoded', inputs: X.cols, outputs: inner.outputs, inner, ...encoding } : inner;
}
