/** A member gets the matrix as its recipe would have made it had it stood alone. */
import { describe, expect, it } from 'vitest';
import { column, type Matrix } from '../../../src/core/matrix.js';
import type { Model, Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { random, splitSeed } from '../../../src/core/random.js';
import type { Column } from '../../../src/core/table.js';
import { takeColumn } from '../../../src/core/table.js';
import { encode } from '../../../workers/forms/encoded.js';
import { predict } from '../../../workers/forms/index.js';
import { learnEncoding } from '../../../workers/models/combined/encode.js';
import { fitMember } from '../../../workers/models/combined/members.js';
import { plain } from '../../../workers/models/plain.js';
import { toMatrix } from '../../../workers/steps/matrix.js';
import { applyRecipe, fitRecipe } from '../../../workers/steps/recipe.js';
import { bytesOf, context, quickParams } from '../../contract/cases.js';

const ROWS = 240;
const u = random(7);
const numbers = (name: string, make: () => number): Column => ({
  name,
  kind: 'number',
  values: Float64Array.from({ length: ROWS }, () => Math.fround(make())),
});
const levels = (name: string, of: readonly string[], missing: number, lean = 1): Column => ({
  name,
  kind: 'category',
  levels: of,
  codes: Int32Array.from({ length: ROWS }, () => (u() < missing ? -1 : Math.floor(u() ** lean * of.length))),
});
/** Numbers with gaps, a constant, ties; categories with gaps, with levels that never occur, with more levels than get columns. */
const columns: readonly Column[] = [
  numbers('a', () => 10 + u()),
  numbers('gaps', () => (u() < 0.3 ? NaN : 1000 * u())),
  levels('colour', ['red', 'blue', 'green', 'never'], 0.1, 1.4),
  numbers('same', () => 3.25),
  numbers('ties', () => Math.floor(4 * u())),
  levels(
    'many',
    Array.from({ length: 130 }, (_, i) => `place ${i}`),
    0.02,
    2,
  ),
  levels('size', ['10', '9', '100'], 0),
];
const alone = (m: Model, rows: Uint32Array) =>
  fitRecipe(
    [],
    columns.map((c) => takeColumn(c, rows)),
    undefined,
    1,
    m.takes,
  );
const raw = plain.get('hist-gradient-boosting')!;
const train = Uint32Array.from({ length: 180 }, (_, i) => i);
const test = Uint32Array.from({ length: 60 }, (_, i) => 180 + i);
const common = alone(raw, train);
const X = toMatrix(common.columns);
const Xtest = toMatrix(
  applyRecipe(
    common.fitted,
    columns.map((c) => takeColumn(c, test)),
  ),
);
/** Levels of the test rows that training lacks are missing here and no level at all there, so those rows tell nothing of the encoding. */
const known = (row: number) =>
  columns.every((c) => c.kind !== 'category' || c.codes[row]! < 0 || train.some((i) => c.codes[i] === c.codes[row]));
const shared = test.filter(known);

/** Columns that are not the same to the last digit. */
const differing = (a: Matrix, b: Matrix): string[] => b.names.filter((_, j) => column(a, j).some((v, i) => !Object.is(v, column(b, j)[i])));

const kinds = new Map([...plain.values()].map((m) => [`${m.takes.missing}${m.takes.categories}${m.takes.scaled}`, m]));
describe.each([...kinds.values()].map((m) => [JSON.stringify([m.takes.missing, m.takes.categories, m.takes.scaled]), m] as const))(
  'missing, categories, scaled: %s',
  (_, m) => {
    it('makes the same matrix, cell by cell', () => {
      const encoding = learnEncoding(m.takes, X);
      const { fitted, columns: made } = alone(m, train);
      const want = toMatrix(made);
      const got = encoding ? encode(encoding, X) : X;
      expect(got.cols).toBe(want.cols);
      expect(differing(got, want)).toEqual([]);
      expect(got.levels).toEqual(want.levels);
      const wanted = toMatrix(
        applyRecipe(
          fitted,
          columns.map((c) => takeColumn(c, shared)),
        ),
      );
      const rows = toMatrix(
        applyRecipe(
          common.fitted,
          columns.map((c) => takeColumn(c, shared)),
        ),
      );
      expect(shared.length).toBeGreaterThan(20);
      expect(differing(encoding ? encode(encoding, rows) : rows, wanted)).toEqual([]);
    });
  },
);

const targets: readonly Target[] = [
  { task: 'number', y: Float64Array.from(train, (i) => X.data[i]! * 3 + i / 100) },
  { task: 'class', y: Int32Array.from(train, (i) => (X.data[i]! > 10.4 ? 1 : 0)), levels: ['no', 'yes'] },
];
describe('models behind their preparation', () => {
  it.each(['linear', 'logistic', 'k-nearest-neighbours', 'random-forest'])('%s predicts as it does alone', async (id) => {
    const m = plain.get(id)!;
    for (const target of targets.filter((t) => m.tasks.includes(t.task))) {
      const seed = splitSeed(5, id);
      const params = checked(m.params, quickParams(m));
      const member = await fitMember({ model: m, params, share: 1, cost: 1 }, X, target, { ...context(), random: random(seed) });
      const made = toMatrix(alone(m, train).columns);
      const own = await m.fit(made, target, params, { ...context(), random: random(seed) });
      expect(member.form).toBe('encoded');
      expect(bytesOf(predict(member, X))).toBe(bytesOf(predict(own, made)));
      expect(predict(member, Xtest).every(Number.isFinite)).toBe(true);
    }
  });
});
