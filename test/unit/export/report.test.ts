import { beforeAll, describe, expect, it } from 'vitest';
import type { Artifact } from '../../../src/core/artifact.js';
import type { Evaluation } from '../../../src/core/evaluation.js';
import { emptyWorkflow } from '../../../src/core/workflow.js';
import { exportArtifact } from '../../../workers/export/index.js';
import { names } from '../../../workers/names.js';
import { artifactOf, EVIL } from './artifacts.js';

const i = (value: number) => ({ value, low: value - 0.05, high: value + 0.05 });
const evaluation: Evaluation = {
  task: 'class',
  rows: 40,
  metric: 'accuracy',
  scores: { accuracy: i(0.8) },
  baseline: { accuracy: i(0.5) },
  difference: { accuracy: i(0.3) },
  success: { metric: 'accuracy', line: 0.8, met: 'unclear', probability: 0.66 },
  confusion: {
    levels: ['no', `yes ${EVIL}`],
    counts: [
      [17, 3],
      [4, 16],
    ],
    perClass: [],
  },
  importance: [
    { column: `<b>${EVIL}`, mean: 0.2, sd: 0.01, low: 0.18, high: 0.22, repeats: [] },
    { column: 'none', mean: -0.01, sd: 0.01, low: -0.03, high: 0.01, repeats: [] },
  ],
  slices: {
    metric: 'accuracy',
    overall: 0.8,
    looked: 9,
    note: '',
    slices: [{ column: 'c', says: `c = ${EVIL}`, rows: 12, score: i(0.5), gap: -0.3, p: 0.0004 }],
  },
  warnings: [`Watch out ${EVIL}`],
  looks: 2,
  draws: 1000,
};
const workflow = {
  ...emptyWorkflow(),
  problem: { ...emptyWorkflow().problem, use: `Sorting ${EVIL}`, harm: 'None', metric: 'accuracy', success: 0.8 },
  columns: [{ name: `id ${EVIL}`, kind: 'number' as const, role: 'ignore' as const, why: 'It names rows' }],
  notes: { data: `Seen ${EVIL}` },
};

let a: Artifact;
const written = async (artifact: Artifact, w: typeof workflow | null) =>
  new TextDecoder().decode((await exportArtifact('report', artifact, w)).bytes);
beforeAll(async () => {
  a = await artifactOf('logistic', 'two');
});

describe('report', () => {
  it('calls metrics, splits and settings by the names a person reads', async () => {
    const file = await exportArtifact('report', { ...a, evaluation }, workflow, names);
    const page = new TextDecoder().decode(file.bytes);
    expect(page).toContain('seen: Accuracy');
    expect(page).toContain('<th scope="row">Penalty</th>');
    expect(page).not.toMatch(/l1_ratio|f1_macro|class_weight/);
    const one = new TextDecoder().decode((await exportArtifact('html', { ...a, evaluation }, workflow, names)).bytes);
    expect(one).toContain('seen: Accuracy 0.800');
  });
  it('says the score with its interval, the baseline and the line of success', async () => {
    const page = await written({ ...a, evaluation }, workflow);
    expect(page).toContain('0.800 (0.750 to 0.850)');
    expect(page).toContain('the baseline has 0.500');
    expect(page).toContain('Whether it reaches the line of 0.8 is not certain (probability 66.0 %).');
    expect(page).toContain('85.0 %'); // 17 of 20
    expect(page).toContain('&#60; 0.001');
    expect(page).toContain('looked at 2 times');
  });

  it.each([true, false])('keeps every name and note as text, and runs nothing (evaluated: %s)', async (judged) => {
    const page = await written(judged ? { ...a, evaluation } : a, judged ? workflow : null);
    expect(page).not.toContain('<img');
    expect(page).not.toContain('<script');
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
    const opened = [...page.matchAll(/<(\w+)(?=[\s>])/g)]
      .map((m) => m[1]!)
      .filter((t) => !['meta', 'rect', 'line', 'circle', 'td'].includes(t));
    for (const tag of new Set(opened))
      expect([tag, page.split(`</${tag}>`).length - 1]).toEqual([tag, opened.filter((t) => t === tag).length]);
  });

  it('says plainly that an untested model is untested', async () => {
    expect(await written(a, null)).toContain('has not been tested on rows kept aside');
  });

  it('draws residuals of a number target', async () => {
    const number = await artifactOf('linear', 'number');
    const residuals = {
      bins: [
        { from: -2, to: 0, count: 5 },
        { from: 0, to: 2, count: 3 },
      ],
      sample: [
        { row: 0, truth: 10, predicted: 12 },
        { row: 1, truth: 20, predicted: 19 },
      ],
      trend: [],
      quantiles: [],
      mean: -0.5,
      sd: 1.25,
    };
    const { confusion: _, ...rest } = evaluation;
    const page = await written({ ...number, evaluation: { ...rest, task: 'number', residuals } }, null);
    expect(page.match(/<circle/g)).toHaveLength(2);
    expect(page).toContain('cx="40.0" cy="218.0"'); // truth 10 is the lowest, 12 a fifth of the way up
    expect(page).toContain('mean -0.5, standard deviation 1.25');
  });
});
