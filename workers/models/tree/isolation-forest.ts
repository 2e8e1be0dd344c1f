/** The isolation forest: which rows are unusual, learnt without the labels; two numbers turn that into probabilities. */
import type { Trees } from '../../../src/core/form.js';
import type { Matrix } from '../../../src/core/matrix.js';
import { model, type Context } from '../../../src/core/model.js';
import { int, real, type ValuesOf } from '../../../src/core/param.js';
import { NEVER } from '../baseline.js';
import { class_weight, classFactors, classTotals, weighted } from '../class-weight.js';
import type { Detector } from '../detector.js';
import { guard } from '../guard.js';
import { fitSigmoidHeard } from '../kernel/platt.js';
import { fitOf, offer, savedState, type Of } from '../resume.js';
import { anomalyScore, isolate, type Isolation } from './isolation.js';
import { isNodes, Nodes, type NodesState } from './nodes.js';
import { pulse, type Pulse } from './pulse.js';

const isolationParams = {
  n_estimators: int({
    label: 'Trees',
    help: 'More trees make steadier scores; they only take longer.',
    default: 100,
    min: 1,
    max: 2000,
    scale: 'log',
    tune: [50, 300],
  }),
  max_samples: int({
    label: 'Rows per tree',
    help: 'How many rows each tree is grown on. Few rows keep unusual ones from hiding in a crowd of their like.',
    default: 256,
    min: 2,
    max: 100_000,
    scale: 'log',
    tune: [64, 2048],
  }),
  max_features: real({
    label: 'Share of columns per tree',
    help: 'Below 1, every tree sees only a random part of the columns.',
    default: 1,
    min: 0.01,
    max: 1,
    tune: [0.3, 1],
  }),
} as const;
type IsolationParams = ValuesOf<typeof isolationParams>;

const isolationOf = (params: IsolationParams, rows: number, cols: number): Isolation => ({
  trees: params.n_estimators,
  samples: Math.min(rows, params.max_samples),
  features: Math.max(1, Math.min(cols, Math.floor(params.max_features * cols))),
});

/** The trees so far. */
interface State extends Of {
  readonly nodes: NodesState;
}

async function pathsOf(X: Matrix, rows: Uint32Array, params: IsolationParams, ctx: Context, of: string) {
  const how = isolationOf(params, rows.length, X.cols);
  const beat = pulse(ctx, how.trees);
  const nodes = new Nodes(1, 1024);
  const saved = savedState<State>(ctx.saved, of, { nodes: isNodes(1) });
  if (saved) nodes.restore(saved.nodes);
  await isolate(nodes, X, rows, how, Math.floor(ctx.random() * 4294967296), beat, () =>
    offer(ctx, nodes.bytes, (): State => ({ of, nodes: nodes.state() })),
  );
  if (!beat.stopped) await beat.step(how.trees);
  return { nodes, how, beat };
}

/** Mean path length of a row over all trees. */
function meanPath(nodes: Nodes, X: Matrix, row: number): number {
  let sum = 0;
  for (const root of nodes.roots) sum += nodes.value[nodes.leafOf(root, X, row)]!;
  return sum / nodes.roots.length;
}

/** Rows that are measured between two reports. */
const TOGETHER = 2000;

/** Mean paths of all rows; asked to stop, of some from all over the table. */
async function paths(nodes: Nodes, X: Matrix, rows: Uint32Array, beat: Pulse) {
  const path = new Float64Array(rows.length);
  // Every row once, in strides.
  const strides = Math.max(1, Math.ceil(rows.length / TOGETHER));
  for (let s = 0; s < strides; s++) {
    for (let i = s; i < rows.length; i += strides) path[i] = meanPath(nodes, X, rows[i]!);
    const going = s + 1 < strides ? beat.tick(TOGETHER * nodes.roots.length * 40, nodes.roots.length) : true;
    if (going !== true && !(await going)) {
      // Few enough for the sigmoid to come at once.
      const some = (_: unknown, i: number) => i % strides <= Math.min(s, 9);
      return { path: path.filter(some), measured: rows.filter(some) };
    }
  }
  return { path, measured: rows };
}

export const isolationForest = model({
  id: 'isolation-forest',
  version: 1,
  label: 'Isolation forest',
  help: 'Finds unusual rows without looking at the classes: random questions soon set an unusual row apart from all others. The rarest class is taken for the unusual one, and only the last step looks at the classes: two numbers, fitted to the training rows, turn unusualness into a probability. If unusual rows are not more often of that class, the answer is the share of each class.',
  source: 'Liu, Ting & Zhou 2008, Isolation forest; Platt 1999 for the probabilities; as IsolationForest in scikit-learn.',
  family: 'ensemble',
  when: 'When one class is rare and odd in many different ways, such as fraud or faults, and there are few examples of it.',
  tasks: ['class'],
  takes: { missing: true, categories: false, scaled: false, weights: true, gpu: 'no', chance: true },
  params: { ...isolationParams, class_weight },
  cost: ({ rows }, params) => ({
    operations: params.n_estimators * (Math.min(rows, params.max_samples) * 600 + rows * 40),
    bytes: 32 * rows + params.n_estimators * 2 * Math.min(rows, params.max_samples) * 53,
  }),
  async fit(X, target, params, ctx): Promise<Trees> {
    if (target.task !== 'class') throw new Error('isolation-forest takes classes');
    guard(X, target, { missing: true });
    const { rows, weight } = weighted(target, params.class_weight);
    const { nodes, beat } = await pathsOf(X, rows, params, ctx, fitOf('isolation-forest', X, target, params));
    const counts = classTotals(target);
    let rare = -1;
    if (counts.filter((c) => c > 0).length > 1) {
      counts.forEach((c, k) => {
        if (c > 0 && (rare < 0 || c < counts[rare]!)) rare = k;
      });
    }
    const factors = classFactors(counts, params.class_weight);
    for (let k = 0; k < counts.length; k++) counts[k]! *= factors[k]!;
    const total = counts.reduce((a, b) => a + b, 0);
    const classes = counts.length;
    const isPair = classes === 2;
    // Beside the rarest class, the others share what is left by their shares.
    const base = counts.map((c) => (c > 0 ? Math.log(c / (total - (rare < 0 ? 0 : counts[rare]!))) : NEVER));
    let slope = 0;
    if (rare >= 0) {
      const { path, measured } = await paths(nodes, X, rows, beat);
      const isRare = Uint8Array.from(measured, (r) => (target.y[r] === rare ? 1 : 0));
      const fitted = await fitSigmoidHeard(
        path,
        isRare,
        Float64Array.from(measured, (r) => weight?.[r] ?? 1),
        (work) => beat.stopped || beat.tick(work, params.n_estimators),
      );
      if (fitted.slope > 0) {
        slope = -fitted.slope;
        base[rare] = -fitted.offset;
      } else
        ctx.note?.(
          `Rows of the class “${target.levels[rare]!}” are no more unusual than the others: the model answers with the share of each class.`,
        );
    }
    const side = isPair && rare === 0 ? -1 : 1;
    const form = nodes.form({
      inputs: X.cols,
      outputs: classes,
      link: isPair ? 'sigmoid' : 'softmax',
      average: false,
      base: isPair ? Float64Array.of(base[1]! - base[0]!) : base,
    });
    return {
      ...form,
      score: form.score.map(() => (isPair ? 0 : Math.max(0, rare))),
      value: form.value.map((v) => (side * slope * v) / nodes.roots.length),
    };
  },
});

/** The same forest without any labels: how unusual each row is. */
export const isolationDetector: Detector<typeof isolationParams> = {
  id: 'isolation-forest',
  params: isolationParams,
  async unusual(X, params, ctx) {
    const { nodes, how } = await pathsOf(
      X,
      Uint32Array.from({ length: X.rows }, (_, i) => i),
      params,
      ctx,
      JSON.stringify(['unusual', X.rows, X.cols, params]),
    );
    return Float64Array.from({ length: X.rows }, (_, i) => anomalyScore(meanPath(nodes, X, i), how.samples));
  },
};
