/** Trees as a model file may hold them: looked at from every side before a row goes down them. */
import type { Trees } from '../../src/core/form.js';
import { broken, floats64, lengthIs, linkOf, scoreCount, typed, whole, WIDEST, type Fields } from './gate.js';
import type { Kit, Size } from './kit.js';
import { predictTrees, treeContributions } from './trees.js';

const DEEPEST_TREE = 10_000;

export const treesKit: Kit<Trees> = { raw: predictTrees, contributions: treeContributions, check: treesOf, measure: treesSize };

function treesOf(o: Fields, at: string, inputs: number, outputs: number): Trees {
  const link = linkOf(o, at, outputs);
  const scores = scoreCount(link, outputs);
  const feature = typed(o, 'feature', at, Int32Array);
  const nodes = feature.length;
  const width = whole(o, 'width', at, 1, WIDEST);
  if (width !== 1 && width !== scores) broken(`${at}.width is ${width}, neither 1 nor ${scores}`);
  const base = floats64(o, 'base', at, scores);
  const roots = typed(o, 'roots', at, Int32Array);
  const score = typed(o, 'score', at, Int32Array);
  lengthIs(score, roots.length, `${at}.score`);
  for (const s of score) {
    if (s < -1 || s >= scores || (s === -1 && width !== scores) || (s >= 0 && width !== 1)) broken(`${at}.score holds ${s}`);
  }
  const threshold = typed(o, 'threshold', at, Float32Array);
  const left = typed(o, 'left', at, Int32Array);
  const right = typed(o, 'right', at, Int32Array);
  const missingLeft = typed(o, 'missingLeft', at, Uint8Array);
  const set = typed(o, 'set', at, Int32Array);
  const setWords = typed(o, 'setWords', at, Uint32Array);
  const value = floats64(o, 'value', at, nodes * width);
  const cover = floats64(o, 'cover', at, nodes);
  const gain = floats64(o, 'gain', at, nodes);
  for (const [name, part] of Object.entries({ threshold, left, right, missingLeft, set })) lengthIs(part, nodes, `${at}.${name}`);

  // Children come after their parent and every node has one parent at most: trees, without cycles and without sharing.
  const depth = new Int32Array(nodes).fill(-1);
  const claim = (node: number, level: number, what: string) => {
    if (depth[node] !== -1) broken(`${at}: node ${node} is reached twice`);
    if (level > DEEPEST_TREE) broken(`${at}: ${what} is too deep`);
    depth[node] = level;
  };
  for (const root of roots) {
    if (root < 0 || root >= nodes) broken(`${at}.roots holds ${root}`);
    claim(root, 0, 'a root');
  }
  for (let i = 0; i < nodes; i++) {
    const f = feature[i]!;
    if (f < -1 || f >= inputs) broken(`${at}.feature holds ${f}`);
    if (f === -1) continue;
    for (const child of [left[i]!, right[i]!]) {
      if (child <= i || child >= nodes) broken(`${at}: node ${i} has a child ${child}`);
      if (depth[i] !== -1) claim(child, depth[i]! + 1, `node ${child}`);
    }
    const s = set[i]!;
    if (s < -1 || s >= setWords.length) broken(`${at}.set holds ${s}`);
    if (s >= 0 && s + setWords[s]! >= setWords.length) broken(`${at}: the level set at ${s} runs past the end`);
    if (s === -1 && Number.isNaN(threshold[i]!)) broken(`${at}.threshold is not a number at node ${i}`);
  }
  const average = o['average'];
  if (typeof average !== 'boolean') return broken(`${at}.average is not true or false`);
  if (average && roots.length === 0) broken(`${at} has no tree to average`);
  return {
    form: 'trees', link, inputs, outputs, average, base, roots, score, width, feature,
    threshold, left, right, missingLeft, set, setWords, value, cover, gain,
  }; // prettier-ignore
}

/** A split learns which column and where; a leaf its values. */
function treesSize(form: Trees): Size {
  const nodes = form.feature.length;
  let leaves = 0;
  for (let i = 0; i < nodes; i++) if (form.feature[i]! < 0) leaves++;
  const bytes = Object.values(form).reduce<number>((sum, v) => sum + (ArrayBuffer.isView(v) ? v.byteLength : 0), 0);
  return { bytes, parameters: form.base.length + 2 * (nodes - leaves) + leaves * form.width, nodes };
}
