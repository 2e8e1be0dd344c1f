/** Isolation forests: path lengths and scores are scikit-learn’s on its trees, and nearly so on ours. */
import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import { checked } from '../../../src/core/param.js';
import { rawScores } from '../../../workers/forms/index.js';
import { anomalyScore, averagePath, writePaths } from '../../../workers/models/tree/isolation.js';
import { isolationDetector } from '../../../workers/models/tree/isolation-forest.js';
import { Nodes } from '../../../workers/models/tree/nodes.js';
import { context } from '../../contract/cases.js';
import { holder } from '../close.js';

interface Golden {
  rows: number;
  cols: number;
  X: number[];
  sizes: number[];
  paths: number[];
  samples: number;
  trees: { feature: number[]; threshold: number[]; left: number[]; right: number[]; cover: number[] }[];
  scores: number[];
  many: number[];
}
const g = JSON.parse(readFileSync(new URL('./isolation.json', import.meta.url), 'utf8')) as Golden;
const X = matrix(g.rows, g.cols, Float32Array.from(g.X));
const hold = holder('Isolation forest', 'scikit-learn');
const below = (v: number): number => {
  const f = Math.fround(v);
  return f <= v ? f : Math.fround(v - Math.abs(v) * 2 ** -24);
};

it('the average path of n rows', () => {
  g.sizes.forEach((n, i) => hold('average path', Math.abs(averagePath(n) - g.paths[i]!), 5e-13));
});

it('scores of given trees', () => {
  const nodes = new Nodes(1);
  for (const t of g.trees) {
    const root = nodes.count;
    for (const cover of t.cover) nodes.add(cover);
    t.feature.forEach((f, i) => {
      if (f < 0) return;
      nodes.feature[root + i] = f;
      nodes.threshold[root + i] = below(t.threshold[i]!);
      nodes.left[root + i] = root + t.left[i]!;
      nodes.right[root + i] = root + t.right[i]!;
    });
    writePaths(nodes, root);
    nodes.root(root, 0);
  }
  const form = nodes.form({ inputs: g.cols, outputs: 1, link: 'identity', average: true, base: new Float64Array(1) });
  rawScores(form, X).forEach((path, i) => hold('scores of given trees', Math.abs(anomalyScore(path, g.samples) - g.scores[i]!), 5e-13));
});

it('scores of many trees of ours', async () => {
  const params = checked(isolationDetector.params, { n_estimators: 2000, max_samples: 64 });
  const scores = await isolationDetector.unusual(X, params, context());
  // Both are means over 2000 random trees: their standard errors are about 0.002.
  scores.forEach((s, i) => hold('scores of 2000 random trees', Math.abs(s - g.many[i]!), 0.012));
});
