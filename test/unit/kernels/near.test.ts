/** Nearest neighbours in two looks: the kernel equals its plain twin bit for bit, and the neighbours are those of the plain scan. */
import { describe, expect, it, vi } from 'vitest';
import type { Neighbours } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import { normal, random } from '../../../src/core/random.js';
import { neighboursPredict } from '../../../workers/forms/neighbours.js';
import { nearKernels } from '../../../workers/kernels/load.js';
import { allocate } from '../../../workers/kernels/memory.js';
import { plainNear } from '../../../workers/kernels/near.js';

it.each([
  [1, 1],
  [5, 0],
  [20, 1],
  [21, 0],
])('%i columns, squared %i', (p, squared) => {
  const u = random(p);
  const at = { points: 64, queries: 32768, limits: 49152, counts: 49168, found: 49216 };
  const numbers = Float32Array.from({ length: 12000 }, () => normal(u));
  numbers[100] = NaN;
  const [fast, twin] = [false, true].map((plain) => {
    const memory = allocate(65536, plain);
    memory.f32.set(numbers, at.points / 4);
    for (let j = 0; j < p; j++)
      for (let q = 0; q < 4; q++)
        memory.f32.fill(normal(random(j * 4 + q)), at.queries / 4 + 16 * j + 4 * q, at.queries / 4 + 16 * j + 4 * q + 4);
    memory.f32.set([p, p * 0.5, Infinity, -1], at.limits / 4);
    (plain ? plainNear(memory) : nearKernels(memory)!).near(at.points, p, 8, 128, at.queries, at.limits, at.found, 128, at.counts, squared);
    return memory.u32.slice(at.counts / 4);
  });
  expect(fast).toEqual(twin);
  expect(fast![0]).toBeGreaterThan(0);
  expect(fast![0]).toBeLessThan(120);
  expect(fast![3]).toBe(0);
});

describe.each(['euclidean', 'manhattan'] as const)('%s', (metric) => {
  it.each<[string, number, (x: number) => number]>([
    ['few columns, all of them', 3, (x) => x],
    ['many ties', 9, (x) => Math.round(x)],
    ['as many as a page holds', 20, (x) => x],
    ['far from zero', 18, (x) => 1e6 + x],
    ['nearly equal', 17, (x) => 1 + 1e-6 * x],
    ['huge', 16, (x) => x * 1e19],
    ['the largest', 4, (x) => x * 5e37],
    ['tiny', 16, (x) => x * 1e-22],
    ['the smallest', 16, (x) => x * 1e-43],
  ])('%s: the same neighbours as the plain scan', (_, p, of) => {
    const u = random(p);
    const rows = 700 + p;
    const form: Neighbours = {
      form: 'neighbours', inputs: p, outputs: 1, k: 7, weights: 'distance', metric, task: 'number',
      points: Float32Array.from({ length: rows * p }, () => of(normal(u))), y: Float64Array.from({ length: rows }, (_, i) => 3 ** (i % 30)),
    }; // prettier-ignore
    // Too few queries for a tree of boxes to pay, and not a multiple of four.
    const X = matrix(
      18,
      p,
      Float32Array.from({ length: 18 * p }, () => of(normal(u))),
    );
    const compiled = vi.spyOn(WebAssembly, 'Instance');
    const fast = neighboursPredict(form, X);
    expect(compiled).toHaveBeenCalled();
    vi.stubGlobal('WebAssembly', undefined);
    try {
      expect(neighboursPredict(form, X)).toEqual(fast);
    } finally {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    }
    expect(fast.every((x) => isFinite(x))).toBe(true);
  });
});
