/** Boosting's kernels: what is checked in is what the source says, and WebAssembly equals its plain twin bit for bit. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/core/random.js';
import { plainBoost, type BoostKernels } from '../../../workers/kernels/boost.js';
import { boostKernels } from '../../../workers/kernels/load.js';
import { allocate, type Memory } from '../../../workers/kernels/memory.js';
import { compile, names } from '../../../workers/kernels/build.mjs';

describe('compiled kernels', () => {
  for (const name of names)
    it(`${name}.wasm.ts is what ${name}.as.ts compiles to`, async () => {
      const kept = readFileSync(new URL(`../../../workers/kernels/${name}.wasm.ts`, import.meta.url), 'utf8');
      expect(await compile(name)).toBe(kept);
    });
});

const n = 1003;
const at = {
  bins: 64,
  rows: 8192,
  pairs: 16384,
  ordered: 32768,
  sums: 49152,
  counts: 69632,
  out: 75008,
  table: 75264,
  aside: 77824,
  four: 76000,
  fourCounts: 76032,
};

/** The same cells, rows and gradients in either memory; a third of all rows is in the node, in no particular order. */
function prepare(memory: Memory): number {
  const u = random(5);
  for (let i = 0; i < n * 4; i++) memory.u8[at.bins + i] = Math.floor(u() * u() * 256);
  let size = 0;
  for (let i = 0; i < n; i++) if (u() < 0.33) memory.u32[at.rows / 4 + size++] = (i * 7) % n;
  for (let i = 0; i < 2 * n; i++) memory.f32[at.pairs / 4 + i] = i % 2 === 0 ? u() - 0.5 : u() / 4;
  for (let c = 0; c < 4; c++) {
    memory.u32[at.four / 4 + c] = at.sums + c * 4096;
    memory.u32[at.fourCounts / 4 + c] = at.counts + c * 1024;
  }
  for (let b = 0; b < 256; b++) memory.u8[at.table + b] = b % 3 === 0 ? 1 : 0;
  return size;
}

const steps: Record<string, (k: BoostKernels, m: Memory, size: number) => unknown> = {
  'fill, all rows, counted': (k) => k.fill(at.bins, 0, n, at.pairs, at.four, at.fourCounts),
  'fill, all rows, hessians count': (k) => k.fill(at.bins, 0, n, at.pairs, at.four, 0),
  'order, then fill some rows': (k, _m, size) => {
    k.order(at.pairs, at.rows, size, at.ordered);
    k.fill(at.bins, at.rows, size, at.ordered, at.four, at.fourCounts);
  },
  'fill some rows, hessians count': (k, _m, size) => {
    k.order(at.pairs, at.rows, size, at.ordered);
    k.fill(at.bins, at.rows, size, at.ordered, at.four, 0);
  },
  subtract: (k) => {
    k.fill(at.bins, 0, n, at.pairs, at.four, at.fourCounts);
    k.subtract(at.sums, at.sums + 4096, 511);
    k.subtractCounts(at.counts, at.counts + 1024, 255);
  },
  partition: (k, _m, size) => k.partition(at.bins + 2, at.rows, size, at.table, at.aside),
};
for (const missing of [0, 1])
  for (const counted of [false, true])
    steps[`scan, missing ${missing}, ${counted ? 'counted' : 'hessians count'}`] = (k, m) => {
      k.fill(at.bins, 0, n, at.pairs, at.four, at.fourCounts);
      let G = 0;
      let H = 0;
      for (let b = 0; b < 256; b++) {
        G += m.f64[at.sums / 8 + 2 * b]!;
        H += m.f64[at.sums / 8 + 2 * b + 1]!;
      }
      k.scan(at.sums, counted ? at.counts : 0, 256, missing, G, H, counted ? n : H, 0.5, counted ? 20 : 2, 1e-3, at.out);
      // A split was found, or the comparison would be of nothing.
      return m.f64[at.out / 8]! > 0;
    };

describe('twins', () => {
  for (const [what, step] of Object.entries(steps))
    it(what, () => {
      const fast = allocate(131072);
      const plain = allocate(131072, true);
      expect(fast.wasm).not.toBeNull();
      const size = prepare(fast);
      prepare(plain);
      const before = plain.u8.slice();
      const answer = step(boostKernels(fast), fast, size);
      expect(answer).toEqual(step(plainBoost(plain), plain, size));
      if (what.startsWith('scan')) expect(answer).toBe(true);
      // `aside` is scratch: its bytes past the right side are nobody's.
      expect(Buffer.compare(Buffer.from(fast.u8.slice(0, at.aside)), Buffer.from(plain.u8.slice(0, at.aside)))).toBe(0);
      expect(Buffer.compare(Buffer.from(before), Buffer.from(plain.u8))).not.toBe(0);
    });

  it('partition keeps both sides in their old order', () => {
    const memory = allocate(131072);
    const size = prepare(memory);
    const before = Array.from(memory.u32.slice(at.rows / 4, at.rows / 4 + size));
    const isLeft = (row: number) => memory.u8[at.table + memory.u8[at.bins + 2 + 4 * row]!] === 1;
    const left = boostKernels(memory).partition(at.bins + 2, at.rows, size, at.table, at.aside);
    const expected = [...before.filter(isLeft), ...before.filter((r) => !isLeft(r))];
    expect(left).toBe(before.filter(isLeft).length);
    expect(Array.from(memory.u32.slice(at.rows / 4, at.rows / 4 + size))).toEqual(expected);
  });
});
