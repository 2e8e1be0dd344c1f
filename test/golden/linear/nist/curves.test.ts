/**
 * Nonlinear least squares of the NIST Statistical Reference Datasets (public domain) whose curve is that of a generalised linear model
 * with normal errors and a log link; certified parameters and their standard deviations are typed in from NIST's pages.
 *
 * DanWood (Daniel & Wood 1980), y = b₁ x^b₂, is exp(log b₁ + b₂ log x); log x passes a Float32 matrix, which leaves seven digits of the
 * parameters and five of what hangs on the small residuals.
 * Eckerle4 (NIST 1979), y = b₁/b₂ exp(−½ ((x − b₃)/b₂)²), is exp of a parabola in x − 450, whose columns Float32 keeps exactly.
 * The other curves (sums of exponentials, saturations, free asymptotes, quotients) are the shape of no model here.
 */
import { expect, it } from 'vitest';
import type { Linear } from '../../../../src/core/form.js';
import { matrix } from '../../../../src/core/matrix.js';
import { checked } from '../../../../src/core/param.js';
import { random } from '../../../../src/core/random.js';
import { generalizedLinear } from '../../../../workers/models/linear/generalized-linear.js';
import { holder } from '../../close.js';

const held = holder(generalizedLinear.label, 'NIST StRD, curves');
const off = (got: number, want: number) => Math.abs(got / want - 1);

async function fit(columns: readonly number[][], y: readonly number[]): Promise<Linear> {
  const X = matrix(y.length, columns.length, Float32Array.from(columns.flat()));
  const params = checked(generalizedLinear.params, { family: 'normal', link: 'log', alpha: null, tol: 1e-10, max_iter: 1000 });
  const ctx = { random: random(1), report: () => Promise.resolve(true) };
  const form = await generalizedLinear.fit(X, { task: 'number', y: Float64Array.from(y) }, params, ctx);
  if (form.form !== 'linear' || !form.spread) throw new Error('standard errors were expected');
  return form;
}

it('DanWood', async () => {
  const y = [2.138, 3.421, 3.597, 4.34, 4.882, 5.66];
  const x = [1.309, 1.471, 1.49, 1.565, 1.611, 1.68];
  const { weights, bias, spread, noise, freedom } = await fit([x.map(Math.log)], y);
  const b1 = Math.exp(bias[0]!);
  held('parameters, through Float32 logarithms', Math.max(off(b1, 0.76886226176), off(weights[0]!, 3.8604055871)), 1e-6);
  held(
    'standard deviations, through Float32 logarithms',
    Math.max(off(spread![1]! * b1, 0.01828197386), off(spread![0]!, 0.051726610913)),
    1e-5,
  );
  held('residual deviation, through Float32 logarithms', off(noise!, 0.032853114039), 1e-5);
  expect(freedom).toBe(4);
});

it('Eckerle4', async () => {
  const y = [
    0.0001575, 0.0001699, 0.000235, 0.0003102, 0.0004917, 0.000871, 0.0017418, 0.00464, 0.0065895, 0.0097302, 0.0149002, 0.023731,
    0.0401683, 0.0712559, 0.1264458, 0.2073413, 0.2902366, 0.3445623, 0.3698049, 0.3668534, 0.3106727, 0.2078154, 0.1164354, 0.0616764,
    0.03372, 0.0194023, 0.0117831, 0.0074357, 0.0022732, 0.00088, 0.0004579, 0.0002345, 0.0001586, 0.0001143, 0.000071,
  ];
  const fives = (from: number, to: number, by: number) => Array.from({ length: Math.round((to - from) / by) + 1 }, (_, i) => from + i * by);
  const z = [...fives(400, 435, 5), ...fives(436.5, 463.5, 1.5), ...fives(465, 500, 5)].map((x) => x - 450);
  expect(z.length).toBe(y.length);
  const { weights, bias, spread, noise, freedom } = await fit([z, z.map((v) => v * v)], y);
  const b2 = Math.sqrt(-1 / (2 * weights[1]!));
  const shift = weights[0]! * b2 * b2;
  const b1 = b2 * Math.exp(bias[0]! + (shift * shift) / (2 * b2 * b2));
  held('parameters', Math.max(off(b1, 1.5543827178), off(b2, 4.0888321754), off(shift + 450, 451.54121844)), 1e-9);
  // b₂ hangs on one weight alone, so that its deviation follows from that of the weight.
  held('standard deviations', off(spread![1]! * b2 ** 3, 0.046803020753), 1e-8);
  held('residual deviation', off(noise!, 0.0067629245447), 1e-9);
  expect(freedom).toBe(32);
});
