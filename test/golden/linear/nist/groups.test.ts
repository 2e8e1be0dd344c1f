/**
 * One-way analysis of variance of the NIST Statistical Reference Datasets (public domain), as least squares on a column for each group
 * but the last: F, R² and the residual deviation NIST certifies, typed in from its pages.
 *
 * The targets stand in Float64 as they are, so what can be had shrinks with the digits all of them share: three for SiRstv and
 * SmLs01 to 03, seven for AtmWtAg and SmLs04 to 06. SmLs07 to 09 share thirteen digits: 10¹² + 0.4 is not kept to more than 10⁻⁴ there.
 */
import { expect, it } from 'vitest';
import type { Linear } from '../../../../src/core/form.js';
import { matrix } from '../../../../src/core/matrix.js';
import { checked } from '../../../../src/core/param.js';
import { random } from '../../../../src/core/random.js';
import { inference } from '../../../../workers/explain/coefficients.js';
import { linear } from '../../../../workers/models/linear.js';
import { holder } from '../../close.js';

const siRstv = [
  [196.3052, 196.124, 196.189, 196.2569, 196.3403],
  [196.3042, 196.3825, 196.1669, 196.3257, 196.0422],
  [196.1303, 196.2005, 196.2889, 196.0343, 196.1811],
  [196.2795, 196.1748, 196.1494, 196.1485, 195.9885],
  [196.2119, 196.1051, 196.185, 196.0052, 196.209],
];
/** Digits after 107.868. */
const atmWtAg = [
  [
    1568, 1465, 1572, 1785, 1446, 1903, 1526, 1494, 1616, 1587, 1519, 1486, 1419, 1569, 1508, 1672, 1385, 1518, 1662, 1424, 1360, 1333,
    1610, 1477,
  ],
  [
    1079, 1344, 1513, 1197, 1604, 1385, 1642, 1365, 1151, 1082, 1517, 1448, 1198, 1482, 1334, 1609, 1101, 1512, 1469, 1360, 1254, 1261,
    1450, 1368,
  ],
].map((own) => own.map((digits) => Number(`107.868${digits}`)));
/** Simon & Lesage (1989): nine groups around 1.4, 1.3 and 1.5, each its middle and then as many values 0.1 below as above. */
const smLs = (rows: number, base: number) =>
  [4, 3, 5, 3, 5, 3, 5, 3, 5].map((middle) =>
    Array.from({ length: rows }, (_, i) => Number(`${base}.${i === 0 ? middle : i % 2 ? middle - 1 : middle + 1}`)),
  );

it.each([
  ['SiRstv', siRstv, 1.18046237440255, 0.190999039051129, 0.104076068334656, 1e-11],
  ['SmLs01', smLs(21, 1), 21, 0.482758620689655, 0.1, 1e-11],
  ['SmLs02', smLs(201, 1), 201, 0.471830985915493, 0.1, 1e-11],
  ['SmLs03', smLs(2001, 1), 2001, 0.470712773465067, 0.1, 1e-11],
  ['AtmWtAg', atmWtAg, 15.9467335677930, 0.257426544538321, 1.5104831444641e-5, 1e-9], // prettier-ignore
  ['SmLs04', smLs(21, 1_000_000), 21, 0.482758620689655, 0.1, 1e-9],
  ['SmLs05', smLs(201, 1_000_000), 201, 0.471830985915493, 0.1, 1e-9],
  ['SmLs06', smLs(2001, 1_000_000), 2001, 0.470712773465067, 0.1, 1e-9],
] as const)('%s', async (_, groups, F, explained, noise, tol) => {
  const held = holder(linear.label, 'NIST StRD, groups');
  const y = Float64Array.from(groups.flat());
  const X = matrix(y.length, groups.length - 1);
  let row = 0;
  groups.forEach((own, g) => own.forEach(() => (g < X.cols ? (X.data[g * X.rows + row++] = 1) : row++)));
  const params = checked(linear.params, { penalty: 'none' });
  const form = await linear.fit(X, { task: 'number', y }, params, { random: random(1), report: () => Promise.resolve(true) });
  const told = inference(form, X.names)!;
  expect((form as Linear).freedom).toBe(y.length - groups.length);
  held('F', Math.abs(told.F!.value / F - 1), tol);
  held('R²', Math.abs(told.explained / explained - 1), tol);
  held('residual deviation', Math.abs(told.noise / noise - 1), tol);
});
