/** Minimal cost-complexity pruning (Breiman et al. 1984, chapter 3). */
import { Nodes } from './nodes.js';

/** One cut of the weakest link: which node becomes a leaf, at what price per leaf, and the impurity of all leaves after it. */
export interface Cut {
  readonly node: number;
  readonly price: number;
  readonly impurity: number;
}

/**
 * The sequence of smaller and smaller trees: each time the link is cut whose price, (loss of the node as a leaf − loss of its leaves) /
 * (leaves − 1), is least, until the root is left. Losses are divided by the weight of all rows, as in scikit-learn. Single tree with root 0.
 * O(nodes · cuts).
 */
export function* pruningPath(nodes: Nodes, loss: readonly number[]): Generator<Cut> {
  const total = nodes.cover[0]!;
  const isCut = new Uint8Array(nodes.count);
  const leaves = new Float64Array(nodes.count);
  const branch = new Float64Array(nodes.count);
  for (;;) {
    // Children always come after their parent, so one pass from the end sums up the branches.
    for (let i = nodes.count - 1; i >= 0; i--) {
      if (nodes.feature[i]! < 0 || isCut[i]) {
        leaves[i] = 1;
        branch[i] = loss[i]! / total;
      } else {
        const l = nodes.left[i]!;
        const r = nodes.right[i]!;
        leaves[i] = leaves[l]! + leaves[r]!;
        branch[i] = branch[l]! + branch[r]!;
      }
    }
    let weakest = -1;
    let price = Infinity;
    const reached = [0];
    while (reached.length > 0) {
      const i = reached.pop()!;
      if (nodes.feature[i]! < 0 || isCut[i]) continue;
      const g = (loss[i]! / total - branch[i]!) / (leaves[i]! - 1);
      if (g < price) {
        price = g;
        weakest = i;
      }
      reached.push(nodes.right[i]!, nodes.left[i]!);
    }
    if (weakest < 0) return;
    isCut[weakest] = 1;
    yield { node: weakest, price, impurity: branch[0]! - branch[weakest]! + loss[weakest]! / total };
  }
}

/** The tree after all cuts that cost at most alpha. */
export function prune(nodes: Nodes, loss: readonly number[], alpha: number): Nodes {
  const isCut = new Uint8Array(nodes.count);
  for (const { node, price } of pruningPath(nodes, loss)) {
    if (price > alpha) break;
    isCut[node] = 1;
  }
  return copy(nodes, isCut);
}

function copy(from: Nodes, cut: Uint8Array): Nodes {
  const to = new Nodes(from.width);
  const visit = (i: number): number => {
    const at = to.add(from.cover[i]!);
    for (let s = 0; s < from.width; s++) to.value[at * from.width + s] = from.value[i * from.width + s]!;
    if (from.feature[i]! >= 0 && !cut[i]) {
      to.feature[at] = from.feature[i]!;
      to.threshold[at] = from.threshold[i]!;
      to.missingLeft[at] = from.missingLeft[i]!;
      to.gain[at] = from.gain[i]!;
      const l = visit(from.left[i]!);
      const r = visit(from.right[i]!);
      to.left[at] = l;
      to.right[at] = r;
    }
    return at;
  };
  to.root(visit(0), from.score[0]!);
  return to;
}
