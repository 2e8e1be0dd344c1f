/** A model as one Python file that needs numpy only: the preparation, the numbers and the program that runs them. */
import { perTarget, type Artifact } from '../../src/core/artifact.js';
import type { Form } from '../../src/core/form.js';
import { TOKENS } from '../read/missing.js';
import { fileName, utf8, type Export } from './export.js';
import { base64 } from './markup.js';
import { runtime } from './python-runtime.js';

/** Steps that the Python program knows. */
const KNOWN = new Set(['impute', 'standardise', 'one-hot', 'date-parts', 'drop-columns', 'align-levels']);
/** Kinds of model that it knows beside blends of them. */
const FORMS = new Set<Form['form']>(['linear', 'trees', 'layers', 'network', 'kernels', 'additive']);

export const python: Export = {
  id: 'python',
  version: 1,
  label: 'Python program',
  help: 'One .py file that predicts rows or a CSV with numpy alone: the preparation and the model in it are the ones trained here, with the same numbers.',
  source: 'Tablework; Python 3.9 or later',
  params: {},
  ending: '.py',
  fits(a) {
    const parts = perTarget(a);
    const strange = parts.flatMap((m) => m.recipe).find((f) => !KNOWN.has(f.step));
    if (strange) return `its step “${strange.step}” has not been written in Python`;
    const dated = a.inputs.find((i) => i.kind === 'time' && !/YYYY/.test(i.reading.format ?? ''));
    if (dated) return `the dates of “${dated.name}” are written in a way the Python program does not read`;
    return parts.map((m) => unwritten(m.form)).find((why) => why !== null) ?? null;
  },
  make: (a) => Promise.resolve({ name: fileName(a, '.py'), type: 'text/x-python', bytes: utf8(source(a)) }),
};

/** Null, or why a form cannot be run by the Python program. */
function unwritten(f: Form): string | null {
  if (f.form === 'neighbours') return 'a model of neighbours carries its training rows; take the model file';
  if (f.form === 'blend') return f.parts.map(unwritten).find((why) => why !== null) ?? null;
  return FORMS.has(f.form) ? null : 'this kind of model has not been written in Python';
}

function source(a: Artifact): string {
  const model = {
    target: a.target.name,
    levels: a.target.levels,
    missing: TOKENS,
    inputs: a.inputs.map(({ name, kind, reading }) => ({ name, kind, reading })),
    recipe: a.recipe,
    form: a.form,
    ...(a.also ? { also: a.also.map(({ target, recipe, form }) => ({ target: target.name, levels: target.levels, recipe, form })) } : {}),
    ...(a.chain ? { chain: true } : {}),
  };
  const title = [
    `${a.name}: predicts ${perTarget(a)
      .map((m) => m.target.name)
      .join(', ')}.`,
    `${a.model.label}, trained by Tablework ${a.provenance.app} on ${a.provenance.rows} rows of ${a.provenance.file}, seed ${a.provenance.seed}.`,
    `Use: python3 THIS.py FILE.csv > PREDICTIONS.csv, or import it and call ${a.also ? 'predict_each(rows)' : 'predict(rows)'}.`,
  ];
  // A comment line can hold no line end, and a JSON text in ASCII is a Python string as it stands.
  const comment = title.map((line) => `# ${line.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`).join('\n');
  return `${comment}\n_JSON = ${JSON.stringify(ascii(JSON.stringify(model, encoded)))}\n${runtime}`;
}

const TYPES = [
  [Float64Array, 'f8'],
  [Float32Array, 'f4'],
  [Int32Array, 'i4'],
  [Uint32Array, 'u4'],
  [Uint16Array, 'u2'],
  [Uint8Array, 'u1'],
] as const;

function encoded(_: string, v: unknown): unknown {
  if (!ArrayBuffer.isView(v)) return v;
  const type = TYPES.find(([T]) => v instanceof T);
  if (!type) throw new Error('An array of a kind that models do not hold');
  return { $: type[1], b: base64(new Uint8Array(v.buffer, v.byteOffset, v.byteLength)) };
}

const ascii = (json: string): string => json.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
