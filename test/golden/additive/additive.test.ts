/** Smooth curves against R's mgcv: the same knots and penalties give the same curves, margins of error and degrees of freedom. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Additive } from '../../../src/core/form.js';
import type { Matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked, type Values } from '../../../src/core/param.js';
import { contributions, predict } from '../../../workers/forms/index.js';
import { splineGam } from '../../../workers/models/additive/spline-gam.js';
import { context } from '../../contract/cases.js';
import { holder, ofLargest } from '../close.js';

interface Told {
  readonly fitted: number[];
  readonly asked: number[];
  readonly edf: number[];
  readonly total: number;
  readonly se: number[][];
  readonly terms: number[][];
}
interface Golden extends Record<'reml' | 'given' | 'givenCount' | 'givenClass' | 'workingCount' | 'workingClass', Told> {
  readonly knots: number;
  readonly lambda: number;
  readonly x: number[][];
  readonly asked: number[][];
  readonly number: number[];
  readonly count: number[];
  readonly class: number[];
}
const golden = JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8')) as Golden;
const table = (columns: number[][]): Matrix => ({
  rows: columns[0]!.length,
  cols: 5,
  data: Float32Array.from(columns.flat()),
  names: ['x0', 'x1', 'x2', 'x3', 'g'],
  levels: [0, 0, 0, 0, 6],
});
const X = table(golden.x);
const asked = table(golden.asked);
const targets = {
  number: { task: 'number', y: Float64Array.from(golden.number) },
  count: { task: 'number', y: Float64Array.from(golden.count) },
  class: { task: 'class', y: Int32Array.from(golden.class), levels: ['no', 'yes'] },
} satisfies Record<string, Target>;

async function fit(target: Target, values: Values): Promise<{ form: Additive; note: string }> {
  const ctx = context();
  const form = await splineGam.fit(X, target, checked(splineGam.params, { n_knots: golden.knots, ...values }), ctx);
  return { form: form as Additive, note: ctx.notes.join(' ') };
}

const hold = holder(splineGam.label, 'R mgcv');

function agrees(form: Additive, told: Told, tol: number): void {
  const chosen = (p: Float64Array) => (form.outputs === 2 ? p.filter((_, i) => i % 2 === 1) : p);
  hold('fitted values', ofLargest(chosen(predict(form, X)), told.fitted, 0), tol);
  hold('values elsewhere', ofLargest(chosen(predict(form, asked)), told.asked, 0), tol);
  const { values } = contributions(form, X)!;
  // Curves that are all but nothing are compared on the scale of the others.
  const size = Math.max(...told.terms.flat().map(Math.abs));
  for (let j = 0; j < 4; j++) for (let i = 0; i < 20; i++) hold('curves', Math.abs(values[i * 5 + j]! - told.terms[j]![i]!) / size, tol);
}

const freedom = (note: string, name: string) => Number(new RegExp(`${name} (\\d+\\.\\d)`).exec(note)![1]);

describe('λ given: determined, so equal to rounding', () => {
  it.each([
    ['numbers', 'number', 'given', {}],
    ['counts', 'count', 'givenCount', { loss: 'poisson' }],
    ['classes', 'class', 'givenClass', {}],
  ] as const)('%s', async (_, target, name, values) => {
    const { form, note } = await fit(targets[target], { smoothing: 'fixed', lam: golden.lambda, ...values });
    agrees(form, golden[name], 1e-7);
    golden[name].edf.forEach((edf, j) => expect(Math.abs(freedom(note, X.names[j]!) - edf)).toBeLessThan(0.0501));
  });
});

describe('λ found by restricted likelihood', () => {
  it('numbers: the same optimum', async () => {
    const { form, note } = await fit(targets.number, {});
    agrees(form, golden.reml, 1e-6);
    golden.reml.edf.forEach((edf, j) => expect(Math.abs(freedom(note, X.names[j]!) - edf)).toBeLessThan(0.0501));
    expect(Math.abs(Number(/(\d+\.\d) in all/.exec(note)![1]) - golden.reml.total)).toBeLessThan(0.0501);
  });
  // Counts and classes: smoothness is found on the working model of the last step, as mgcv's bam does.
  it.each([
    ['counts', 'count', 'workingCount', { loss: 'poisson' }],
    ['classes', 'class', 'workingClass', {}],
  ] as const)('%s: the same fixed point', async (_, target, name, values) => {
    const { form } = await fit(targets[target], values);
    agrees(form, golden[name], 1e-5);
  });
});

it.each([
  ['number', 'given', {}],
  ['count', 'givenCount', { loss: 'poisson' }],
  ['class', 'givenClass', {}],
] as const)('margins of error at the knots: %s', async (target, name, values) => {
  const { form } = await fit(targets[target], { smoothing: 'fixed', lam: golden.lambda, ...values });
  for (let j = 0; j < 4; j++)
    hold('margins of error', ofLargest(form.terms[j]!.spread.subarray(0, golden.knots), golden[name].se[j]!, 0), 1e-6);
});
