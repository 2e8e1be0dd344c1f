/** The loops of a dense layer: WebAssembly equals its plain twin bit for bit, and the twin of the product is the product. */
import { describe, expect, it } from 'vitest';
import { normal, random } from '../../../src/core/random.js';
import { plainDense, type DenseKernels } from '../../../workers/kernels/dense.js';
import { denseKernels } from '../../../workers/kernels/load.js';
import { allocate } from '../../../workers/kernels/memory.js';

const at = { a: 64, b: 16384, first: 49152, c: 65536 };

describe.each([
  [1, 4, 1],
  [3, 8, 5],
  [4, 12, 7],
  [9, 20, 33],
  [17, 64, 20],
])('%i × %i, sums of %i', (m, n, k) => {
  it.each([
    ['as they lie', false, true],
    ['turned round, from zero', true, false],
  ])('%s', (_, turned, started) => {
    const u = random(m * n * k);
    const numbers = Float32Array.from({ length: 13312 }, () => normal(u) * 10 ** (6 * u() - 3));
    const [aRow, aStep] = turned ? [1, m + 2] : [k + 1, 1];
    const answers = [false, true].map((plain) => {
      const memory = allocate(131072, plain);
      memory.f32.set(numbers, 16);
      const kernels = plain ? plainDense(memory) : denseKernels(memory);
      kernels.multiply(at.a, aRow, aStep, at.b, n + 4, started ? at.first : 0, at.c, n, m, n, k);
      return memory.f32;
    });
    const [fast, twin] = answers as [Float32Array, Float32Array];
    expect(Buffer.compare(Buffer.from(fast.slice().buffer), Buffer.from(twin.slice().buffer))).toBe(0);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = started ? twin[at.first / 4 + j]! : 0;
        let size = Math.abs(sum);
        for (let e = 0; e < k; e++) {
          const part = twin[at.a / 4 + i * aRow + e * aStep]! * twin[at.b / 4 + e * (n + 4) + j]!;
          sum += part;
          size += Math.abs(part);
        }
        expect(Math.abs(twin[at.c / 4 + i * n + j]! - sum)).toBeLessThanOrEqual(size * (k + 1) * 2 ** -24);
      }
  });
});

const steps: Record<string, (k: DenseKernels) => void> = {
  relu: (k) => k.relu(at.a, 1000),
  reluBack: (k) => k.reluBack(at.a, at.b, 1000),
  adam: (k) => k.adam(at.a, at.a + 8192, at.c, at.b, at.first, 1000, 0.01, 0.5, 0.001, 0.9, 0.999, 1e-7, 0.995),
};
it.each(Object.entries(steps))('%s', (_, step) => {
  const u = random(8);
  const numbers = Float32Array.from({ length: 12000 }, () => normal(u));
  numbers.set([NaN, -0, 0, Infinity, -Infinity], 7);
  const [fast, twin] = [false, true].map((plain) => {
    const memory = allocate(131072, plain);
    // Second moments are never negative.
    for (let i = 0; i < 2000; i++) memory.f64[at.a / 8 + i] = numbers[i]!;
    for (let i = 0; i < 1000; i++) memory.f64[at.c / 8 + i] = numbers[i]! ** 2;
    memory.f32.set(numbers, at.b / 4);
    if (step !== steps['adam']) memory.f32.set(numbers.subarray(0, 1000), at.a / 4);
    const before = memory.f32.slice();
    step(plain ? plainDense(memory) : denseKernels(memory));
    expect(memory.f32).not.toEqual(before);
    return memory.f32.slice();
  });
  // Compared as numbers: which NaN it is differs between machines.
  expect(fast).toEqual(twin);
});
