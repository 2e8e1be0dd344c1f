/** Boosting's kernels: what is checked in is what the source says, and WebAssembly equals its plain twin bit for bit. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { normal, random } from '../../../src/core/random.js';
import { expBelow, plainBoost, type BoostKernels } from '../../../workers/kernels/boost.js';
import { boostKernels } from '../../../workers/kernels/load.js';
import { allocate, isShared, type Memory } from '../../../workers/kernels/memory.js';
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

/** Raw scores of every size, and the two ends of where fdlibm's exp parts. */
function scores(m: Memory): void {
  const u = random(6);
  const special = [0, -0, 0.3465735912322998, 0.34657359123229975, -0.3465735912322999, 1.0397207708, 1e-9, 3e-17, 708, 709, 1e6, -40];
  for (let i = 0; i < odd; i++) {
    m.f64[raw / 8 + i] = special[i] ?? (u() - 0.5) * 10 ** Math.floor(4 * u() - 1);
    m.u8[at.aside + i] = i % 3 === 0 ? 255 : 0;
  }
}
const odd = 801;
const raw = 90112;
const room = 100000;
const pointers = 112640;
for (const some of [false, true]) {
  steps[`fillAll, ${some ? 'some' : 'all'} rows, more than a batch`] = (k, m, size) => {
    // Two blocks of columns, and rows up to three times as often.
    for (let b = 0; b < 8; b++) m.u32[pointers / 4 + b] = at.sums + (b % 4) * 4096;
    for (let i = 0; i < 2 * size; i++) m.u32[at.rows / 4 + size + i] = m.u32[at.rows / 4 + (i % size)]!;
    k.fillAll(at.bins, 32, 2, some ? at.rows : 0, some ? 3 * size : n - 8, at.pairs, pointers, room);
  };
  steps[`fillAll, ${some ? 'some' : 'all'} rows, halves of blocks left out`] = (k, m, size) => {
    for (let b = 0; b < 8; b++) m.u32[pointers / 4 + b] = b < 2 || b > 5 ? 0 : at.sums + (b % 4) * 4096;
    k.fillAll(at.bins, 32, 2, some ? at.rows : 0, size, at.pairs, pointers, room);
  };
  steps[`count, ${some ? 'some' : 'all'} rows`] = (k, _m, size) => k.count(at.bins + 1, some ? at.rows : 0, size, 200, at.counts);
}
steps['clear'] = (k) => k.clear(at.pairs + 4, 100);
steps['move, to where it stood too'] = (k) => k.move(at.pairs + 4, at.pairs, 1000);
steps['totals'] = (k) => k.totals(at.pairs, at.rows, n, at.out);
steps['binary'] = (k, m) => {
  scores(m);
  k.binary(raw, at.aside, odd, at.pairs);
};
steps['settle'] = (k, m, size) => {
  scores(m);
  for (let i = 0; i < size; i++) m.u32[at.rows / 4 + i]! %= odd;
  k.settle(raw, at.rows, size, 0.1);
};
for (const missing of [0, 1])
  for (const reach of [0, 10, 1e9])
    for (const floor of [0, 0.5])
      steps[`sift, missing ${missing}, reach ${reach}, floor ${floor}`] = (k, m) => {
        k.fill(at.bins, 0, n, at.pairs, at.four, 0);
        k.totals(at.pairs, at.rows, n, at.out);
        const [G, H] = m.f64.slice(at.out / 8, at.out / 8 + 2);
        k.sift(at.sums, 256, missing, G!, H!, reach, 0.5, 1e-3, floor, at.out);
        return [...m.f64.slice(at.out / 8, at.out / 8 + 6)];
      };

describe('shares of two classes', () => {
  it('are those of Math.exp to the last bit or the one before', () => {
    const u = random(2);
    for (let i = 0; i < 20000; i++) {
      const x = -(u() ** 3) * 10 ** Math.floor(4 * u() - 1.2);
      expect(Math.abs(expBelow(x) / Math.exp(x) - 1)).toBeLessThanOrEqual(2.3e-16);
    }
    expect(expBelow(0)).toBe(1);
  });
});

describe('cuts without counts', () => {
  it('are those with counts, or in doubt', () => {
    const seen = { sure: 0, doubt: 0 };
    for (let round = 0; round < 300; round++) {
      const memory = allocate(131072);
      prepare(memory);
      const u = random(round);
      for (let i = 0; i < n; i++) {
        memory.f32[at.pairs / 4 + 2 * i] = normal(u) + (memory.u8[at.bins + 4 * i]! > 90 ? 10 * u() * (round % 4) : 0);
        memory.f32[at.pairs / 4 + 2 * i + 1] = 0.01 + 0.24 * u();
      }
      const kernels = boostKernels(memory);
      kernels.fill(at.bins, 0, n, at.pairs, at.four, at.fourCounts);
      kernels.totals(at.pairs, at.rows, n, at.out);
      const [G, H, most] = memory.f64.slice(at.out / 8, at.out / 8 + 3);
      const minLeaf = 1 + (round % 60);
      kernels.scan(at.sums, at.counts, 256, round % 2, G!, H!, n, 0.5, minLeaf, 1e-3, at.out);
      const exact = [...memory.f64.slice(at.out / 8, at.out / 8 + 5)];
      kernels.sift(at.sums, 256, round % 2, G!, H!, minLeaf * most! * (1 + 1e-9), 0.5, 1e-3, 0, at.out);
      const sifted = [...memory.f64.slice(at.out / 8, at.out / 8 + 6)];
      const isDoubtful = sifted[5]! > 0 && sifted[5]! >= sifted[0]!;
      if (!isDoubtful) expect(sifted.slice(0, 5)).toEqual(exact);
      seen[isDoubtful ? 'doubt' : 'sure']++;
    }
    expect(seen.sure).toBeGreaterThan(30);
    expect(seen.doubt).toBeGreaterThan(10);
  });
});

it('does the same in memory that threads share', () => {
  const made = [allocate(131072), allocate(131072, false, true)].map((memory) => {
    const size = prepare(memory);
    const kernels = boostKernels(memory);
    for (const step of ['fillAll, some rows, more than a batch', 'totals', 'binary', 'partition']) steps[step]?.(kernels, memory, size);
    return { memory, bytes: Buffer.from(memory.u8.slice()) };
  });
  expect(made.map(({ memory }) => isShared(memory))).toEqual([false, true]);
  expect(Buffer.compare(made[0]!.bytes, made[1]!.bytes)).toBe(0);
});

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
      for (const [from, to] of [
        [0, at.aside],
        [raw, room],
      ])
        // prettier-ignore
        expect(Buffer.compare(Buffer.from(fast.u8.slice(from, to)), Buffer.from(plain.u8.slice(from, to)))).toBe(0);
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
