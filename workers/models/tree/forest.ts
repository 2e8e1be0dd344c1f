/** What random forests and extremely randomised trees share: parameters, and the loop over trees. */
import type { Trees } from '../../../src/core/form.js';
import type { Matrix } from '../../../src/core/matrix.js';
import type { ClassTarget, Context, Shape, Target } from '../../../src/core/model.js';
import { choice, flag, int, type ValuesOf } from '../../../src/core/param.js';
import { random, splitSeed, type Random } from '../../../src/core/random.js';
import { class_weight, classFactors, classTotals, weighted, type ClassWeight } from '../class-weight.js';
import { guard } from '../guard.js';
import { fitOf, offer, savedState, type Of } from '../resume.js';
import { grow, type Growth } from './cart.js';
import { classGrower } from './class-grow.js';
import { isNodes, Nodes, type NodesState } from './nodes.js';
import { pulse } from './pulse.js';
import { rank } from './ranks.js';
import { nodeRows } from './split.js';

export const forestParams = (bootstrap: boolean) =>
  ({
    n_estimators: int({
      label: 'Trees',
      help: 'More trees make steadier answers, never worse ones; they only take longer.',
      default: 100,
      min: 1,
      max: 2000,
      scale: 'log',
      tune: [50, 300],
    }),
    max_features: choice({
      label: 'Columns per split',
      help: 'How many columns, drawn by chance, each split may choose from. Fewer make the trees differ more.',
      default: 'auto',
      options: {
        auto: 'Automatic (classes: square root; numbers: all)',
        sqrt: 'Square root of all',
        log2: 'Logarithm of all',
        third: 'A third',
        half: 'Half',
        all: 'All',
      },
      tune: ['sqrt', 'third', 'half', 'all'],
    }),
    max_depth: int({
      label: 'Deepest level',
      help: 'How many questions may follow one another.',
      default: null,
      none: 'No limit',
      min: 1,
      max: 64,
      tune: [4, 32],
    }),
    min_samples_leaf: int({
      label: 'Smallest leaf',
      help: 'A leaf never holds fewer training rows than this. Larger leaves make smoother answers and smaller models.',
      default: 1,
      min: 1,
      max: 10000,
      scale: 'log',
      tune: [1, 20],
    }),
    min_samples_split: int({
      label: 'Smallest group to split',
      help: 'Groups with fewer rows than this are not split further.',
      default: 2,
      min: 2,
      max: 10000,
      scale: 'log',
      more: true,
    }),
    bootstrap: flag({
      label: 'Draw rows anew for each tree',
      help: 'Each tree sees as many rows as there are, drawn with repetition, so some rows twice and about a third not at all.',
      default: bootstrap,
      more: true,
    }),
    criterion: choice({
      label: 'Impurity of classes',
      only: 'class',
      help: 'How mixed a group of rows is when the target is a class.',
      default: 'gini',
      options: { gini: 'Gini', entropy: 'Entropy' },
      more: true,
    }),
    class_weight,
  }) as const;

export type ForestParams = ReturnType<typeof forestParams>;

export function columnsPerSplit(of: ValuesOf<ForestParams>['max_features'], cols: number, isClass: boolean): number {
  const kind = of === 'auto' ? (isClass ? 'sqrt' : 'all') : of;
  const size = { sqrt: Math.sqrt(cols), log2: Math.log2(cols), third: cols / 3, half: cols / 2, all: cols }[kind];
  return Math.max(1, Math.floor(size + 1e-9));
}

export function forestCost({ rows, cols, task, classes }: Shape, params: ValuesOf<ForestParams>, random: boolean) {
  const isClass = task === 'class';
  const depth = Math.min(params.max_depth ?? 64, 2 * Math.log2(rows / params.min_samples_leaf + 2));
  const nodes = Math.min(2 ** Math.min(30, params.max_depth ?? 30), rows / params.min_samples_leaf) * (isClass ? 0.4 : 1.2);
  return {
    operations:
      rows * cols * 60 +
      params.n_estimators * rows * 0.64 * columnsPerSplit(params.max_features, cols, isClass) * depth * (random ? 6 : 20),
    bytes: rows * (2 * cols + 60) + params.n_estimators * nodes * (45 + 8 * (isClass ? classes : 1)),
  };
}

/** The trees so far. */
interface State extends Of {
  readonly nodes: NodesState;
}

/** Every tree has its own stream of chance, so the number of trees does not change the first ones. */
export async function fitForest(
  X: Matrix,
  target: Target,
  params: ValuesOf<ForestParams>,
  ctx: Context,
  isRandom: boolean,
): Promise<Trees> {
  guard(X, target, { missing: true });
  const isClass = target.task === 'class';
  const { rows: all, weight } = weighted(target, params.class_weight);
  const classes = isClass ? target.levels.length : 0;
  const how: Growth = {
    criterion: isClass ? params.criterion : 'squared_error',
    maxDepth: params.max_depth ?? Infinity,
    minSplit: params.min_samples_split,
    minLeaf: params.min_samples_leaf,
    maxLeaves: 0,
    features: columnsPerSplit(params.max_features, X.cols, isClass),
    dealt: true,
    random: isRandom,
  };
  const of = params.n_estimators;
  const beat = pulse(ctx, of);
  const seed = Math.floor(ctx.random() * 4294967296);
  const weigh = isClass && how.criterion === 'gini' && !isRandom ? timesAndFactors(target, params.class_weight) : null;
  const fast = weigh ? classGrower(X.rows, X.cols, (target as ClassTarget).y, weigh.factors, how) : null;
  const ranks = await rank(X, all, (work) => beat.tick(work, 0), fast?.ranks);
  const nodes = new Nodes(isClass ? classes : 1, 1024);
  const kind = fitOf(isRandom ? 'extra-trees' : 'random-forest', X, target, params);
  const saved = savedState<State>(ctx.saved, kind, { nodes: isNodes(nodes.width) });
  if (saved) nodes.restore(saved.nodes);
  const loss = new Array<number>(nodes.count).fill(0);
  const node = fast ? null : nodeRows(all.length, classes);
  // Stopped before its first tree it still grows one, which is stopped at its root.
  for (let t = nodes.roots.length; t < of && (t === 0 || !beat.stopped); t++) {
    const u = random(splitSeed(seed, t));
    const before = nodes.count;
    const tick = (work: number, settled: number) => beat.tick(work, t + settled / all.length);
    let root: number;
    if (fast) root = await fast.grow(nodes, ranks, times(all, X.rows, weigh!.times, params.bootstrap ? u : null), u, tick);
    else {
      const drawn = params.bootstrap ? bootstrap(all, X.rows, weight, u) : { rows: all.slice(), weight };
      const sample = { ranks, code: isClass ? target.y : null, y: isClass ? null : target.y, weight: drawn.weight };
      root = await grow(nodes, loss, sample, drawn.rows, how, node!, u, tick);
    }
    if (beat.stopped && nodes.roots.length > 0) nodes.forget(before);
    else nodes.root(root, isClass ? -1 : 0);
    if (!beat.stopped && (await beat.step(t + 1))) offer(ctx, nodes.bytes, (): State => ({ of: kind, nodes: nodes.state() }));
  }
  const outputs = isClass ? classes : 1;
  return nodes.form({ inputs: X.cols, outputs, link: 'identity', average: true, base: new Float64Array(outputs) });
}

/** Weights as whole times a row counts (null: once) and a factor for its class; null where weights are no small whole numbers. */
function timesAndFactors(
  target: ClassTarget,
  by: ClassWeight,
): { readonly times: Float64Array | null; readonly factors: Float64Array } | null {
  const { weight } = target;
  if (weight && !weight.every((w) => Number.isInteger(w) && w <= 8)) return null;
  return { times: weight ?? null, factors: classFactors(classTotals(target), by) };
}

/** How often each row of the matrix counts in a tree: as often as drawn (u null: once) times its weight, at most 255. */
function times(all: Uint32Array, n: number, weight: Float64Array | null, u: Random | null): Uint8ClampedArray {
  const out = new Uint8ClampedArray(n);
  if (u) for (let i = 0; i < all.length; i++) out[all[Math.floor(u() * all.length)]!]!++;
  else for (const r of all) out[r] = 1;
  if (weight) for (const r of all) out[r]! *= weight[r]!;
  return out;
}

/** As many draws as rows, with repetition: the rows drawn at least once, and how often as their weight. */
function bootstrap(all: Uint32Array, n: number, weight: Float64Array | null, u: Random): { rows: Uint32Array; weight: Float64Array } {
  const times = new Float64Array(n);
  for (let i = 0; i < all.length; i++) times[all[Math.floor(u() * all.length)]!]!++;
  const rows = all.filter((r) => times[r]! > 0);
  if (weight) for (const r of rows) times[r]! *= weight[r]!;
  return { rows, weight: times };
}
