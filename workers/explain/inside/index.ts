/** Looks into a fitted model: which picture there is follows from its form. Forms that hold others are opened one member at a time. */
import type { Artifact } from '../../../src/core/artifact.js';
import type { Form } from '../../../src/core/form.js';
import type { Inside } from '../../../src/core/inside.js';
import { measureForm } from '../../forms/index.js';
import { shapesOf } from '../shapes.js';
import { namingOf, type Naming } from './naming.js';
import { blocksPicture, networkPicture } from './network.js';
import { cloudsPicture, kernelsPicture, neighboursPicture, processPicture } from './remembered.js';
import { rulesPicture } from './rules.js';
import { sumsPicture } from './sums.js';
import { treesPicture } from './trees.js';

export { boundaryOf } from './boundary.js';
export { witnessesOf } from './witnesses.js';

export interface Wanted {
  /** Of many trees, which. */
  readonly tree?: number;
  /** Of a combined model, the way to the member: places from the outermost inwards. */
  readonly path?: readonly number[];
}

/** Null for a form that there is no picture of. `members`: the models that a combined one asks, by name, where they are known. */
export function insideOf(a: Artifact, wanted: Wanted = {}, members: readonly string[] = []): Inside | null {
  return pictureOf(a.form, namingOf(a), a.provenance.rows, wanted.path ?? [], wanted.tree ?? 0, members);
}

function pictureOf(
  form: Form,
  naming: Naming,
  rows: number,
  path: readonly number[],
  tree: number,
  members: readonly string[],
): Inside | null {
  const [next, ...rest] = path;
  const parts = partsOf(form, naming, members);
  if (parts && next !== undefined) {
    const part = parts.parts[Math.max(0, Math.min(parts.parts.length - 1, next))]!;
    return pictureOf(part.form, part.naming, rows, rest, tree, []);
  }
  // One part alone that only prepares or corrects is looked through.
  if (parts && parts.parts.length === 1) return pictureOf(parts.parts[0]!.form, parts.parts[0]!.naming, rows, path, tree, members);
  if (parts)
    return {
      kind: 'parts',
      how: parts.how,
      parts: parts.parts.map((p) => ({ label: p.label, share: p.share, bytes: measureForm(p.form).bytes })),
    };
  switch (form.form) {
    case 'linear':
      return sumsPicture(form, naming);
    case 'trees':
      return treesPicture(form, naming, tree);
    case 'layers':
      return networkPicture(form, naming);
    case 'neighbours':
      return neighboursPicture(form, naming);
    case 'kernels':
      return kernelsPicture(form, naming, rows);
    case 'additive':
      return shapesOf(form, naming);
    case 'rules':
      return rulesPicture(form, naming);
    case 'gaussians':
      return cloudsPicture(form, naming);
    case 'network':
      return blocksPicture(form, naming);
    case 'process':
      return processPicture(form, naming);
    default:
      return null;
  }
}

interface Part {
  readonly form: Form;
  readonly naming: Naming;
  readonly label: string;
  readonly share: number | null;
}

/** The members of a form that holds others; null for one that does not. */
function partsOf(form: Form, naming: Naming, members: readonly string[]): { readonly how: string; readonly parts: readonly Part[] } | null {
  /** By the name of its model where that is known, as the board has it; else by what it is. */
  const called = (part: Form, m: number, of: number): string => (members.length === of ? members[m]! : wordFor(part));
  if (form.form === 'blend')
    return {
      how: 'The answers of its members are averaged by their shares.',
      parts: form.parts.map((part, m) => ({ form: part, naming, label: called(part, m, form.parts.length), share: form.shares[m]! })),
    };
  if (form.form === 'stack') {
    const own = form.parts.map((part, m) => ({ form: part, naming, label: called(part, m, form.parts.length), share: null }));
    const said = own.flatMap(({ form: part, label: one }) => {
      const each = part.outputs > 2 ? naming.levels : part.outputs === 2 ? naming.levels.slice(1) : [''];
      return each.map((level) => (level ? `${one}: ${level}` : one));
    });
    const columns = form.passthrough ? [...said, ...naming.columns] : said;
    const last = { ...naming, columns, categories: columns.map(() => []), compares: plainly(columns) };
    return {
      how: 'A last model takes the answers of its members and weighs them.',
      parts: [...own, { form: form.final, naming: last, label: 'The last word', share: null }],
    };
  }
  if (form.form === 'calibrated')
    return {
      how: 'Its probabilities are put right afterwards.',
      parts: [{ form: form.part, naming, label: wordFor(form.part), share: null }],
    };
  if (form.form === 'encoded') {
    const columns = Array.from(form.source, (source, j) => {
      const name = naming.columns[source] ?? String(source);
      const own = form.level.subarray(form.starts[j]!, form.starts[j + 1]!);
      if (own.length === 0) return name;
      return `${name}=${own.length === 1 ? (naming.categories[source]?.[own[0]!] ?? String(own[0]!)) : 'other'}`;
    });
    const isLevel = (j: number) => form.starts[j + 1]! > form.starts[j]!;
    const categories = columns.map((_, j) => (isLevel(j) ? [] : (naming.categories[form.source[j]!] ?? [])));
    const compares = (j: number, threshold: number) =>
      isLevel(j)
        ? columns[j]!.replace(/=(?=[^=]*$)/, ' is not ')
        : naming.compares(form.source[j]!, threshold * form.scale[j]! + form.shift[j]!);
    return {
      how: 'Its columns are prepared first.',
      parts: [{ form: form.inner, naming: { ...naming, columns, categories, compares }, label: wordFor(form.inner), share: null }],
    };
  }
  return null;
}

const words: Readonly<Partial<Record<Form['form'], string>>> = {
  linear: 'Weighted sum',
  trees: 'Trees',
  layers: 'Neural network',
  neighbours: 'Nearest neighbours',
  kernels: 'Support vectors',
  gaussians: 'Normal clouds',
  additive: 'Sum of curves',
  blend: 'Blend',
  network: 'Neural network',
  process: 'Gaussian process',
  stack: 'Stack',
};
const wordFor = (form: Form): string => {
  if (form.form === 'encoded') return wordFor(form.inner);
  if (form.form === 'calibrated') return wordFor(form.part);
  return words[form.form] ?? 'Model';
};
const plainly = (columns: readonly string[]) => (j: number, threshold: number) => `${columns[j]} ≤ ${Number(threshold.toPrecision(6))}`;
