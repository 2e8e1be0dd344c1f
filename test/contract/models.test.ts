/** What every model keeps (HOUSE: contract). Slow models are asked with fewer rounds: see `quick` in cases.ts. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../src/core/artifact.js';
import type { Form } from '../../src/core/form.js';
import { matrix, take, type Matrix } from '../../src/core/matrix.js';
import { takeTarget, type Model, type Target } from '../../src/core/model.js';
import { checked, type Values } from '../../src/core/param.js';
import type { Plain } from '../../src/core/plain.js';
import { Problem } from '../../src/core/problem.js';
import { random, splitSeed } from '../../src/core/random.js';
import { checkForm, predict } from '../../workers/forms/index.js';
import { models } from '../../workers/models/index.js';
import { bytesOf, clouds, context, draw, LEVELS, numbers, ordinary, quick, quickParams, SEED, suited, type Case } from './cases.js';
import { expecting } from './known.js';

const fit = (m: Model, c: { X: Matrix; target: Target }, given: Values = {}, ctx = context()): Promise<Form> =>
  m.fit(c.X, c.target, checked(m.params, quickParams(m, given)), ctx);

/** Finite, and for classes in [0, 1] with rows that sum to 1. */
function sane(form: Form, X: Matrix): Float64Array {
  const p = predict(form, X);
  expect(p.length).toBe(X.rows * form.outputs);
  for (const v of p) if (!Number.isFinite(v)) throw new Error(`a prediction is ${v}`);
  if (form.outputs > 1) {
    for (let i = 0; i < X.rows; i++) {
      let sum = 0;
      for (let k = 0; k < form.outputs; k++) {
        const v = p[i * form.outputs + k]!;
        if (v < 0 || v > 1) throw new Error(`a probability is ${v}`);
        sum += v;
      }
      expect(sum).toBeCloseTo(1, 9);
    }
  }
  return p;
}

function far(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!) / (1 + Math.abs(b[i]!)));
  return most;
}

const elsewhere = new Map<string, string>();
/** Fits every ordinary case in another process, once for the whole suite. */
function inAnotherProcess(id: string): string {
  if (elsewhere.size === 0) {
    const script = fileURLToPath(new URL('./elsewhere.ts', import.meta.url));
    const out = execFileSync(process.execPath, ['--import', 'tsx', script], { encoding: 'utf8', maxBuffer: 2 ** 28 });
    for (const [key, bytes] of JSON.parse(out.slice(out.indexOf('['))) as [string, string][]) elsewhere.set(key, bytes);
  }
  return elsewhere.get(id) ?? 'not fitted there';
}

describe.each([...models])('%s', (id, m) => {
  const check = (title: string, run: () => void | Promise<void>) => it(title, () => expecting(`models/${id}`, title, run));
  const casesOf = (rows?: number, cols?: number): Case[] => ordinary(m.tasks, rows, cols).map((c) => suited(m, c));
  const each = (title: string, run: (c: Case) => Promise<void>, cases = casesOf()) =>
    check(title, async () => {
      for (const c of cases) {
        try {
          await run(c);
        } catch (error) {
          if (error instanceof Error) error.message = `${c.name}: ${error.message}`;
          throw error;
        }
      }
    });

  check('declares what it takes', () => {
    expect(m.tasks.length).toBeGreaterThan(0);
    expect(m.when.trim()).toMatch(/\.$/);
    for (const task of m.tasks) {
      const shape = { rows: 1000, cols: 10, task, classes: task === 'class' ? 3 : 0 };
      expect(m.whyNot?.(shape) ?? null).toBeNull();
      const cost = m.cost?.(shape, checked(m.params, {}));
      const more = m.cost?.({ ...shape, rows: 100_000 }, checked(m.params, {}));
      for (const v of [cost?.operations ?? 1, cost?.bytes ?? 1]) expect(Number.isFinite(v) && v >= 0).toBe(true);
      if (cost && more) expect(more.operations).toBeGreaterThan(cost.operations);
    }
  });

  each('fits and predicts sanely', async ({ X, target }) => {
    const form = await fit(m, { X, target });
    expect(form.inputs).toBe(X.cols);
    expect(form.outputs).toBe(target.task === 'class' ? target.levels.length : 1);
    sane(form, X);
  });

  each('same seed, same bytes', async (c) => {
    const first = bytesOf(await fit(m, c));
    expect(bytesOf(await fit(m, c))).toBe(first);
    expect(inAnotherProcess(`${id} ${c.name}`)).toBe(first);
  });

  each('leaves its inputs as they were', async (c) => {
    const weighted = m.takes.weights ? { ...c, target: { ...c.target, weight: new Float64Array(c.X.rows).fill(1) } } : c;
    const before = bytesOf(weighted);
    await fit(m, weighted);
    expect(bytesOf(weighted)).toBe(before);
  });

  each('packed and unpacked, predicts the same', async (c) => {
    const form = await fit(m, c);
    const back = checkForm(unpack(pack(form as unknown as Plain)).state);
    expect(bytesOf(predict(back, c.X))).toBe(bytesOf(predict(form, c.X)));
    expect(bytesOf(structuredClone(form))).toBe(bytesOf(form));
  });

  each('a batch equals its rows one by one', async ({ X, target }) => {
    const form = await fit(m, { X, target });
    const all = predict(form, X);
    for (let i = 0; i < X.rows; i++) {
      expect([...predict(form, take(X, [i]))]).toEqual([...all.subarray(i * form.outputs, (i + 1) * form.outputs)]);
    }
    expect(predict(form, take(X, [])).length).toBe(0);
  });

  for (const [name, { X, target }] of Object.entries(hardShapes())) {
    if (!m.tasks.includes(target.task)) continue;
    check(`hard shape: ${name}`, async () => {
      let form: Form;
      try {
        form = await fit(m, { X, target });
      } catch (error) {
        if (error instanceof Problem) return;
        throw error;
      }
      sane(checkForm(form), X);
    });
  }

  check('missing values are taken or refused, as declared', async () => {
    for (const c of casesOf()) {
      const X = { ...c.X, data: c.X.data.slice() };
      for (let i = 0; i < X.data.length; i += 7) X.data[i] = NaN;
      if (m.takes.missing) sane(await fit(m, { X, target: c.target }), X);
      else await expect(fit(m, { X, target: c.target })).rejects.toMatchObject({ name: 'Problem', code: 'fit/missing' });
    }
  });

  check('nothing to learn from is refused', async () => {
    for (const c of casesOf()) {
      await expect(fit(m, { X: take(c.X, []), target: takeTarget(c.target, []) })).rejects.toMatchObject({ code: 'fit/no-rows' });
      if (c.target.task === 'class') {
        const one: Target = { task: 'class', y: new Int32Array(c.X.rows), levels: ['only'] };
        await expect(fit(m, { X: c.X, target: one })).rejects.toMatchObject({ code: 'fit/one-class' });
      }
    }
  });

  if (m.tasks.includes('class')) {
    check('a level that training lacks gets next to no probability', async () => {
      const { X, target } = suited(m, clouds(60, 3, 3));
      const form = await fit(m, { X, target: { ...target, levels: ['absent', ...target.levels], y: target.y.map((k) => k + 1) } });
      const p = sane(form, X);
      for (let i = 0; i < X.rows; i++) expect(p[i * 4]).toBeLessThan(0.05);
    });
    // With chance in it, which class comes first decides which draws it gets.
    if (!m.takes.chance) {
      check('renaming levels only moves the probabilities', async () => {
        for (const classes of [2, 3]) {
          const { X, target } = suited(m, clouds(60, 3, classes));
          const move = (k: number) => (k + 1) % classes;
          const a = predict(await fit(m, { X, target }), X);
          const b = predict(await fit(m, { X, target: { ...target, y: target.y.map(move) } }), X);
          const moved = Float64Array.from(a, (_, i) => b[i - (i % classes) + move(i % classes)]!);
          expect(far(a, moved)).toBeLessThan(1e-5);
        }
      });
    }
  }

  if (m.takes.weights) {
    each('a row of weight 0 has no say', async ({ X, target }) => {
      const weight = Float64Array.from({ length: X.rows }, (_, i) => (i % 4 === 3 ? 0 : 1));
      const twisted: Target =
        target.task === 'class'
          ? { ...target, weight, y: target.y.map((k, i) => (weight[i] === 0 ? (k + 1) % target.levels.length : k)) }
          : { ...target, weight, y: target.y.map((v, i) => (weight[i] === 0 ? -100 * v : v)) };
      expect(
        far(predict(await fit(m, { X, target: twisted }), X), predict(await fit(m, { X, target: { ...target, weight } }), X)),
      ).toBeLessThan(1e-9);
    });
    // Draws are dealt out row by row: with other rows, other draws.
    if (!m.takes.chance) {
      each('weight 2 is the row twice, weight 0 the row not at all', async ({ X, target }) => {
        const weight = Float64Array.from({ length: X.rows }, (_, i) => i % 3);
        const rows = Array.from({ length: X.rows }, (_, i) => i).flatMap((i) => new Array<number>(i % 3).fill(i));
        const weighted = predict(await fit(m, { X, target: { ...target, weight } }), X);
        const repeated = predict(await fit(m, { X: take(X, rows), target: takeTarget(target, rows) }), X);
        expect(far(weighted, repeated)).toBeLessThan(1e-5);
      });
    }
  }

  each('hears a stop, and leaves a form that works', async (c) => {
    const told = context();
    await fit(m, c, {}, told);
    expect(told.told.length).toBeGreaterThan(0);
    const { of } = told.told[0]!;
    let done = 0;
    for (const t of told.told) {
      expect(t.of).toBe(of);
      expect(t.done).toBeGreaterThanOrEqual(done);
      expect(t.done).toBeLessThanOrEqual(of);
      done = t.done;
    }
    for (const at of new Set([0, Math.floor(told.told.length / 2)])) {
      const ctx = context(SEED, at);
      sane(checkForm(await fit(m, c, {}, ctx)), c.X);
      expect(ctx.told.length, 'no report after “stop”').toBeLessThanOrEqual(at + 1);
    }
  });

  check('twenty draws of its parameters work', async () => {
    const u = random(splitSeed(SEED, id));
    for (let i = 0; i < 20; i++) {
      const cases = casesOf(30, 3);
      const c = cases[i % cases.length]!;
      const values = { ...draw(m.params, u), ...quick[id] };
      try {
        sane(checkForm(await m.fit(c.X, c.target, checked(m.params, values), context())), c.X);
      } catch (error) {
        if (error instanceof Problem) continue;
        if (error instanceof Error) error.message = `${c.name}, ${JSON.stringify(values)}: ${error.message}`;
        throw error;
      }
    }
  });

  if (id !== 'baseline') {
    each(
      'beats the baseline where it is easy',
      async ({ X, target }) => {
        const train = Array.from({ length: 200 }, (_, i) => i);
        const test = Array.from({ length: 100 }, (_, i) => 200 + i);
        const learn = { X: take(X, train), target: takeTarget(target, train) };
        const slow: Values = m.family === 'neural' ? { max_iter: 60, learning_rate_init: 0.02 } : {};
        const mine = loss(await fit(m, learn, slow), take(X, test), takeTarget(target, test));
        const base = loss(await fit(models.get('baseline')!, learn), take(X, test), takeTarget(target, test));
        expect(mine).toBeLessThan(0.7 * base);
      },
      casesOf(300, 4),
    );
  }
});

/** Share of wrong answers, or mean squared error. */
function loss(form: Form, X: Matrix, target: Target): number {
  const p = predict(form, X);
  let sum = 0;
  for (let i = 0; i < X.rows; i++) {
    if (target.task === 'number') sum += (p[i]! - target.y[i]!) ** 2;
    else {
      const own = p.subarray(i * form.outputs, (i + 1) * form.outputs);
      sum += own.indexOf(Math.max(...own)) === target.y[i] ? 0 : 1;
    }
  }
  return sum / X.rows;
}

function hardShapes(): Record<string, { X: Matrix; target: Target }> {
  const out: Record<string, { X: Matrix; target: Target }> = {};
  const both = (name: string, X: Matrix) => {
    out[`${name}, number`] = { X, target: { task: 'number', y: Float64Array.from({ length: X.rows }, (_, i) => Math.sin(i) + (i % 3)) } };
    out[`${name}, classes`] = {
      X,
      target: { task: 'class', y: Int32Array.from({ length: X.rows }, (_, i) => (i * 7) % 3), levels: LEVELS.slice(0, 3) },
    };
  };
  const base = numbers(30, 4).X;
  const change = (edit: (data: Float32Array) => void) => {
    const data = base.data.slice();
    edit(data);
    return { ...base, data };
  };
  both('one column', numbers(30, 1).X);
  both(
    'a constant column',
    change((d) => d.fill(3, 0, 30)),
  );
  both('nothing but constants', matrix(30, 2, new Float32Array(60).fill(-7)));
  both(
    'twin columns',
    change((d) => d.copyWithin(30, 0, 30)),
  );
  both('fewer rows than columns', numbers(6, 20).X);
  both('two rows', numbers(2, 3).X);
  both('one row', numbers(1, 3).X);
  both(
    'values near 1e30',
    change((d) => d.forEach((v, i) => (d[i] = v * 1e30))),
  );
  both(
    'values near 1e-30',
    change((d) => d.forEach((v, i) => (d[i] = v * 1e-30))),
  );
  both(
    'columns of very different size',
    change((d) => d.forEach((v, i) => (d[i] = i < 30 ? v * 1e30 : i < 60 ? v * 1e-30 : v))),
  );
  both(
    'an all-missing column',
    change((d) => d.fill(NaN, 30, 60)),
  );
  both(
    'an infinite value',
    change((d) => (d[3] = Infinity)),
  );
  out['one class present'] = { X: base, target: { task: 'class', y: new Int32Array(30).fill(1), levels: LEVELS.slice(0, 2) } };
  out['one class present of four'] = { X: base, target: { task: 'class', y: new Int32Array(30).fill(2), levels: LEVELS } };
  out['a target that never changes'] = { X: base, target: { task: 'number', y: new Float64Array(30).fill(4.5) } };
  out['a target near 1e30'] = { X: base, target: { task: 'number', y: Float64Array.from({ length: 30 }, (_, i) => i * 1e29) } };
  out['a target near 1e-30'] = { X: base, target: { task: 'number', y: Float64Array.from({ length: 30 }, (_, i) => i * 1e-31) } };
  out['classes apart'] = {
    X: matrix(
      20,
      1,
      Float32Array.from({ length: 20 }, (_, i) => (i < 10 ? -1 : 1)),
    ),
    target: { task: 'class', y: Int32Array.from({ length: 20 }, (_, i) => (i < 10 ? 0 : 1)), levels: LEVELS.slice(0, 2) },
  };
  return out;
}
