/** Minimal cost-complexity pruning (Breiman et al. 1984, chapter 3). */
import { Nodes } from './nodes.js';

/**
 * Cuts the weakest link while its price per leaf, (loss of the node as a leaf − loss of its leaves) / (leaves − 1), is at most alpha.
 * Losses are divided by the weight of all rows, as in scikit-learn. Single tree with root 0. O(nodes · cuts).
 */
export function prune(nodes: Nodes, loss: readonly number[], alpha: number): Nodes {
  const total = nodes.cover[0]!;
  const cut = new Uint8Array(nodes.count);
  const leaves = new Float64Array(nodes.count);
  const branch = new Float64Array(nodes.count);
  for (;;) {
    // Children always come after their parent, so one pass from the end sums up the branches.
    let weakest = -1;
    let price = Infinity;
    for (let i = nodes.count - 1; i >= 0; i--) {
      if (nodes.feature[i]! < 0 || cut[i]) {
        leaves[i] = 1;
        branch[i] = loss[i]! / total;
      } else {
        const l = nodes.left[i]!;
        const r = nodes.right[i]!;
        leaves[i] = leaves[l]! + leaves[r]!;
        branch[i] = branch[l]! + branch[r]!;
      }
    }
    const reached = [0];
    while (reached.length > 0) {
      const i = reached.pop()!;
      if (nodes.feature[i]! < 0 || cut[i]) continue;
      const g = (loss[i]! / total - branch[i]!) / (leaves[i]! - 1);
      if (g < price) {
        price = g;
        weakest = i;
      }
      reached.push(nodes.right[i]!, nodes.left[i]!);
    }
    if (weakest < 0 || price > alpha) break;
    cut[weakest] = 1;
  }
  return copy(nodes, cut);
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
