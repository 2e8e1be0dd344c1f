import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../../src/core/artifact.js';
import type { Inside } from '../../../src/core/inside.js';
import { boundary } from '../../../workers/judge.js';
import { insideOf } from '../../../workers/explain/inside/index.js';
import { nearestRows } from '../../../workers/explain/inside/witnesses.js';
import { askWitnesses } from '../../../workers/witness.js';
import { matrixOf } from '../../../workers/apply.js';
import { columnsAt } from '../../../workers/design.js';
import { Problem } from '../../../src/core/problem.js';
import { models } from '../../../workers/models/index.js';
import { quick } from '../../contract/cases.js';
import { designed, fit } from '../spine/made.js';

const plain = { recipe: [] };
const made = async (task: 'class' | 'number', model: string, params = {}) => {
  const d = designed(task, plain);
  const { artifact } = await fit(d, model, params);
  return { d, a: artifact! };
};
const look = <K extends Inside['kind']>(a: Artifact, kind: K, wanted = {}) => {
  const picture = insideOf(a, wanted);
  if (picture?.kind !== kind) throw new Error(`It is ${picture?.kind}`);
  return picture as Extract<Inside, { kind: K }>;
};

describe('a tree', () => {
  it('is drawn as questions; the rows of children add up to those of their parent', async () => {
    const { a, d } = await made('class', 'decision-tree', { max_depth: 4 });
    const { nodes, holds, trees } = look(a, 'trees');
    expect(trees).toBe(1);
    expect(holds).toBe('probabilities');
    expect(nodes[0]!.rows).toBe(d.training.length);
    expect(nodes[0]!.asks).toMatch(/ ≤ | is /);
    nodes.forEach((n, i) => {
      const children = nodes.filter((c) => c.parent === i);
      expect(children.length).toBe(n.asks === null ? 0 : 2);
      if (children.length) {
        expect(children[0]!.rows + children[1]!.rows).toBeCloseTo(n.rows, 9);
        expect(children.map((c) => c.yes)).toEqual([true, false]);
      }
      expect(n.values.reduce((s, v) => s + v, 0)).toBeCloseTo(1, 9);
    });
  });

  it('of many, the one asked for; what lies too deep is counted', async () => {
    const { a } = await made('number', 'random-forest', { n_estimators: 5 });
    const first = look(a, 'trees');
    const third = look(a, 'trees', { tree: 2 });
    expect(third.shown).toBe(2);
    expect(third.nodes).not.toEqual(first.nodes);
    expect(look(a, 'trees', { tree: 99 }).shown).toBe(4);
    expect(first.gain.reduce((s, g) => s + g.share, 0)).toBeCloseTo(1, 6);
    if (a.form.form !== 'trees') throw new Error('trees');
    const { feature, left, right, roots } = a.form;
    let splits = 0;
    const down = (node: number): void => {
      if (feature[node]! < 0) return;
      splits++;
      down(left[node]!);
      down(right[node]!);
    };
    down(roots[0]!);
    expect(first.nodes.filter((n) => n.asks !== null).length + first.nodes.reduce((s, n) => s + n.hidden, 0)).toBe(splits);
  });

  it('names levels and not codes', async () => {
    const hot = await made('class', 'decision-tree', { max_depth: 6 });
    const native = await made('class', 'hist-gradient-boosting', { max_iter: 3 });
    const asked = [...look(hot.a, 'trees').nodes, ...look(native.a, 'trees', { tree: 0 }).nodes].map((n) => n.asks ?? '').join('\n');
    expect(asked).not.toMatch(/town=|level \d/);
  });
});

it('weighted sums say each weight once, largest first, and what was left at 0', async () => {
  const { a } = await made('number', 'linear', { penalty: 'l1', alpha: 2 });
  const { scores } = look(a, 'coefficients');
  const { rows, zero } = scores[0]!;
  expect(rows.length + zero).toBe(a.features.length);
  expect(zero).toBeGreaterThan(0);
  for (let i = 1; i < rows.length; i++) expect(Math.abs(rows[i]!.weight)).toBeLessThanOrEqual(Math.abs(rows[i - 1]!.weight));
  const ols = look((await made('number', 'linear', { penalty: 'none' })).a, 'coefficients');
  expect(ols.scores[0]!.rows.some((r) => r.low !== null && r.low < r.weight && r.high! > r.weight)).toBe(true);
  expect(ols.says.join(' ')).toMatch(/Explains \d/);
});

it('a network shows its layers, and of wide ones the strongest units', async () => {
  const { a } = await made('class', 'neural-network', { hidden_layer_sizes: [30, 4], max_iter: 2 });
  const { layers, weights, parameters } = look(a, 'network');
  expect(layers.map((l) => l.units)).toEqual([a.features.length, 30, 4, 1]);
  expect(layers[1]!.shown.length).toBe(12);
  expect(weights.map((w) => [w.length, w[0]!.length])).toEqual([
    [Math.min(12, a.features.length), 12],
    [12, 4],
    [4, 1],
  ]);
  expect(parameters).toBe(a.features.length * 30 + 30 + 30 * 4 + 4 + 4 + 1);
});

it('models of similarity say how many rows they remember', async () => {
  const near = await made('class', 'k-nearest-neighbours');
  const remembered = look(near.a, 'remembered');
  expect(remembered.rows).toBe(near.d.training.length);
  expect(remembered.counts.reduce((s, c) => s + c.rows, 0)).toBe(remembered.rows);
  const machine = look((await made('class', 'support-vector-machine')).a, 'remembered');
  expect(machine.what).toBe('support');
  expect(machine.counts.reduce((s, c) => s + c.rows, 0)).toBe(machine.rows);
});

describe('the boundary', () => {
  it('answers over two columns what the model answers there', async () => {
    const { a, d } = await made('class', 'logistic');
    const b = boundary(d, a, 'age', 'town');
    expect(b.cells.length).toBe(b.atA.length * b.atB.length);
    expect(b.atB).toContain('Ulm');
    expect(b.cells.every((c) => c.p >= 0.5 && c.p <= 1)).toBe(true);
    // Older people say yes: the class must change along age.
    expect(new Set(b.cells.map((c) => c.c)).size).toBe(2);
    expect(b.others.map((o) => o.name)).toEqual(['fare', 'twin', 'note', 'born']);
    expect(b.points.length).toBeGreaterThan(50);
    expect(() => boundary(d, a, 'age', 'value')).toThrow(/value/);
  });
});

describe('witnesses', () => {
  it('neighbours come nearest first with their own cells', async () => {
    const { a, d } = await made('class', 'k-nearest-neighbours', { k: 4 });
    const [first] = columnsAt(d, d.training.slice(0, 1));
    const w = await askWitnesses(a, { age: '40', fare: '2', twin: '80', town: 'Ulm', note: 'good', born: '2000-03-04' }, d);
    expect(w.neighbours.length).toBe(4);
    expect(w.neighbours.map((n) => n.distance)).toEqual([...w.neighbours.map((n) => n.distance)].sort((p, q) => p - q));
    expect(w.neighbours.every((n) => n.cells.length === w.names.length && ['yes', 'no'].includes(n.answer))).toBe(true);
    expect(first).toBeDefined();
    expect((await askWitnesses(a, { age: '40' }, null)).neighbours).toEqual([]);
  });

  it('neighbours show no cells of rows that the model was not fitted on', async () => {
    const { a, d } = await made('class', 'k-nearest-neighbours', { k: 4 });
    // The same number of rows, cut in another way; the same cut with another recipe.
    for (const more of [
      { ...plain, seed: 99 },
      { recipe: [] as const, split: { ...d.workflow.split, holdout: 0.26 } },
    ]) {
      const other = designed('class', more);
      expect((await askWitnesses(a, { age: '40', fare: '2', twin: '80', town: 'Ulm' }, other)).neighbours).toEqual([]);
    }
  });

  it('a training row is its own nearest neighbour', async () => {
    const { a, d } = await made('number', 'k-nearest-neighbours');
    const rows = d.training.slice(7, 8);
    const X = matrixOf(
      a.recipe,
      columnsAt(d, rows).filter((c) => a.inputs.some((i) => i.name === c.name)),
    );
    if (a.form.form !== 'neighbours') throw new Error('neighbours');
    expect(nearestRows(a.form, X, 1)).toEqual([{ row: 7, distance: 0 }]);
  });

  it('every tree of a forest votes once', async () => {
    for (const task of ['class', 'number'] as const) {
      const { a } = await made(task, 'random-forest', { n_estimators: 9 });
      const { votes } = await askWitnesses(a, { age: '40', town: 'Bonn' }, null);
      expect(votes!.reduce((s, v) => s + v.count, 0)).toBe(9);
    }
  });
});

describe('every model', () => {
  const finite = (v: unknown, at: string): void => {
    if (typeof v === 'number') expect(Number.isFinite(v), at).toBe(true);
    else if (typeof v === 'object' && v !== null) for (const [k, x] of Object.entries(v)) finite(x, `${at}.${k}`);
    else expect(typeof v, at).toMatch(/string|boolean|undefined|object/);
  };
  for (const m of models.values())
    for (const task of m.tasks)
      it(`${m.id}, a ${task}: can be looked into, member by member, and nothing in it is infinite`, async () => {
        const d = designed(task, plain, 80);
        if (m.whyNot?.({ rows: d.training.length, cols: 8, task, classes: task === 'class' ? 2 : 0 })) return;
        const { artifact } = await fit(d, m.id, quick[m.id] ?? {}).catch((error: unknown) => {
          if (error instanceof Problem) return { artifact: null };
          throw error;
        });
        if (!artifact) return;
        const visit = (path: readonly number[]): void => {
          const picture = insideOf(artifact, { path });
          finite(picture, m.id);
          if (picture?.kind === 'parts' && path.length < 3) picture.parts.forEach((_, i) => visit([...path, i]));
        };
        visit([]);
      });
});
