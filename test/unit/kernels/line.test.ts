/** Scores and slopes in WebAssembly equal their plain twin bit for bit, and a pass over a held matrix one over the matrix itself. */
import { expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import { normal, random } from '../../../src/core/random.js';
import { plainLine } from '../../../workers/kernels/line.js';
import { lineKernels } from '../../../workers/kernels/load.js';
import { allocate } from '../../../workers/kernels/memory.js';
import { held } from '../../../workers/models/linear/held.js';
import { lossAndGradient } from '../../../workers/models/linear/loss.js';
import { pace } from '../../../workers/models/pace.js';

const bytes = (v: Float64Array) => Buffer.from(v.buffer, v.byteOffset, v.byteLength);

it.each([
  [1, 2],
  [4, 10],
  [11, 64],
])('%i columns of %i rows', (p, rows) => {
  const [fast, twin] = [false, true].map((plain) => {
    const memory = allocate(65536, plain);
    const kernels = plain ? plainLine(memory) : lineKernels(memory);
    const u = random(p);
    for (let i = 0; i < 80 * p; i++) memory.f32[8192 + i] = normal(u);
    for (let i = 0; i < 200; i++) memory.f64[8 + i] = normal(u);
    kernels.scores(32768, 320, rows, p, 64, 64 + 8 * 20);
    kernels.slopes(32768, 320, rows, p, 64 + 8 * 20, 64 + 8 * 100);
    return memory.f64.slice(8, 208);
  });
  expect(bytes(fast!).equals(bytes(twin!))).toBe(true);
  expect(fast!.every(Number.isFinite)).toBe(true);
});

it.each([1, 3])('a pass for %i scores', async (scores) => {
  const u = random(scores);
  const [n, p] = [3071, 7];
  const X = matrix(n, p);
  for (let i = 0; i < X.data.length; i++) X.data[i] = normal(u);
  const y = Int32Array.from({ length: n }, (_, i) => i % Math.max(2, scores));
  const weight = Float64Array.from({ length: n }, () => u());
  const beta = Float64Array.from({ length: scores * p }, () => normal(u));
  const b = Float64Array.from({ length: scores }, () => normal(u));
  const run = async (at: ReturnType<typeof held>) => {
    const g = new Float64Array(scores * p + scores);
    const p1 = pace({ random: u, report: () => Promise.resolve(true) }, 1);
    const c = { X, y, weight, total: n / 2, scores, held: at };
    const loss = await lossAndGradient(c, beta, b, g.subarray(0, scores * p), g.subarray(scores * p), p1);
    return Float64Array.of(loss, ...g);
  };
  const there = held(X, scores);
  expect(there).not.toBeNull();
  const fast = await run(there);
  expect(bytes(fast).equals(bytes(await run(null)))).toBe(true);
  expect(bytes(fast).equals(bytes(await run(there)))).toBe(true);
});
