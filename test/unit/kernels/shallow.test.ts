/** Small trees, all nodes at once: WebAssembly equals its plain twin bit for bit. */
import { describe, expect, it } from 'vitest';
import { normal, random } from '../../../src/core/random.js';
import { shallowKernels } from '../../../workers/kernels/load.js';
import { allocate, type Memory } from '../../../workers/kernels/memory.js';
import { CELLS, plainShallow, ROWS, STEP, type ShallowKernels } from '../../../workers/kernels/shallow.js';

const at = { column: 64, cuts: 8192, left: 16384, right: 20480, program: 24576, values: 28672, out: 32768, tables: 65536, cells: 69632, slots: 90112 }; // prettier-ignore
const bytes = 131072;
const n = CELLS - 3;

function both(work: (memory: Memory, kernels: ShallowKernels) => void): readonly [Buffer, Buffer] {
  const fast = allocate(bytes);
  const plain = allocate(bytes, true);
  work(fast, shallowKernels(fast)!);
  work(plain, plainShallow(plain));
  return [Buffer.from(fast.u8), Buffer.from(plain.u8)];
}

describe('cells', () => {
  for (const count of [1, 2, 15, 16, 17, 100, 254])
    it(`bins between ${count} thresholds`, () => {
      const [fast, plain] = both((memory, kernels) => {
        const u = random(count);
        const cuts = Float32Array.from({ length: count }, () => normal(u)).sort();
        memory.f32.fill(Infinity, at.cuts / 4, at.cuts / 4 + 256);
        memory.f32.set(cuts, at.cuts / 4);
        const special = [NaN, Infinity, -Infinity, 0, -0, 3e38];
        for (let i = 0; i < CELLS; i++)
          memory.f32[at.column / 4 + i] = special[i] ?? (i % 7 === 0 ? NaN : i % 3 === 0 ? cuts[i % count]! : normal(u));
        kernels.bin(at.column, CELLS, at.cuts, count, at.left, at.right);
      });
      expect(Buffer.compare(fast, plain)).toBe(0);
      expect(new Set(plain.subarray(at.right, at.right + CELLS)).size).toBeGreaterThan(Math.min(count, 100));
    });

  it('levels', () => {
    const [fast, plain] = both((memory, kernels) => {
      const u = random(4);
      memory.f32.set([NaN, -1, -0, 0.5, 254, 254.9, 255, 300, Infinity], at.column / 4);
      for (let i = 9; i < CELLS; i++) memory.f32[at.column / 4 + i] = Math.floor(u() * 270);
      kernels.level(at.column, n, at.left);
    });
    expect(Buffer.compare(fast, plain)).toBe(0);
    expect([...plain.subarray(at.left, at.left + 9)]).toEqual([255, 255, 0, 0, 254, 254, 255, 255, 255]);
  });
});

describe('trees', () => {
  for (const [what, score, width] of [
    ['leaves of one value', 1, 1],
    ['leaves that hold all scores', -1, 3],
  ] as const)
    // prettier-ignore
    it(what, () => {
      const [fast, plain] = both((memory, kernels) => {
        const u = random(3);
        const u16 = new Uint16Array(memory.u8.buffer);
        const trees = 5;
        const steps = 6;
        for (let i = 0; i < 4 * CELLS; i++) memory.u8[at.cells + i] = Math.floor(u() * 256);
        for (let k = 0; k < 256; k++) memory.u8[at.tables + k] = u() < 0.5 ? 128 : 127;
        for (let slot = 1; slot < 8; slot++) memory.u8.fill(slot - 1, at.slots + slot * ROWS, at.slots + (slot + 1) * ROWS);
        for (let i = 0; i < 64; i++) memory.f64[at.values / 8 + i] = normal(u);
        let to = at.program;
        for (let t = 0; t < trees; t++) {
          memory.u32.set([steps, 8 + steps - 1, at.values + 8 * width * t, score], to / 4);
          to += 16;
          for (let s = 0; s < steps; s++, to += STEP) {
            // Each step asks between a leaf and the step before.
            u16.set([Math.floor(u() * 4), 1 + Math.floor(u() * 7), s === 0 ? 1 : 8 + s - 1, 8 + s], to / 2);
            memory.u32[to / 4 + 2] = u() < 0.3 ? at.tables : Math.floor(u() * 255);
          }
        }
        kernels.add(at.program, trees, at.cells, at.slots, width, n, at.out, 3);
      });
      expect(Buffer.compare(fast, plain)).toBe(0);
      expect(new Set(new Float64Array(plain.buffer, plain.byteOffset + at.out, 3 * n)).size).toBeGreaterThan(20);
    });
});
