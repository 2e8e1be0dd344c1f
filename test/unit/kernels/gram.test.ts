/** Inner products in WebAssembly equal their plain twin bit for bit; sums over panels are the plain sums, whatever was there before. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import { normal, random } from '../../../src/core/random.js';
import { plainGram, ROWS } from '../../../workers/kernels/gram.js';
import { gramKernels } from '../../../workers/kernels/load.js';
import { allocate, Layout } from '../../../workers/kernels/memory.js';
import { gramOf } from '../../../workers/models/linear/gram.js';
import { moments } from '../../../workers/models/linear/moments.js';
import { pace } from '../../../workers/models/pace.js';

const bytes = (v: Float64Array) => Buffer.from(v.buffer, v.byteOffset, v.byteLength);

describe.each([
  [1, 256],
  [3, 7],
  [4, 1],
  [9, 255],
  [22, 64],
])('%i columns of %i rows', (q, rows) => {
  it('equals its twin bit for bit', () => {
    const groups = Math.ceil(q / 4);
    const [fast, twin] = [false, true].map((plain) => {
      const layout = new Layout();
      const out = layout.take(8 * (4 * groups) ** 2);
      const panel = layout.take(32 * groups * ROWS);
      const mean = layout.take(8 * q);
      const root = layout.take(8 * ROWS + 16);
      const from = layout.take(4 * 300 * q + 16);
      const memory = allocate(layout.bytes, plain);
      const kernels = plain ? plainGram(memory) : gramKernels(memory);
      const u = random(q);
      for (let i = 0; i < 300 * q; i++) memory.f32[from / 4 + i] = normal(u);
      for (let i = 0; i < q; i++) memory.f64[mean / 8 + i] = normal(u);
      for (let i = 0; i < rows; i++) memory.f64[root / 8 + i] = u();
      for (let i = 0; i < 16 * groups * groups; i++) memory.f64[out / 8 + i] = normal(u);
      kernels.pack(from, 1200, rows, q, mean, root, panel);
      kernels.gram(panel, rows, groups, out);
      const sums = memory.f64.subarray(out / 8, out / 8 + (4 * groups) ** 2);
      return Float64Array.from(
        { length: q * (q + 1) },
        (_, k) => sums[Math.floor(k / (q + 1)) * 4 * groups + Math.min(k % (q + 1), Math.floor(k / (q + 1)))]!,
      );
    });
    expect(bytes(fast!).equals(bytes(twin!))).toBe(true);
  });

  it('is the sums of products', () => {
    const u = random(q + rows);
    const length = 3 * rows;
    const values = Float64Array.from({ length: q * length }, () => normal(u));
    // What one leaves in the memory must not reach the next.
    gramOf(q).addColumns(new Float64Array(q * 5).fill(NaN), 5);
    for (const from of [NaN, 1]) {
      const sums = gramOf(q);
      sums.addColumns(from === 1 ? values : new Float64Array(q * length).fill(from), length);
      const out = sums.take();
      if (from !== 1) continue;
      for (let a = 0; a < q; a++)
        for (let b = 0; b < q; b++) {
          let s = 0;
          for (let i = 0; i < length; i++) s += values[a * length + i]! * values[b * length + i]!;
          expect(out[a * q + b]).toBeCloseTo(s, 10);
        }
    }
  });
});

it('moments of several copies and panels are those of the rows, with the target beside them', async () => {
  const u = random(4);
  const [n, p] = [2500, 6];
  const X = matrix(n, p);
  for (let i = 0; i < X.data.length; i++) X.data[i] = 1000 + normal(u);
  X.data.fill(0.1, 4 * n, 5 * n);
  const y = Float64Array.from({ length: n }, () => normal(u));
  const weight = Float64Array.from({ length: n }, (_, i) => i % 4);
  const columns = [5, 0, 4, 2, 1];
  const two = () =>
    Promise.all([0, 1].map(() => moments(X, columns, y, weight, true, pace({ random: u, report: () => Promise.resolve(true) }, 1))));
  const [m, again] = await two();
  expect(again).toEqual(m);
  let total = 0;
  let yMean = 0;
  for (let i = 0; i < n; i++) total += weight[i]!;
  for (let i = 0; i < n; i++) yMean += (weight[i]! * y[i]!) / total;
  columns.forEach((a, at) => {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += (weight[i]! * X.data[a * n + i]!) / total;
    expect(m!.mean[at]).toBeCloseTo(mean, 9);
    let cross = 0;
    for (let i = 0; i < n; i++) cross += weight[i]! * (X.data[a * n + i]! - m!.mean[at]!) * (y[i]! - yMean);
    expect(m!.cross[at]).toBeCloseTo(cross, 8);
    columns.forEach((b, bt) => {
      let s = 0;
      for (let i = 0; i < n; i++) s += weight[i]! * (X.data[a * n + i]! - m!.mean[at]!) * (X.data[b * n + i]! - m!.mean[bt]!);
      expect(m!.gram[at * 5 + bt]).toBeCloseTo(s, 8);
    });
  });
  // A constant column leaves exact zeros.
  for (let k = 0; k < 5; k++) expect(m!.gram[2 * 5 + k]).toBe(0);
});
