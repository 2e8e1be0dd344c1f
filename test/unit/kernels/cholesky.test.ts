/** Cholesky in WebAssembly equals its plain twin bit for bit, and what it makes is the factor, its inverse and the inverse. */
import { describe, expect, it } from 'vitest';
import { normal, random } from '../../../src/core/random.js';
import { BLOCK, plainCholesky, scratchOf } from '../../../workers/kernels/cholesky.js';
import { choleskyKernels } from '../../../workers/kernels/load.js';
import { allocate, Layout, type Memory } from '../../../workers/kernels/memory.js';

/** GGᵀ + 0.1 I, with other numbers above the diagonal. */
function matrix(n: number): Float64Array {
  const u = random(n);
  const G = Float64Array.from({ length: n * n }, () => normal(u));
  return Float64Array.from({ length: n * n }, (_, at) => {
    const i = Math.floor(at / n);
    const j = at % n;
    if (j > i) return normal(u);
    let s = i === j ? 0.1 : 0;
    for (let k = 0; k < n; k++) s += G[i * n + k]! * G[j * n + k]!;
    return s;
  });
}

interface Made {
  readonly A: Float64Array;
  readonly L: Float64Array;
  readonly inverseL: Float64Array;
  readonly inverse: Float64Array;
  readonly V: Float64Array;
}

function make(n: number, spare: number, queries: number, plain: boolean): Made {
  const layout = new Layout();
  const row = 8 * (n + spare);
  const a = layout.take(n * row);
  const l = layout.take(8 * BLOCK * n);
  const b = layout.take(8 * n * queries);
  const scratch = layout.take(scratchOf(n));
  const memory: Memory = allocate(layout.bytes, plain);
  const kernels = plain ? plainCholesky(memory) : choleskyKernels(memory);
  const { f64 } = memory;
  const A = matrix(n);
  const read = () => Float64Array.from(A, (_, at) => f64[(a + Math.floor(at / n) * row) / 8 + (at % n)]!);
  A.forEach((v, at) => (f64[(a + Math.floor(at / n) * row) / 8 + (at % n)] = v));
  const each = (step: (from: number, to: number) => void) => {
    for (let from = 0; from < n; from += BLOCK) step(from, Math.min(n, from + BLOCK));
  };
  each((from, to) => expect(kernels.factor(a, row, n, from, to, scratch)).toBe(-1));
  const L = read();
  const u = random(7);
  for (let i = 0; i < n * queries; i++) f64[b / 8 + i] = normal(u);
  each((from, to) => {
    let at = l / 8;
    for (let i = from; i < to; i++, at += i) f64.set(L.subarray(i * n, i * n + i + 1), at);
    kernels.forward(l, from, to, b, n, queries, scratch);
  });
  const V = f64.slice(b / 8, b / 8 + n * queries);
  each((from, to) => kernels.invert(a, row, from, to, scratch));
  const inverseL = read();
  each((from, to) => kernels.gram(a, row, n, from, to, scratch));
  return { A, L, inverseL, inverse: read(), V };
}

// Around the block of 64 and the depth of 256.
describe.each([
  [4, 0],
  [60, 4],
  [64, 0],
  [68, 0],
  [324, 8],
])('%i × %i', (n, spare) => {
  const fast = make(n, spare, 8, false);
  it('equals its twin bit for bit, and leaves what lies above the diagonal', () => {
    const twin = make(n, spare, 8, true);
    for (const name of ['L', 'inverseL', 'inverse', 'V'] as const) expect(Buffer.from(fast[name].buffer).equals(Buffer.from(twin[name].buffer)), name).toBe(true); // prettier-ignore
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) if (fast.inverse[i * n + j] !== fast.A[i * n + j]) throw new Error(`${i}, ${j}`); // prettier-ignore
  });

  it('is what it says', () => {
    const low = (M: Float64Array, i: number, j: number) => (j <= i ? M[i * n + j]! : 0);
    const full = (M: Float64Array, i: number, j: number) => (j <= i ? M[i * n + j]! : M[j * n + i]!);
    let most = 0;
    for (let i = 0; i < n; i += 3) {
      for (let j = 0; j < n; j += 5) {
        let product = 0;
        let one = 0;
        let unit = 0;
        for (let k = 0; k < n; k++) {
          product += low(fast.L, i, k) * low(fast.L, j, k);
          one += low(fast.L, i, k) * low(fast.inverseL, k, j);
          unit += full(fast.A, i, k) * full(fast.inverse, k, j);
        }
        most = Math.max(
          most,
          Math.abs(product - full(fast.A, i, j)) / n,
          Math.abs(one - (i === j ? 1 : 0)),
          Math.abs(unit - (i === j ? 1 : 0)),
        );
      }
    }
    expect(most).toBeLessThan(1e-7);
  });
});

it('names the column whose pivot is not above 0', () => {
  const n = 132;
  for (const plain of [false, true]) {
    for (const bad of [0, 70, 131]) {
      const memory = allocate(64 + 8 * n * n + scratchOf(n), plain);
      const kernels = plain ? plainCholesky(memory) : choleskyKernels(memory);
      for (let i = 0; i < n; i++) memory.f64[8 + i * n + i] = i === bad ? -1 : 1;
      const said = [0, 64, 128].map((from) => kernels.factor(64, 8 * n, n, from, Math.min(n, from + 64), 64 + 8 * n * n));
      expect(said.find((s) => s >= 0)).toBe(bad);
    }
  }
});
