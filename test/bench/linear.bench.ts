/** How long linear models and neighbours take on fixed sizes: `npx tsx test/bench/linear.bench.ts [json]`; medians of three. */
import { matrix, type Matrix } from '../../src/core/matrix.js';
import type { Target } from '../../src/core/model.js';
import { checked, type Values } from '../../src/core/param.js';
import { normal, random } from '../../src/core/random.js';
import { predict } from '../../workers/forms/index.js';
import { models } from '../../workers/models/index.js';

const ctx = { random: random(1), report: () => Promise.resolve(true) };

function table(rows: number, cols: number): { X: Matrix; score: Float64Array } {
  const u = random(7);
  const X = matrix(rows, cols);
  const weight = Array.from({ length: cols }, (_, j) => (j % 3 === 0 ? normal(u) : 0));
  const score = new Float64Array(rows);
  for (let j = 0; j < cols; j++) {
    for (let i = 0; i < rows; i++) {
      // Half of each column is its neighbour's: columns overlap as they do in life.
      const v = normal(u) + (j > 0 ? 0.5 * X.data[(j - 1) * rows + i]! : 0);
      X.data[j * rows + i] = v;
      score[i] = score[i]! + weight[j]! * v;
    }
  }
  for (let i = 0; i < rows; i++) score[i] = score[i]! + normal(u);
  return { X, score };
}

const median = (v: readonly number[]) => [...v].sort((a, b) => a - b)[v.length >> 1]!;

async function time(run: () => unknown): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    await run();
    seconds.push((performance.now() - start) / 1000);
  }
  return median(seconds);
}

async function main(): Promise<void> {
  const out: Record<string, number> = {};
  const fit = async (name: string, id: string, given: Values, X: Matrix, target: Target) => {
    const m = models.get(id)!;
    out[name] = await time(() => m.fit(X, target, checked(m.params, given), ctx));
  };
  const a = table(200_000, 50);
  const two: Target = { task: 'class', y: Int32Array.from(a.score, (v) => (v > 0 ? 1 : 0)), levels: ['no', 'yes'] };
  const three: Target = { task: 'class', y: Int32Array.from(a.score, (v) => (v > 2 ? 2 : v > -2 ? 1 : 0)), levels: ['a', 'b', 'c'] };
  await fit('logistic l2, 200 000 × 50', 'logistic', {}, a.X, two);
  await fit('logistic l2, three classes', 'logistic', {}, a.X, three);
  await fit('logistic l1 C=0.01', 'logistic', { penalty: 'l1', C: 0.01 }, a.X, two);
  const b = table(200_000, 100);
  const y: Target = { task: 'number', y: b.score };
  await fit('ridge, 200 000 × 100', 'linear', {}, b.X, y);
  await fit('lasso 0.01, 200 000 × 100', 'linear', { penalty: 'l1', alpha: 0.01 }, b.X, y);
  const ridge = await models.get('linear')!.fit(b.X, y, checked(models.get('linear')!.params, {}), ctx);
  out['predict linear, 200 000 × 100'] = await time(() => predict(ridge, b.X));
  for (const cols of [20, 8]) {
    const c = table(60_000, cols);
    const rows = (from: number, to: number) => {
      const X = matrix(to - from, cols);
      for (let j = 0; j < cols; j++) X.data.set(c.X.data.subarray(j * 60_000 + from, j * 60_000 + to), j * (to - from));
      return X;
    };
    const m = models.get('k-nearest-neighbours')!;
    const form = await m.fit(
      rows(0, 50_000),
      { task: 'class', y: Int32Array.from(c.score.subarray(0, 50_000), (v) => (v > 0 ? 1 : 0)), levels: ['no', 'yes'] },
      checked(m.params, {}),
      ctx,
    );
    const Q = rows(50_000, 60_000);
    out[`neighbours, 50 000 × ${cols}, 10 000 asked`] = await time(() => predict(form, Q));
  }
  if (process.argv.includes('json')) process.stdout.write(JSON.stringify(out));
  else console.table(Object.fromEntries(Object.entries(out).map(([k, v]) => [k, { seconds: Number(v.toFixed(3)) }])));
}
void main();
