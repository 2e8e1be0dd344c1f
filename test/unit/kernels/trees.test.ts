/** Rows down trees: WebAssembly equals its plain twin bit for bit, and a batch its rows one by one. */
import { describe, expect, it, vi } from 'vitest';
import type { Trees } from '../../../src/core/form.js';
import { matrix, take } from '../../../src/core/matrix.js';
import { normal, random } from '../../../src/core/random.js';
import { addShallow } from '../../../workers/forms/shallow-trees.js';
import { predictTrees } from '../../../workers/forms/trees.js';

const u = random(11);
const cols = 6;
/** Trees by chance; column 5 holds levels. `chain`: every left child is a leaf, so depth is the number of splits. */
function forest(trees: number, splits: number, width: number, chain = false): Trees {
  const scores = Math.max(2, width);
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const set: number[] = [];
  const roots: number[] = [];
  const leaf = () => {
    set.push(-1);
    left.push(0);
    right.push(0);
    threshold.push(0);
    return feature.push(-1) - 1;
  };
  for (let t = 0; t < trees; t++) {
    const open = [leaf()];
    roots.push(open[0]!);
    for (let s = 0; s < splits; s++) {
      const node = chain ? open.pop()! : open.splice(Math.floor(u() * open.length), 1)[0]!;
      feature[node] = chain ? 0 : Math.floor(u() * cols);
      // Cells and thresholds of column 1 are whole numbers, so that they meet.
      threshold[node] = chain ? -3 + (6 * s) / splits : feature[node] === 1 ? Math.round(2 * normal(u)) : normal(u);
      set[node] = feature[node] === 5 ? 2 * Math.floor(u() * 2) : -1;
      open.push((left[node] = leaf()), (right[node] = leaf()));
    }
  }
  const n = feature.length;
  return {
    form: 'trees', inputs: cols, outputs: scores, link: 'identity', average: trees % 2 === 0, width,
    base: Float64Array.from({ length: scores }, () => normal(u)),
    roots: Int32Array.from(roots), score: Int32Array.from(roots, (_, t) => (width > 1 ? -1 : t % scores)),
    feature: Int32Array.from(feature), threshold: Float32Array.from(threshold), left: Int32Array.from(left), right: Int32Array.from(right),
    missingLeft: Uint8Array.from({ length: n }, () => Math.floor(2 * u())), set: Int32Array.from(set),
    setWords: Uint32Array.of(1, 0b10110, 1, 0xf0f0f0f0),
    value: Float64Array.from({ length: n * width }, () => normal(u)), cover: new Float64Array(n).fill(1), gain: new Float64Array(n),
  }; // prettier-ignore
}
const X = matrix(2500, cols);
for (let i = 0; i < X.data.length; i++) X.data[i] = u() < 0.05 ? NaN : i < 5 * X.rows ? normal(u) : Math.floor(u() * 40);
for (let i = 0; i < X.rows; i++) X.data[X.rows + i] = Math.round(2 * X.data[X.rows + i]!) + 0;
X.data.set([Infinity, -Infinity, -0, 3.4028234663852886e38], 0);
X.data.set([-1, 255, 300, 0.5, 223, 224], 5 * X.rows);

describe.each([
  ['boosted', forest(9, 30, 1)],
  ['leaves that hold all scores', forest(4, 300, 3)],
  ['a chain deeper than rows are divided', forest(2, 500, 1, true)],
  ['lone leaves', forest(3, 0, 1)],
  ['as many leaves as a byte can name', forest(3, 255, 2)],
  ['one more', forest(3, 256, 1)],
  ['more thresholds a column than a byte can name', forest(60, 30, 1)],
])('%s', (_, form) => {
  const bytes = (a: Float64Array) => Buffer.from(a.buffer, a.byteOffset, a.byteLength);
  it('a batch equals its rows one by one, and without WebAssembly too', () => {
    const all = predictTrees(form, X);
    const ones = Buffer.concat(Array.from({ length: X.rows }, (_, i) => bytes(predictTrees(form, take(X, [i])))));
    expect(Buffer.compare(bytes(all), ones)).toBe(0);
    // Few rows go down the trees, many through small trees node by node.
    const few = take(
      X,
      Uint32Array.from({ length: 100 }, (_, i) => i),
    );
    expect(Buffer.compare(bytes(predictTrees(form, few)), ones.subarray(0, bytes(predictTrees(form, few)).length))).toBe(0);
    const compiled = vi.spyOn(WebAssembly, 'Instance');
    predictTrees(form, X);
    expect(compiled).toHaveBeenCalled();
    vi.stubGlobal('WebAssembly', undefined);
    try {
      expect(Buffer.compare(bytes(predictTrees(form, X)), ones)).toBe(0);
    } finally {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    }
  });
});

it('small trees take the way of all nodes, others do not', () => {
  const takes = (form: Trees) => addShallow(form, X, new Float64Array(X.rows * form.base.length));
  expect(takes(forest(9, 30, 1))).toBe(true);
  expect(takes(forest(3, 255, 2))).toBe(true);
  expect(takes(forest(3, 256, 1))).toBe(false);
  expect(takes(forest(60, 30, 1))).toBe(false);
});
