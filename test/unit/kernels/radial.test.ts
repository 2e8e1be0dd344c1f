/** Radial kernels in WebAssembly equal their plain twin bit for bit, and both the exponential to Float32. */
import { describe, expect, it } from 'vitest';
import { normal, random } from '../../../src/core/random.js';
import { radialKernels } from '../../../workers/kernels/load.js';
import { allocate, Layout } from '../../../workers/kernels/memory.js';
import { PARTS, plainRadial, TOGETHER } from '../../../workers/kernels/radial.js';

describe.each([
  [1, 1, 1],
  [3, 20, 0.05],
  [5, 7, 1e-9],
  [4, 2, 40],
  [2, 3, 1e300],
])('%i blocks of %i columns, gamma %f', (blocks, p, gamma) => {
  const [fast, twin] = [false, true].map((plain) => {
    const layout = new Layout();
    const points = layout.take(4 * TOGETHER * blocks * p);
    const query = layout.take(8 * p);
    const table = layout.take(8 * PARTS.length);
    const out = layout.take(4 * TOGETHER * blocks);
    const memory = allocate(layout.bytes, plain);
    const u = random(p);
    for (let i = 0; i < TOGETHER * blocks * p; i++) memory.f32[points / 4 + i] = i % 11 === 0 ? 1e4 * normal(u) : normal(u);
    for (let j = 0; j < p; j++) memory.f64[query / 8 + j] = memory.f32[points / 4 + TOGETHER * j]!;
    memory.f64.set(PARTS, table / 8);
    (plain ? plainRadial(memory) : radialKernels(memory)).row(points, blocks, p, query, gamma, table, out);
    return { memory, points, made: memory.f32.slice(out / 4, out / 4 + TOGETHER * blocks) };
  }) as [Read, Read];

  it('equals its twin bit for bit', () => {
    expect(fast.memory.wasm).not.toBeNull();
    expect(Buffer.from(fast.made.buffer).equals(Buffer.from(twin.made.buffer))).toBe(true);
  });
  it('is the exponential of the distance', () => {
    const { f32 } = fast.memory;
    const x = (i: number, j: number) => f32[fast.points / 4 + Math.floor(i / TOGETHER) * TOGETHER * p + TOGETHER * j + (i % TOGETHER)]!;
    fast.made.forEach((got, i) => {
      let d = 0;
      for (let j = 0; j < p; j++) d += (x(0, j) - x(i, j)) ** 2;
      const want = Math.exp(-gamma * d);
      // Beyond 105 all is 0, where Float32 has no normal numbers left.
      expect(Math.abs(got - want)).toBeLessThanOrEqual(6e-8 * want + 1e-45);
    });
    expect(fast.made[0]).toBe(1);
  });
});

interface Read {
  readonly memory: ReturnType<typeof allocate>;
  readonly points: number;
  readonly made: Float32Array;
}
