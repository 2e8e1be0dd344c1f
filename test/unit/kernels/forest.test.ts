/** The search for splits of class trees: WebAssembly equals its plain twin bit for bit, whatever way it takes to the answer. */
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/core/random.js';
import { PLAN, plainForest, type ForestKernels } from '../../../workers/kernels/forest.js';
import { forestKernels } from '../../../workers/kernels/load.js';
import { allocate, Layout, type Memory } from '../../../workers/kernels/memory.js';

interface Case {
  readonly rows: number;
  readonly classes: number;
  readonly minLeaf: number;
  readonly missing: number;
  /** Distinct ranks of the columns. */
  readonly levels: number;
  /** How much the first column says of the class. */
  readonly signal: number;
  readonly balanced: boolean;
  readonly most: number;
}
const cols = 5;

function lay(c: Case) {
  const layout = new Layout();
  const room = Math.max(4096, 16 * c.classes);
  const plan: Record<(typeof PLAN)[number], number> = {
    ranks: layout.take(c.rows * cols * 2), stride: c.rows, classes: c.classes, minLeaf: c.minLeaf, plain: c.balanced ? 0 : 1, room,
    factors: layout.take(c.classes * 8), counts: layout.take(c.classes * 8), best: layout.take(40), cells: layout.take(c.rows * 2 + 16),
    packs: layout.take(128), histogram: layout.take(room * 4), sizes: layout.take(room * 4), marks: layout.take(65536),
    notes: layout.take(room * 16 + 256), keys: layout.take(c.rows * 4 + 256), spare: layout.take(c.rows * 4 + 256),
    lost: layout.take(c.classes * 4), digits: layout.take(2048),
  }; // prettier-ignore
  return { plan, at: layout.take(PLAN.length * 4), items: layout.take(c.rows * 8), aside: layout.take(c.rows * 8), list: layout.take(cols * 4), bytes: layout.bytes }; // prettier-ignore
}

/** Searches a node of all rows column by column, divides it, and gives back all that anyone may read of it. */
function answer(c: Case, seed: number, memory: Memory, kernels: ForestKernels, at: ReturnType<typeof lay>) {
  const u = random(seed);
  const u16 = new Uint16Array(memory.u8.buffer);
  PLAN.forEach((name, i) => (memory.u32[at.at / 4 + i] = at.plan[name]));
  for (let k = 0; k < c.classes; k++) memory.f64[at.plan.factors / 8 + k] = c.balanced ? 0.3 + u() : 1;
  for (let i = 0; i < c.rows; i++) {
    const code = Math.floor(u() * c.classes);
    memory.u32[at.items / 4 + 2 * i] = i;
    memory.u32[at.items / 4 + 2 * i + 1] = (Math.ceil(u() * c.most) << 8) | code;
    for (let j = 0; j < cols; j++) {
      const place = j === 0 && u() < c.signal ? (code + u()) / c.classes : u();
      u16[at.plan.ranks / 2 + j * c.rows + i] = u() < c.missing ? 0xffff : 7 + Math.floor(place * c.levels);
    }
  }
  for (let j = 0; j < cols; j++) memory.u32[at.list / 4 + j] = cols - 1 - j;
  kernels.begin(at.at);
  const present = kernels.open(at.items, c.rows);
  const useful = kernels.search(at.list, cols);
  const best = at.plan.best / 4;
  const [feature, last, missingLeft] = memory.u32.slice(best + 2, best + 5);
  const left = feature! < cols ? kernels.divide(at.items, c.rows, feature!, last!, missingLeft!, at.aside) : -1;
  const seen = Buffer.from(memory.u8.slice(at.plan.best, at.plan.best + 28)).toString('hex');
  const total = memory.f64[at.plan.best / 8 + 4];
  const items = Buffer.from(memory.u8.slice(at.items, at.items + c.rows * 8)).toString('base64');
  const counts = Array.from({ length: c.classes }, (_, k) => memory.u32[at.plan.counts / 4 + 2 * k + 1]);
  return { present, useful, left, seen, total, items, counts };
}

describe('twins', () => {
  const u = random(17);
  for (let round = 0; round < 150; round++) {
    const c: Case = {
      rows: 2 + Math.floor(u() ** 3 * 5000),
      classes: u() < 0.6 ? 2 : 3 + Math.floor(u() * 20),
      minLeaf: u() < 0.6 ? 1 : 2 + Math.floor(u() * 20),
      missing: u() < 0.7 ? 0 : u(),
      levels: [1, 2, 9, 300, 65000][Math.floor(u() * 5)]!,
      signal: u() < 0.5 ? 0 : u(),
      balanced: u() < 0.3,
      most: u() < 0.8 ? 4 : 255,
    };
    it(JSON.stringify(c), () => {
      const at = lay(c);
      const fast = allocate(at.bytes);
      const plain = allocate(at.bytes, true);
      expect(fast.wasm).not.toBeNull();
      expect(answer(c, round, fast, forestKernels(fast), at)).toEqual(answer(c, round, plain, plainForest(plain), at));
    });
  }
});
