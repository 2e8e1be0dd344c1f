/** Distances and how they fade in WebAssembly equal their plain twins bit for bit, and those what they say. */
import { describe, expect, it } from 'vitest';
import { normal, random } from '../../../src/core/random.js';
import { plainApart } from '../../../workers/kernels/apart.js';
import { FADE, fade } from '../../../workers/kernels/exp.js';
import { apartKernels } from '../../../workers/kernels/load.js';
import { allocate, Layout } from '../../../workers/kernels/memory.js';

describe.each([
  [1, 1, 1],
  [2, 20, 0.05],
  [7, 3, 1e-9],
  [8, 5, 1e300],
  [3, 0, 1],
])('%i points of %i columns, gamma %f', (count, p, gamma) => {
  const [fast, twin] = [false, true].map((plain) => {
    const layout = new Layout();
    const [points, four, table, out] = [layout.take(8 * count * p), layout.take(32 * p), layout.take(FADE.byteLength), layout.take(32 * count)]; // prettier-ignore
    const memory = allocate(layout.bytes, plain);
    const { f64 } = memory;
    const u = random(count);
    for (let i = 0; i < count * p; i++) f64[points / 8 + i] = i % 11 === 0 ? 1e4 * normal(u) : normal(u);
    // The first of the four rows is the first point.
    for (let i = 0; i < 4 * p; i++) f64[four / 8 + i] = i % 4 === 0 ? f64[points / 8 + i / 4]! : normal(u);
    f64.set(FADE, table / 8);
    const kernels = plain ? plainApart(memory) : apartKernels(memory);
    const made = () => f64.slice(out / 8, out / 8 + 4 * count);
    kernels.squares(points, count, p, four, out);
    const squares = made();
    kernels.fade(out, 4 * count, gamma, table);
    return {
      wasm: memory.wasm,
      rows: f64.slice(four / 8, four / 8 + 4 * p),
      points: f64.slice(points / 8, points / 8 + count * p),
      squares,
      faded: made(),
    };
  }) as [Read, Read];
  const bytes = (v: Float64Array) => Buffer.from(v.buffer);

  it('equals its twin bit for bit', () => {
    expect(fast.wasm).not.toBeNull();
    expect(bytes(fast.squares).equals(bytes(twin.squares))).toBe(true);
    expect(bytes(fast.faded).equals(bytes(twin.faded))).toBe(true);
  });
  it('is the squared distance, and the exponential of it', () => {
    fast.squares.forEach((got, at) => {
      let want = 0;
      for (let j = 0; j < p; j++) want += (fast.rows[4 * j + (at % 4)]! - fast.points[Math.floor(at / 4) * p + j]!) ** 2;
      expect(Math.abs(got - want)).toBeLessThanOrEqual(1e-14 * want);
      const far = gamma * got;
      expect(Math.abs(fast.faded[at]! - Math.exp(-far))).toBeLessThanOrEqual(5e-16 * Math.exp(-far) + 1e-307);
    });
    expect(fast.squares[0]).toBe(0);
    expect(fast.faded[0]).toBe(1);
  });
});

it('is the exponential to two ulps, and 0 where that leaves the normal numbers', () => {
  const u = random(1);
  let worst = 0;
  for (let i = 0; i < 50_000; i++) {
    const v = u() * (i % 2 ? 708 : 3);
    worst = Math.max(worst, Math.abs(fade(v) / Math.exp(-v) - 1));
  }
  expect(worst).toBeLessThanOrEqual(2 * 2 ** -52);
  expect([fade(0), fade(709), fade(Infinity), fade(NaN)]).toEqual([1, 0, 0, 0]);
});

interface Read {
  readonly wasm: WebAssembly.Memory | null;
  readonly rows: Float64Array;
  readonly points: Float64Array;
  readonly squares: Float64Array;
  readonly faded: Float64Array;
}
