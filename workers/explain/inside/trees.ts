/** One tree of a model, as questions; and which columns all its trees ask about most. */
import type { Trees } from '../../../src/core/form.js';
import type { TreeNode, TreesPicture } from '../../../src/core/inside.js';
import { treeImportance } from '../../forms/trees.js';
import type { Naming } from './naming.js';

/** Splits drawn of one tree: the first by breadth. What lies deeper is counted. */
const MOST_SPLITS = 63;
const MOST_COLUMNS = 30;

export function treesPicture(form: Trees, naming: Naming, wanted: number): TreesPicture {
  const trees = form.roots.length;
  const shown = Math.max(0, Math.min(trees - 1, wanted));
  const gains = treeImportance(form);
  const total = gains.reduce((a, b) => a + b, 0);
  const isShare = form.outputs > 1 && form.average && form.width === form.outputs && form.link === 'identity';
  return {
    kind: 'trees',
    trees,
    shown,
    holds: isShare ? 'probabilities' : form.link === 'identity' && (form.average || trees === 1) ? 'value' : 'score',
    levels: naming.levels,
    nodes: trees ? nodesOf(form, form.roots[shown]!, naming) : [],
    gain: [...gains]
      .map((g, j) => ({ name: naming.columns[j] ?? String(j), share: total > 0 ? g / total : 0 }))
      .filter((g) => g.share > 0)
      .sort((a, b) => b.share - a.share)
      .slice(0, MOST_COLUMNS),
  };
}

function nodesOf(form: Trees, root: number, naming: Naming): TreeNode[] {
  const below = splitsBelow(form, root);
  const out: TreeNode[] = [];
  const queue: { node: number; parent: number; yes: boolean }[] = [{ node: root, parent: -1, yes: true }];
  let splits = 0;
  for (let at = 0; at < queue.length; at++) {
    const { node, parent, yes } = queue[at]!;
    const isSplit = form.feature[node]! >= 0;
    const opened = isSplit && splits < MOST_SPLITS;
    if (opened) splits++;
    out.push({
      parent,
      yes,
      asks: opened ? question(form, node, naming) : null,
      rows: form.cover[node]!,
      values: Array.from(form.value.subarray(node * form.width, (node + 1) * form.width)),
      hidden: opened || !isSplit ? 0 : below.get(node)!,
    });
    if (opened) queue.push({ node: form.left[node]!, parent: at, yes: true }, { node: form.right[node]!, parent: at, yes: false });
  }
  return out;
}

/** Splits at and below each node of one tree. Children have higher numbers, so one pass backwards over the nodes met is enough. */
function splitsBelow(form: Trees, root: number): Map<number, number> {
  const met = [root];
  for (let i = 0; i < met.length; i++) if (form.feature[met[i]!]! >= 0) met.push(form.left[met[i]!]!, form.right[met[i]!]!);
  const below = new Map<number, number>();
  for (const node of met.reverse())
    below.set(node, form.feature[node]! < 0 ? 0 : 1 + below.get(form.left[node]!)! + below.get(form.right[node]!)!);
  return below;
}

/** “age ≤ 12.5 (or missing)”, “town is Ulm or Bonn”: what sends a row to the left. */
function question(form: Trees, node: number, naming: Naming): string {
  const j = form.feature[node]!;
  const name = naming.columns[j] ?? String(j);
  const missing = form.missingLeft[node] === 1 ? ' or missing' : '';
  const start = form.set[node]!;
  if (start < 0) return naming.compares(j, form.threshold[node]!) + missing;
  const texts = naming.categories[j] ?? [];
  const chosen: string[] = [];
  const words = form.setWords[start]!;
  for (let level = 0; level < words * 32; level++)
    if ((form.setWords[start + 1 + (level >>> 5)]! >>> (level & 31)) & 1) chosen.push(texts[level] ?? `level ${level + 1}`);
  const many = chosen.length > 4;
  return `${name} is ${(many ? chosen.slice(0, 3) : chosen).join(' or ')}${many ? ` or ${chosen.length - 3} more` : ''}${missing}`;
}
