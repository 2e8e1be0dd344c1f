/** Parts of an additive model as pictures say what the model says. */
import { describe, expect, it } from 'vitest';
import type { Additive, AdditiveTerm } from '../../../src/core/form.js';
import { matrix } from '../../../src/core/matrix.js';
import { shapesOf } from '../../../workers/explain/shapes.js';
import { contributions } from '../../../workers/forms/index.js';

const none = new Float64Array(0);
const term = (axes: AdditiveTerm['axes'], values: number[], more: Partial<AdditiveTerm> = {}): AdditiveTerm => ({
  axes,
  values: Float64Array.from(values),
  slopes: none,
  spread: none,
  counts: none,
  ...more,
});
const names = { columns: ['age', 'town', 'height'], categories: [[], ['Ulm', 'Bonn', 'Kiel'], []], levels: ['no', 'yes'] };
const steps = { column: 0, shape: 'constant', at: Float64Array.of(10, 20, 40) } as const;
const towns = { column: 1, shape: 'levels', at: Float64Array.of(0, 2) } as const;
const form = (...terms: AdditiveTerm[]): Additive => ({
  form: 'additive',
  link: 'sigmoid',
  inputs: 3,
  outputs: 2,
  bias: Float64Array.of(0.5),
  terms,
});

describe('one column', () => {
  it('steps begin at their edges, the last is drawn to its end; missing values stand apart; margins at 1.96', () => {
    const { terms, scores } = shapesOf(
      form(term([steps], [1, 2, 3, 4, 9], { spread: Float64Array.of(0.1, 0.1, 0.1, 1, 5), counts: Float64Array.of(5, 5, 5, 5, 2) })),
      names,
    );
    expect(scores).toEqual(['yes']);
    expect(terms[0]).toMatchObject({
      names: ['age'],
      axes: [{ kind: 'steps', at: [-5, 10, 20, 40, 55] }],
      values: [1, 2, 3, 4, 4],
      rows: [5, 5, 5, 5, 0],
      missing: { values: [9], rows: 2 },
      strength: (5 * 10 + 18) / 22,
    });
    expect(terms[0]!.high!.map((v, i) => v - terms[0]!.values[i]!)).toEqual([0.1, 0.1, 0.1, 1, 1].map((v) => expect.closeTo(1.96 * v, 12)));
    expect(terms[0]!.low![3]).toBeCloseTo(4 - 1.96, 12);
  });

  it('one edge is enough, and none at all', () => {
    const at = (...edges: number[]) => ({ ...steps, at: Float64Array.from(edges) });
    expect(shapesOf(form(term([at(0)], [1, 2, 0])), names).terms[0]!.axes[0]!.at).toEqual([-1, 0, 1]);
    expect(shapesOf(form(term([at()], [1, 0])), names).terms[0]).toMatchObject({ values: [1, 1], axes: [{ kind: 'steps' }] });
  });

  it('levels by name; missing is told only where it says something', () => {
    const [first] = shapesOf(form(term([towns], [-1, 2, 0])), names).terms;
    expect(first).toMatchObject({ axes: [{ kind: 'levels', at: ['Ulm', 'Kiel'] }], values: [-1, 2], rows: [] });
    expect(first).not.toHaveProperty('missing');
    expect(shapesOf(form(term([towns], [-1, 2, 0.5])), names).terms[0]!.missing).toEqual({ values: [0.5], rows: null });
  });

  it('a curve is told at its knots and between them, as the model has it; rows stay as many', () => {
    const axis = { column: 2, shape: 'cubic', at: Float64Array.of(0, 1, 3) } as const;
    const slopes = Float64Array.of(2, 1, 3, 0);
    const counts = Float64Array.of(7, 20, 3, 0);
    const made = form(term([axis], [1, 2, 4, 0], { slopes, counts, spread: Float64Array.of(0.5, 0.1, 0.3, 0) }));
    const [first] = shapesOf(made, names).terms;
    const x = first!.axes[0]!.at as number[];
    expect(x).toHaveLength(17);
    expect([x[0], x[8], x[16]]).toEqual([0, 1, 3]);
    const asked = matrix(17, 3, Float32Array.from([...new Array<number>(34).fill(0), ...x]));
    const { values } = contributions(made, asked)!;
    first!.values.forEach((v, i) => expect(v).toBeCloseTo(values[3 * i + 2]!, 12));
    expect(first!.rows.reduce((a, b) => a + b)).toBeCloseTo(30, 10);
    expect(first!.high![4]! - first!.values[4]!).toBeCloseTo(1.96 * 0.3, 10);
  });
});

describe('two columns and several scores', () => {
  it('a map has a cell for each pair; what is missing is left out', () => {
    const [first] = shapesOf(form(term([towns, steps], [1, 2, 3, 4, 90, 5, 6, 7, 8, 90, 90, 90, 90, 90, 90])), names).terms;
    expect(first).toMatchObject({
      names: ['town', 'age'],
      axes: [
        { kind: 'levels', at: ['Ulm', 'Kiel'] },
        { kind: 'steps', at: [-5, 10, 20, 40] },
      ],
      values: [1, 2, 3, 4, 5, 6, 7, 8],
    });
  });

  it('terms that push most come first; every class is named', () => {
    const made: Additive = {
      ...form(term([towns], [1, -1, 0, 0, 0, 1, 0, 0, 0]), term([steps], new Array<number>(15).fill(2))),
      link: 'softmax',
      outputs: 3,
      bias: Float64Array.of(0, 0, 0),
    };
    const told = shapesOf(made, { ...names, levels: ['a', 'b', 'c'] });
    expect(told.scores).toEqual(['a', 'b', 'c']);
    expect(told.terms.map((t) => t.names[0])).toEqual(['age', 'town']);
    expect(told.terms[1]!.values).toEqual([1, -1, 0, 0, 0, 1]);
  });
});
