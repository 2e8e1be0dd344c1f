import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { matrix } from '../../../src/core/matrix.js';
import type { Target } from '../../../src/core/model.js';
import { checked } from '../../../src/core/param.js';
import { random } from '../../../src/core/random.js';
import { predict } from '../../../workers/forms/index.js';
import { neuralNetwork } from '../../../workers/models/net/neural-network.js';
import { holder } from '../close.js';

interface Case {
  name: string;
  task: 'class' | 'number';
  params: Record<string, unknown>;
  X: number[][];
  y: number[];
  /** Mean over five seeds of scikit-learn: accuracy and log loss, or R². */
  scores: number[];
}
const { cases } = JSON.parse(readFileSync(new URL('data.json', import.meta.url), 'utf8')) as { cases: Case[] };

const hold = holder(neuralNetwork.label, 'scikit-learn');
const matrixOf = (rows: number[][]) =>
  matrix(rows.length, rows[0]!.length, Float32Array.from(rows[0]!.flatMap((_, j) => rows.map((r) => r[j]!))));

it.each(cases)('is as good as scikit-learn on $name', async ({ task, params, X, y, scores }) => {
  const half = X.length / 2;
  const truth = y.slice(half);
  const classes = Math.max(...y) + 1;
  const target: Target =
    task === 'number'
      ? { task, y: Float64Array.from(y.slice(0, half)) }
      : { task, y: Int32Array.from(y.slice(0, half)), levels: Array.from({ length: classes }, (_, k) => String(k)) };
  const ours: number[][] = [];
  for (const seed of [1, 2, 3]) {
    const form = await neuralNetwork.fit(matrixOf(X.slice(0, half)), target, checked(neuralNetwork.params, params), {
      random: random(seed),
      report: () => Promise.resolve(true),
    });
    const p = predict(form, matrixOf(X.slice(half)));
    if (task === 'number') {
      const mean = truth.reduce((a, b) => a + b) / half;
      ours.push([1 - truth.reduce((s, t, i) => s + (t - p[i]!) ** 2, 0) / truth.reduce((s, t) => s + (t - mean) ** 2, 0)]);
    } else {
      const row = (i: number) => p.subarray(i * classes, (i + 1) * classes);
      ours.push([
        truth.filter((t, i) => row(i).indexOf(Math.max(...row(i))) === t).length / half,
        -truth.reduce((s, t, i) => s + Math.log(Math.max(row(i)[t]!, 1e-15)), 0) / half,
      ]);
    }
  }
  const mean = ours[0]!.map((_, s) => ours.reduce((a, o) => a + o[s]!, 0) / ours.length);
  // Nothing lost is 0; what is gained is none either.
  hold('accuracy or R² lost on rows not seen', Math.max(0, scores[0]! - mean[0]!), 0.01);
  if (task === 'class') hold('log loss added on rows not seen', Math.max(0, mean[1]! - scores[1]!), 0.03);
});
