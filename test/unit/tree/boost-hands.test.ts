/** Boosting over several threads: the same trees, byte for byte, however many there are; and when sharing pays. */
import { afterAll, describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { Hands } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { normal, random } from '../../../src/core/random.js';
import { handsOf } from '../../../workers/hands.js';
import { worth } from '../../../workers/kernels/hands.js';
import { binColumns, writeBins } from '../../../workers/models/tree/boost-bins.js';
import { grower, type BoostGrowth } from '../../../workers/models/tree/boost-grow.js';
import { histGradientBoosting } from '../../../workers/models/tree/hist-gradient-boosting.js';
import { Nodes } from '../../../workers/models/tree/nodes.js';
import { pulse } from '../../../workers/models/tree/pulse.js';
import { bytesOf, context } from '../../contract/cases.js';
import { dismissThreads, threadsOf } from '../../threads.js';

afterAll(() => dismissThreads());

/** An odd number of columns, so that the last pair is half; one has missing values, one is a category. */
const n = 20_001;
const p = 13;
function table() {
  const u = random(8);
  const X = { ...matrix(n, p), levels: Array.from({ length: p }, (_, j) => (j === 6 ? 9 : 0)) };
  for (let i = 0; i < X.data.length; i++) X.data[i] = Math.floor(i / n) === 6 ? Math.floor(9 * u()) : normal(u);
  for (let i = 0; i < n; i += 9) X.data[3 * n + i] = NaN;
  // Two columns alike: of equal gains the first wins, whoever found it.
  X.data.copyWithin(11 * n, 0, n);
  const score = Float64Array.from(
    { length: n },
    (_, i) => Math.sin(2 * X.data[i]!) + X.data[2 * n + i]! + (X.data[6 * n + i]! % 3) + normal(u),
  );
  return { X, score };
}
const always = { next: () => true, tooLong: () => false, took: () => undefined };

describe('a grower with hands', () => {
  const { X, score } = table();
  const rows = Uint32Array.from({ length: n }, (_, i) => i);
  const columns = binColumns(X, rows, null, 255, random(1));
  for (const [name, maxLeaves, maxDepth, features, flat] of [
    ['leaf by leaf', 31, Infinity, 1, false],
    ['as deep as told, hessians alike', Infinity, 6, 1, true],
    ['with columns drawn at every node', 12, 5, 0.4, false],
    ['one column at a node', 12, 5, 0.01, false],
  ] as const)
    it(`grows the same trees: ${name}`, async () => {
      const how: BoostGrowth = { learningRate: 0.1, maxLeaves, maxDepth, minLeaf: 8, l2: 0.7, minHessian: 1e-3, features, flat };
      const grown: string[] = [];
      for (const hands of [undefined, threadsOf(1), threadsOf(2)]) {
        const g = grower(columns, n, 1, how, hands, undefined, always);
        try {
          for (let j = 0; j < X.cols; j++) writeBins(X, j, columns[j]!, rows, g.memory.u8, g.block(j));
          for (let i = 0; i < g.isOne.length; i++) g.isOne[i] = score[i]! > 0 ? 255 : 0;
          await expect.poll(() => g.shares, { timeout: 20_000 }).toBe(1 + (hands?.count ?? 0));
          const nodes = new Nodes(1);
          for (let round = 0; round < 3; round++) {
            if (flat) for (let i = 0; i < n; i++) g.memory.f32.set([g.raw[i]! - score[i]!, 1], (g.pairs >> 2) + 2 * i);
            else g.binary();
            const leaves = (await g.grow(nodes, 0, random(2 + round), pulse(context(), 1), 0))!;
            g.settle(0, leaves, nodes.value);
          }
          const form = nodes.form({ inputs: p, outputs: 1, link: 'identity', average: false, base: new Float64Array(1) });
          expect(form.feature.length).toBeGreaterThan(30);
          grown.push(bytesOf({ form, raw: g.raw.slice(), rows: g.rows.slice() }));
        } finally {
          g.close();
        }
      }
      expect(grown[1] === grown[0]).toBe(true);
      expect(grown[2] === grown[0]).toBe(true);
    });
});

it('a fit is the same with hands, early or late, and leaves them for the next', async () => {
  const { X, score } = table();
  const hands = threadsOf(1);
  for (const target of [
    { task: 'class', y: Int32Array.from(score, (s) => (s > 0.5 ? 1 : 0)), levels: ['no', 'yes'] },
    { task: 'class', y: Int32Array.from(score, (s) => (s > 1 ? 2 : s > 0 ? 1 : 0)), levels: ['a', 'b', 'c'] },
    { task: 'number', y: score },
  ] as const) {
    const params = checked(histGradientBoosting.params, { max_iter: 12, ...(target.task === 'number' ? { loss: 'quantile' } : {}) });
    const fit = (more: object) => histGradientBoosting.fit(X, target, params, { ...context(), ...more });
    expect(bytesOf(await fit({ hands })) === bytesOf(await fit({}))).toBe(true);
  }
});

/** Every buffer that plain data hold. */
function buffersOf(value: unknown, found = new Set<unknown>()): Set<unknown> {
  if (ArrayBuffer.isView(value)) found.add(value.buffer);
  else if (typeof value === 'object' && value !== null) for (const v of Object.values(value)) buffersOf(v, found);
  return found;
}

describe('the memory that is shared', () => {
  const { X, score } = table();
  const columns = binColumns(
    X,
    Uint32Array.from({ length: n }, (_, i) => i),
    null,
    255,
    random(1),
  );
  const how: BoostGrowth = { learningRate: 0.1, maxLeaves: 31, maxDepth: 6, minLeaf: 8, l2: 0, minHessian: 1e-3, features: 1, flat: true };
  const grow = (hands: Hands, scores = 1) => grower(columns, n, scores, how, hands, undefined, always);

  it('serves the next fit too, zeroed, once all hands are back', async () => {
    const hands = threadsOf(2);
    const first = grow(hands);
    // Someone is out: the next does without.
    expect(hands.count).toBe(0);
    const beside = grow(hands);
    expect(beside.memory.u8.buffer).toBeInstanceOf(ArrayBuffer);
    await expect.poll(() => first.shares, { timeout: 20_000 }).toBe(3);
    first.memory.u8.fill(7, 4096);
    first.close();
    await expect.poll(() => hands.count, { timeout: 20_000 }).toBe(2);
    const second = grow(hands);
    expect(second.memory.u8.buffer === first.memory.u8.buffer).toBe(true);
    expect(second.memory.u8.subarray(512, -65536).every((b) => b === 0)).toBe(true);
    await expect.poll(() => second.shares, { timeout: 20_000 }).toBe(3);
    second.close();
    // Closed before anyone came.
    await expect.poll(() => hands.count, { timeout: 20_000 }).toBe(2);
    grow(hands, 9).close();
    await expect.poll(() => hands.count, { timeout: 20_000 }).toBe(2);
  });

  it('never leaves the fit: what is kept of it stands in memory of its own', async () => {
    const params = checked(histGradientBoosting.params, { max_iter: 4 });
    const states: unknown[] = [];
    const save = (state: () => unknown) => void states.push(state());
    const form = await histGradientBoosting.fit(X, { task: 'number', y: score }, params, { ...context(), hands: threadsOf(1), save });
    const buffers = [...buffersOf([form, states])];
    expect(buffers.length).toBeGreaterThan(5);
    expect(buffers.every((b) => b instanceof ArrayBuffer)).toBe(true);
  });

  it('does without where nobody can be hired', async () => {
    const hands = handsOf(
      () => 3,
      () => {
        throw new Error('There are no threads here');
      },
    );
    const params = checked(histGradientBoosting.params, { max_iter: 3 });
    const fit = (more: object) => histGradientBoosting.fit(X, { task: 'number', y: score }, params, { ...context(), ...more });
    expect(bytesOf(await fit({ hands })) === bytesOf(await fit({}))).toBe(true);
    expect(hands.count).toBe(0);
  });
});

it('grows the same tree where its places lie beyond 2 GiB', async () => {
  // Memory that nobody touches costs nothing: only the pairs and scores of the first of so many classes are.
  const size = 100_000;
  const u = random(4);
  const X = matrix(size, 5);
  for (let i = 0; i < X.data.length; i++) X.data[i] = normal(u);
  const rows = Uint32Array.from({ length: size }, (_, i) => i);
  const columns = binColumns(X, rows, null, 255, random(1));
  const how: BoostGrowth = { learningRate: 0.1, maxLeaves: 8, maxDepth: 5, minLeaf: 20, l2: 0, minHessian: 1e-3, features: 1, flat: false };
  const grown: string[] = [];
  for (const scores of [2, 1400]) {
    const g = grower(columns, size, scores, how);
    for (let j = 0; j < X.cols; j++) writeBins(X, j, columns[j]!, rows, g.memory.u8, g.block(j));
    for (let i = 0; i < size; i++) g.memory.f32.set([X.data[i]! > 0.3 ? 1 : X.data[size + i]!, 0.25], g.pairs / 4 + 2 * i);
    const nodes = new Nodes(1);
    const leaves = (await g.grow(nodes, 0, random(2), pulse(context(), 1), 0))!;
    g.settle(0, leaves, nodes.value);
    if (scores > 2) expect(g.raw.byteOffset).toBeGreaterThan(2 ** 30);
    expect(leaves).toHaveLength(8);
    const form = nodes.form({ inputs: 5, outputs: 1, link: 'identity', average: false, base: new Float64Array(1) });
    grown.push(bytesOf({ form, raw: g.raw.slice(0, size) }));
  }
  expect(grown[1] === grown[0]).toBe(true);
});

describe('whether sharing pays', () => {
  /** Which ways are taken when a piece takes so long alone, and so long together. */
  const ways = (alone: number, shared: (i: number) => number, pieces: number): boolean[] => {
    const w = worth();
    return Array.from({ length: pieces }, (_, i) => {
      const way = w.next();
      w.took(way ? shared(i) : alone);
      return way;
    });
  };

  it('shares when it is quicker, and looks at the other way now and then', () => {
    const taken = ways(6, () => 4, 200).filter(Boolean).length;
    expect(taken).toBeGreaterThan(180);
    expect(taken).toBeLessThan(200);
  });

  it('leaves off when it is slower, and asks ever more rarely', () => {
    const asked = ways(6, () => 60, 2000).flatMap((way, i) => (way ? [i] : []));
    expect(asked.length).toBeLessThan(16);
    expect(asked.at(-1)! - asked.at(-2)!).toBeGreaterThan(300);
  });

  it('comes back to it when the cores are free again', () => {
    const taken = ways(6, (i) => (i < 100 ? 60 : 4), 400);
    expect(taken.slice(300).filter(Boolean).length).toBeGreaterThan(80);
  });

  it('ends a piece alone that takes too long together', () => {
    const w = worth();
    w.next();
    w.took(10);
    expect(w.next()).toBe(true);
    expect(w.tooLong(14)).toBe(false);
    expect(w.tooLong(16)).toBe(true);
  });
});
