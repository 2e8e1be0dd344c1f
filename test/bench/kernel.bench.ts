/** Times support vector machines and Gaussian processes against scikit-learn on one thread: `npx tsx test/bench/kernel.bench.ts`. */
import type { Form } from '../../src/core/form.js';
import { matrix, type Matrix } from '../../src/core/matrix.js';
import type { Model, Target } from '../../src/core/model.js';
import { checked, type Values } from '../../src/core/param.js';
import { normal, random } from '../../src/core/random.js';
import { predict } from '../../workers/forms/index.js';
import { supportVectorMachine as svm } from '../../workers/models/kernel/support-vector-machine.js';
import { gaussianProcess } from '../../workers/models/process/gaussian-process.js';
import { context, duel } from './rival.js';

/** Classes that overlap: six of the columns and one product matter, and there is as much noise as in one column. */
function table(rows: number, cols: number): { X: Matrix; score: Float64Array } {
  const u = random(7);
  const X = matrix(rows, cols);
  for (let i = 0; i < X.data.length; i++) X.data[i] = normal(u);
  const x = (i: number, j: number) => X.data[j * rows + i]!;
  const score = Float64Array.from(
    { length: rows },
    (_, i) => x(i, 0) - x(i, 1) + x(i, 2) - x(i, 3) + x(i, 4) - x(i, 5) + x(i, 0) * x(i, 1) + normal(u),
  );
  return { X, score };
}

async function against(what: string, m: Model, X: Matrix, target: Target, theirs: string, given: Values = {}, ask = true): Promise<void> {
  const y = target.y;
  let form: Form | null = null;
  await duel({
    what: `${what}, fit`,
    X,
    y,
    ours: async () => (form = await m.fit(X, target, checked(m.params, given), context())),
    theirs: `X = X.astype(float)\n${theirs}\nwork = lambda: m.fit(X, y)`,
  });
  if (!ask) return;
  const answer = target.task === 'class' ? 'm.predict_proba(X)' : 'm.predict(X)';
  await duel({
    what: `${what}, predict as many rows`,
    X,
    y,
    ours: () => predict(form!, X),
    theirs: `X = X.astype(float)\n${theirs}\nm.fit(X, y)\nwork = lambda: ${answer}`,
    repeats: 1,
  });
}

const { X, score } = table(10_000, 20);
const cut = (...at: number[]) => Int32Array.from(score, (v) => at.filter((a) => v > a).length);
const SVC = 'from sklearn.svm import SVC\nm = SVC(probability=True, random_state=0)';
await against('support vectors, two classes, 10 000 × 20', svm, X, { task: 'class', y: cut(0), levels: ['no', 'yes'] }, SVC);
await against('support vectors, four classes, 10 000 × 20', svm, X, { task: 'class', y: cut(-2, 0, 2), levels: ['a', 'b', 'c', 'd'] }, SVC);
await against(
  'support vectors, a number, 10 000 × 20',
  svm,
  X,
  { task: 'number', y: score },
  'from sklearn.svm import SVR\ny = (y - y.mean()) / y.std()\nm = SVR()',
);

const small = table(2000, 10);
await against(
  'Gaussian process, a number, 2 000 × 10',
  gaussianProcess,
  small.X,
  { task: 'number', y: small.score },
  'from sklearn.gaussian_process import GaussianProcessRegressor as G\nfrom sklearn.gaussian_process.kernels import ConstantKernel as C, RBF, WhiteKernel as W\nm = G(C() * RBF() + W(), normalize_y=True)',
  {},
  false,
);
