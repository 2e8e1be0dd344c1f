/**
 * Grows one tree of boosting under limits: directions an answer may move in, L1, samples of rows and columns.
 * Without limits it grows the trees of boost-grow, which has no such questions in its hot loops, and is its slow twin.
 */
import { boostKernels } from '../../kernels/load.js';
import { allocate, Layout } from '../../kernels/memory.js';
import type { Random } from '../../../src/core/random.js';
import type { BinnedColumn } from './boost-bins.js';
import type { BoostGrowth, Grower, Leaf } from './boost-grow.js';
import { searchCategories, type CategorySplit } from './category-split.js';
import type { Nodes } from './nodes.js';
import { ALL } from './ranks.js';

export interface Limits {
  /** What a sum of gradients must exceed to count (XGBoost's alpha). */
  readonly l1: number;
  /** Per column: 1 when the score may only rise with it, −1 only fall, 0 as it likes. Categories: 0. */
  readonly direction: Int8Array;
  /** Shares of the rows and of the columns drawn for every tree. */
  readonly rows: number;
  readonly columns: number;
}

export interface LimitedLeaf extends Leaf {
  /** Rows that were not drawn and land here: rows[outside … outside + outsiders). */
  readonly outside: number;
  readonly outsiders: number;
}

export interface LimitedGrower extends Grower {
  /** `answer`, where a Newton step is not enough: what a leaf of these rows should say, before the learning rate. */
  grow(...args: [...Parameters<Grower['grow']>, answer?: (rows: Uint32Array) => number]): Promise<LimitedLeaf[] | null>;
}

const poolBytes = 256 * 2 ** 20;

interface Found {
  readonly feature: number;
  readonly gain: number;
  readonly cut: number;
  readonly missingLeft: boolean;
  readonly G: number;
  readonly H: number;
  readonly n: number;
  readonly category: CategorySplit | null;
}

interface Open extends LimitedLeaf {
  readonly depth: number;
  readonly G: number;
  readonly H: number;
  /** Before the learning rate. */
  value: number;
  /** Between these its children must answer. */
  lower: number;
  upper: number;
  slot: number;
  found: Found | null;
  children: readonly [Open, Open] | null;
}

const within = (v: number, lower: number, upper: number) => (v < lower ? lower : v > upper ? upper : v);

export function limitedGrower(
  columns: readonly BinnedColumn[],
  n: number,
  scores: number,
  how: BoostGrowth,
  limits: Limits,
): LimitedGrower {
  const p = columns.length;
  const blocks = Math.ceil(p / 4);
  const layout = new Layout();
  const bins = layout.take(blocks * n * 4);
  const rows = layout.take(n * 4);
  const aside = layout.take(n * 4);
  const pairs = layout.take(n * 8 * scores);
  const ordered = layout.take(n * 8);
  const table = layout.take(256);
  const four = layout.take(16);
  const fourCounts = layout.take(16);
  const first = new Float64Array(p + 1);
  for (let j = 0; j < p; j++) first[j + 1] = first[j]! + columns[j]!.bins;
  const spareSums = layout.take(256 * 16);
  const spareCounts = layout.take(256 * 4);
  const slotSums = Math.ceil(first[p]!) * 16;
  const slotCounts = Math.ceil(first[p]! / 4) * 16;
  const most = Math.max(3, Math.floor(poolBytes / (slotSums + slotCounts)));
  const slots = Math.min(most, Number.isFinite(how.maxLeaves) ? how.maxLeaves + 2 : 64, Math.ceil(n / how.minLeaf) + 2);
  const slot0 = layout.take(slots * (slotSums + slotCounts));
  const memory = allocate(layout.bytes);
  const kernels = boostKernels(memory);
  const { u8, u32, f32, f64 } = memory;
  const rowView = u32.subarray(rows >>> 2, (rows >>> 2) + n);
  const sumsAt = (slot: number, j: number) => slot0 + slot * (slotSums + slotCounts) + first[j]! * 16;
  const countsAt = (slot: number, j: number) => slot0 + slot * (slotSums + slotCounts) + slotSums + first[j]! * 4;

  const sampled = Math.max(1, Math.round(limits.rows * n));
  const drawn = Int32Array.from({ length: p }, (_, j) => j);
  const perTree = Math.max(1, Math.round(limits.columns * p));
  const perNode = Math.max(1, Math.round(how.features * perTree));
  const inTree = new Uint8Array(p);

  const past = (G: number) => (limits.l1 === 0 ? G : Math.sign(G) * Math.max(0, Math.abs(G) - limits.l1));
  const answerOf = (G: number, H: number, lower: number, upper: number) =>
    H + how.l2 > 0 ? within(-(past(G) / (H + how.l2 + 1e-15)), lower, upper) : 0;
  /** Less loss is more of this. */
  const worth = (G: number, value: number) => -(past(G) * value);

  const count = (slot: number, start: number, size: number, from: number): void => {
    const at = slot0 + slot * (slotSums + slotCounts);
    u8.fill(0, at, at + slotSums + slotCounts);
    const whole = size === n;
    if (!whole) kernels.order(from, rows + start * 4, size, ordered);
    for (let b = 0; b < blocks; b++) {
      let used = 0;
      for (let c = 0; c < 4; c++) {
        const j = b * 4 + c;
        if (j < p) used |= inTree[j]!;
        u32[(four >>> 2) + c] = j < p ? sumsAt(slot, j) : spareSums;
        u32[(fourCounts >>> 2) + c] = j < p ? countsAt(slot, j) : spareCounts;
      }
      if (used) kernels.fill(bins + b * n * 4, whole ? 0 : rows + start * 4, size, whole ? from : ordered, four, fourCounts);
    }
  };

  /** The best cut of a quantity; null: none. Sums run as in the kernel, so that near ties fall the same way. */
  const scan = (open: Open, j: number, parent: number): Found | null => {
    const about = columns[j]!;
    const direction = limits.direction[j]!;
    const s = sumsAt(open.slot, j) >>> 3;
    const c = countsAt(open.slot, j) >>> 2;
    let best: Found | null = null;
    for (let way = 0; way <= (about.missing ? 1 : 0); way++) {
      const last = about.bins - 1;
      let G = way === 1 ? f64[s + 2 * last]! : 0;
      let H = way === 1 ? f64[s + 2 * last + 1]! : 0;
      let size = way === 1 ? u32[c + last]! : 0;
      for (let b = 0; b < last - way; b++) {
        G += f64[s + 2 * b]!;
        H += f64[s + 2 * b + 1]!;
        size += u32[c + b]!;
        if (size < how.minLeaf || H < how.minHessian) continue;
        if (open.n - size < how.minLeaf || open.H - H < how.minHessian) break;
        const left = answerOf(G, H, open.lower, open.upper);
        const right = answerOf(open.G - G, open.H - H, open.lower, open.upper);
        if ((right - left) * direction < 0) continue;
        const gain = -parent + worth(G, left) + worth(open.G - G, right);
        if (gain > (best ? best.gain : 0)) best = { feature: j, gain, cut: b, missingLeft: way === 1, G, H, n: size, category: null };
      }
    }
    return best;
  };

  const search = (open: Open, u: Random): void => {
    if (perNode < perTree) {
      draw(drawn, perTree, perNode, u);
      drawn.subarray(0, perNode).sort();
    }
    const parent = worth(open.G, open.value);
    const part = (G: number, H: number) => worth(G, answerOf(G, H, open.lower, open.upper));
    let best: Found | null = null;
    for (let i = 0; i < perNode; i++) {
      const j = drawn[i]!;
      const about = columns[j]!;
      if (about.bins < 2) continue;
      let found: Found | null = null;
      if (about.cuts) found = scan(open, j, parent);
      else {
        const sums = sumsAt(open.slot, j);
        const category = searchCategories(
          memory,
          sums,
          countsAt(open.slot, j),
          about.bins,
          open,
          how.l2,
          how.minLeaf,
          how.minHessian,
          part,
          parent,
        );
        if (category)
          found = { feature: j, ...category, cut: -1, missingLeft: about.missing && category.left[about.bins - 1] === 1, category };
      }
      // A gain within rounding of nothing is nothing.
      if (found && found.gain > 1e-12 * Math.abs(parent) && found.gain > (best ? best.gain : 0)) best = found;
    }
    open.found = best;
  };

  const divisible = (open: Open) => open.n >= 2 * how.minLeaf && open.n > 1 && open.H >= how.minHessian && open.depth < how.maxDepth;

  const leafOver = (
    nodes: Nodes,
    at: { start: number; n: number; outside: number; outsiders: number },
    parent: Open | null,
    G: number,
    H: number,
  ): Open => {
    const lower = parent ? parent.lower : -Infinity;
    const upper = parent ? parent.upper : Infinity;
    const value = answerOf(G, H, lower, upper);
    const node = nodes.add(at.n);
    nodes.value[node] = how.learningRate * value;
    return { ...at, node, depth: parent ? parent.depth + 1 : 0, G, H, value, lower, upper, slot: -1, found: null, children: null };
  };

  const divide = (nodes: Nodes, open: Open): readonly [Open, Open] => {
    const found = open.found!;
    const about = columns[found.feature]!;
    const missingBin = about.missing ? about.bins - 1 : -1;
    for (let b = 0; b < about.bins; b++)
      u8[table + b] = found.category ? found.category.left[b]! : b === missingBin ? (found.missingLeft ? 1 : 0) : b <= found.cut ? 1 : 0;
    const block = bins + (found.feature >>> 2) * n * 4 + (found.feature & 3);
    const left = kernels.partition(block, rows + open.start * 4, open.n, table, aside);
    const out = open.outsiders > 0 ? kernels.partition(block, rows + open.outside * 4, open.outsiders, table, aside) : 0;
    const a = leafOver(nodes, { start: open.start, n: left, outside: open.outside, outsiders: out }, open, found.G, found.H);
    const b = leafOver(
      nodes,
      { start: open.start + left, n: open.n - left, outside: open.outside + out, outsiders: open.outsiders - out },
      open,
      open.G - found.G,
      open.H - found.H,
    );
    bound(a, b, limits.direction[found.feature]!);
    const at = open.node;
    nodes.feature[at] = found.feature;
    nodes.left[at] = a.node;
    nodes.right[at] = b.node;
    nodes.gain[at] = found.gain;
    nodes.missingLeft[at] = (about.missing ? found.missingLeft : a.n > b.n) ? 1 : 0;
    if (about.cuts) nodes.threshold[at] = found.cut < about.cuts.length ? about.cuts[found.cut]! : ALL;
    else nodes.levels(at, about.binOfLevel, about.bins, found.category!.left);
    return (open.children = [a, b]);
  };

  return {
    memory,
    pairs,
    rows: rowView,
    block: (j) => bins + (j >>> 2) * n * 4,
    async grow(nodes, k, u, pulse, done, answer) {
      const before = nodes.count;
      const words = nodes.words.length;
      drawRows(rowView, sampled, u);
      for (let j = 0; j < p; j++) drawn[j] = j;
      if (perTree < p) {
        draw(drawn, p, perTree, u);
        drawn.subarray(0, perTree).sort();
      }
      inTree.fill(0);
      for (let i = 0; i < perTree; i++) inTree[drawn[i]!] = 1;
      const free = Array.from({ length: slots }, (_, s) => slots - 1 - s);
      const from = pairs + k * n * 8;
      let G = 0;
      let H = 0;
      for (let i = 0; i < sampled; i++) {
        const at = (from >>> 2) + 2 * rowView[i]!;
        G += f32[at]!;
        H += f32[at + 1]!;
      }
      const root = leafOver(nodes, { start: 0, n: sampled, outside: sampled, outsiders: n - sampled }, null, G, H);
      const all = [root];
      if (divisible(root) && how.maxLeaves > 1) {
        root.slot = free.pop()!;
        count(root.slot, 0, sampled, from);
        search(root, u);
      }
      const open: Open[] = root.found ? [root] : [];
      let leaves = 1;
      while (open.length > 0 && leaves < how.maxLeaves) {
        const next = takeBest(open, how.maxLeaves === Infinity);
        const [a, b] = divide(nodes, next);
        all.push(a, b);
        leaves++;
        const [small, large] = a.n <= b.n ? [a, b] : [b, a];
        if (leaves < how.maxLeaves && (divisible(a) || divisible(b))) {
          small.slot = free.pop() ?? forgo(open);
          count(small.slot, small.start, small.n, from);
          if (next.slot >= 0) {
            large.slot = next.slot;
            kernels.subtract(sumsAt(large.slot, 0), sumsAt(small.slot, 0), slotSums >>> 3);
            kernels.subtractCounts(countsAt(large.slot, 0), countsAt(small.slot, 0), slotCounts >>> 2);
          } else {
            large.slot = free.pop() ?? forgo(open);
            count(large.slot, large.start, large.n, from);
          }
          for (const child of [a, b]) {
            if (divisible(child)) search(child, u);
            if (child.found) open.push(child);
            else free.push(child.slot);
          }
        } else if (next.slot >= 0) free.push(next.slot);
        const going = pulse.tick(small.n * p * 2 + first[p]! * 20, done);
        if (going !== true && !(await going)) {
          nodes.forget(before);
          nodes.words.length = words;
          return null;
        }
      }
      if (answer) {
        const say = (leaf: Open, parent: Open) => {
          leaf.value = within(answer(rowView.subarray(leaf.start, leaf.start + leaf.n)), parent.lower, parent.upper);
          leaf.lower = parent.lower;
          leaf.upper = parent.upper;
        };
        say(root, root);
        // Parents come before their children, so that their bounds are set.
        for (const parent of all) {
          if (!parent.children) continue;
          for (const child of parent.children) say(child, parent);
          bound(...parent.children, limits.direction[parent.found!.feature]!);
        }
        for (const { node, value } of all) nodes.value[node] = how.learningRate * value;
      }
      nodes.root(root.node, k);
      return all.filter((leaf) => !leaf.children);
    },
  };
}

/** Left and right of a split whose column has a direction stay on their sides of the middle, they and all below them. */
function bound(left: Open, right: Open, direction: number): void {
  if (direction === 0) return;
  const middle = left.value / 2 + right.value / 2;
  if ((right.value - left.value) * direction < 0) left.value = right.value = middle;
  if (direction > 0) left.upper = right.lower = middle;
  else left.lower = right.upper = middle;
}

/** The leaf whose split gains most; any leaf when all will be split anyway. */
function takeBest(open: Open[], any: boolean): Open {
  let best = open.length - 1;
  if (!any) {
    best = 0;
    for (let i = 1; i < open.length; i++) if (open[i]!.found!.gain > open[best]!.found!.gain) best = i;
  }
  return open.splice(best, 1)[0]!;
}

/** Takes the histogram of an open leaf; its children will be counted afresh. */
function forgo(open: readonly Open[]): number {
  const from = open.find((o) => o.slot >= 0);
  if (!from) throw new Error('No histogram to spare');
  const { slot } = from;
  from.slot = -1;
  return slot;
}

/** Brings `some` of the first `of` entries to the front, by chance. */
function draw(list: Int32Array, of: number, some: number, u: Random): void {
  for (let i = 0; i < some; i++) {
    const at = i + Math.floor(u() * (of - i));
    const t = list[at]!;
    list[at] = list[i]!;
    list[i] = t;
  }
}

/** Row numbers: those drawn first, then the others, both rising. */
function drawRows(rows: Uint32Array, some: number, u: Random): void {
  const n = rows.length;
  let taken = 0;
  for (let i = 0; i < n; i++) {
    if (some === n || u() * (n - i) < some - taken) rows[taken++] = i;
    else rows[some + i - taken] = i;
  }
}
