/** Times linear models, their paths and neighbours against scikit-learn on one thread: `npx tsx test/bench/linear.bench.ts`. */
import { matrix, type Matrix } from '../../src/core/matrix.js';
import type { Target } from '../../src/core/model.js';
import { checked, type Values } from '../../src/core/param.js';
import { normal, random } from '../../src/core/random.js';
import { predict } from '../../workers/forms/index.js';
import { models } from '../../workers/models/index.js';
import { elasticPath, lassoPath } from '../../workers/models/linear/path.js';
import { pace } from '../../workers/models/pace.js';
import { context, duel } from './rival.js';

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

const fit = (id: string, given: Values, X: Matrix, target: Target) => {
  const m = models.get(id)!;
  return m.fit(X, target, checked(m.params, given), context());
};
/** scikit-learn works in Float64, so it is given that. */
const sklearn = (name: string, made: string) => `
from sklearn.${name.slice(0, name.lastIndexOf('.'))} import ${name.slice(name.lastIndexOf('.') + 1)}
X = X.astype(np.float64)
${made}`;

async function classes(): Promise<void> {
  const { X, score } = table(200_000, 50);
  const two: Target = { task: 'class', y: Int32Array.from(score, (v) => (v > 0 ? 1 : 0)), levels: ['no', 'yes'] };
  const three: Target = { task: 'class', y: Int32Array.from(score, (v) => (v > 2 ? 2 : v > -2 ? 1 : 0)), levels: ['a', 'b', 'c'] };
  const logistic = async (what: string, target: typeof two, given: Values, model: string) =>
    duel({
      what: `logistic, 200 000 × 50, ${what}`,
      X,
      y: target.y,
      ours: () => fit('logistic', given, X, target),
      theirs: sklearn('linear_model.LogisticRegression', `work = lambda: LogisticRegression(${model}).fit(X, y)`),
    });
  await logistic('L2', two, {}, 'max_iter=1000');
  await logistic('L2, three classes', three, {}, 'max_iter=1000');
  await logistic('L1 C 0.01 (liblinear)', two, { penalty: 'l1', C: 0.01 }, 'penalty="l1", C=0.01, solver="liblinear"');
  const form = await fit('logistic', {}, X, three);
  await duel({
    what: 'chances of three classes, 200 000 × 50',
    X,
    y: three.y,
    ours: () => predict(form, X),
    theirs: sklearn(
      'linear_model.LogisticRegression',
      'm = LogisticRegression().fit(X[:5000], y[:5000])\nwork = lambda: m.predict_proba(X)',
    ),
  });
  const path = { X, y: score };
  await duel({
    ...path,
    what: 'lasso at 100 strengths, 200 000 × 50',
    ours: () => elasticPath(X, score, null, 1, true, pace(context(), 1)),
    theirs: sklearn('linear_model.lasso_path', 'work = lambda: lasso_path(X - X.mean(0), y - y.mean())'),
  });
  await duel({
    ...path,
    what: 'whole lasso path, 200 000 × 50',
    ours: () => lassoPath(X, score, null, true, pace(context(), 1)),
    theirs: sklearn('linear_model.lars_path', 'work = lambda: lars_path(X - X.mean(0), y - y.mean(), method="lasso")'),
  });
}

async function numbers(): Promise<void> {
  const { X, score: y } = table(200_000, 100);
  const target: Target = { task: 'number', y };
  const linear = async (what: string, given: Values, name: string, model: string) =>
    duel({
      what: `${what}, 200 000 × 100`,
      X,
      y,
      ours: () => fit('linear', given, X, target),
      theirs: sklearn(`linear_model.${name}`, `work = lambda: ${name}(${model}).fit(X, y)`),
    });
  await linear('least squares with standard errors', { penalty: 'none' }, 'LinearRegression', '');
  await linear('ridge', {}, 'Ridge', '');
  await linear('lasso 0.01', { penalty: 'l1', alpha: 0.01 }, 'Lasso', 'alpha=0.01, tol=1e-8');
  const form = await fit('linear', {}, X, target);
  await duel({
    what: 'predict linear, 200 000 × 100',
    X,
    y,
    ours: () => predict(form, X),
    theirs: sklearn('linear_model.Ridge', 'm = Ridge().fit(X[:5000], y[:5000])\nwork = lambda: m.predict(X)'),
  });
}

async function neighbours(cols: number): Promise<void> {
  const { X, score } = table(60_000, cols);
  const rows = (from: number, to: number) => {
    const part = matrix(to - from, cols);
    for (let j = 0; j < cols; j++) part.data.set(X.data.subarray(j * 60_000 + from, j * 60_000 + to), j * (to - from));
    return part;
  };
  const y = Int32Array.from(score, (v) => (v > 0 ? 1 : 0));
  const form = await fit('k-nearest-neighbours', {}, rows(0, 50_000), { task: 'class', y: y.subarray(0, 50_000), levels: ['no', 'yes'] });
  const asked = rows(50_000, 60_000);
  await duel({
    what: `neighbours, 50 000 × ${cols}, 10 000 asked`,
    X,
    y,
    ours: () => predict(form, asked),
    theirs: `
from sklearn.neighbors import KNeighborsClassifier
m = KNeighborsClassifier().fit(X[:50000], y[:50000])
work = lambda: m.predict_proba(X[50000:])`,
  });
}

async function main(): Promise<void> {
  await classes();
  await numbers();
  await neighbours(20);
  await neighbours(8);
}
void main();
