/** Encoded forms: the columns of the matrix are filled, put on a scale and spread by level, and the inner form is asked. */
import type { Encoded } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { broken, floats64, lengthIs, typed } from './gate.js';
import type { Kit } from './kit.js';

/** Rows handled together: the encoded block of a wide table stays small. */
const BLOCK = 8192;
/** What Float32 can hold at most; larger values are cut to it, as when the matrix itself is made. */
const LARGEST = 3.4028234663852886e38;

export type Encoding = Pick<Encoded, 'source' | 'starts' | 'level' | 'fills' | 'fill' | 'shift' | 'scale'>;

/** Rows from…to−1 of the matrix as the inner form takes them. `levels` of the inner columns is of use to fitters only. */
export function encode(e: Encoding, X: Matrix, from = 0, to = X.rows): Matrix {
  const cols = e.source.length;
  const rows = to - from;
  const data = new Float32Array(rows * cols);
  const names: string[] = [];
  const levels: number[] = [];
  for (let j = 0; j < cols; j++) {
    const source = e.source[j]!;
    const x = X.data.subarray(source * X.rows + from, source * X.rows + to);
    const out = data.subarray(j * rows, (j + 1) * rows);
    const fills = e.fills[j] === 1;
    const fill = e.fill[j]!;
    const own = e.level.subarray(e.starts[j]!, e.starts[j + 1]!);
    const name = X.names[source] ?? `x${source}`;
    if (own.length > 0) {
      const has = (code: number) => own.includes(code);
      const filled = fills && has(fill) ? 1 : 0;
      const most = own.reduce((a, b) => Math.max(a, b));
      const set = Uint8Array.from({ length: most + 1 }, (_, code) => (has(code) ? 1 : 0));
      for (let i = 0; i < rows; i++) {
        const v = x[i]!;
        out[i] = v !== v ? filled : (set[v] ?? 0);
      }
      names.push(`${name}=${own.length === 1 ? own[0]! : 'other'}`);
      levels.push(0);
      continue;
    }
    const shift = e.shift[j]!;
    const scale = e.scale[j]!;
    for (let i = 0; i < rows; i++) {
      const v = x[i]!;
      const known = v === v ? v : fills ? fill : NaN;
      out[i] = scale === 0 ? (known === known ? 0 : NaN) : Math.min(LARGEST, Math.max(-LARGEST, (known - shift) / scale));
    }
    names.push(name);
    levels.push(scale === 1 && shift === 0 ? (X.levels[source] ?? 0) : 0);
  }
  return { rows, cols, data, names, levels };
}

export const encodedKit: Kit<Encoded> = {
  predict(form, X, ask) {
    const out = new Float64Array(X.rows * form.outputs);
    for (let from = 0; from < X.rows; from += BLOCK)
      out.set(ask(form.inner, encode(form, X, from, Math.min(X.rows, from + BLOCK))), from * form.outputs);
    return out;
  },
  check(o, at, inputs, outputs, inner) {
    const form = inner(o['inner'], `${at}.inner`);
    const cols = form.inputs;
    if (form.outputs !== outputs) broken(`${at}.inner has ${form.outputs} outputs, not ${outputs}`);
    const source = typed(o, 'source', at, Int32Array);
    lengthIs(source, cols, `${at}.source`);
    for (const j of source) if (j < 0 || j >= inputs) broken(`${at}.source holds ${j}`);
    const level = typed(o, 'level', at, Int32Array);
    for (const l of level) if (l < 0 || l > 2 ** 24) broken(`${at}.level holds ${l}`);
    const starts = typed(o, 'starts', at, Int32Array);
    lengthIs(starts, cols + 1, `${at}.starts`);
    starts.forEach((s, i) => {
      if (s < (i > 0 ? starts[i - 1]! : 0)) broken(`${at}.starts holds ${s}`);
    });
    if (starts[0] !== 0 || starts[cols] !== level.length) broken(`${at}.starts does not cover its levels`);
    const fills = typed(o, 'fills', at, Uint8Array);
    lengthIs(fills, cols, `${at}.fills`);
    const [fill, shift, scale] = [floats64(o, 'fill', at, cols), floats64(o, 'shift', at, cols), floats64(o, 'scale', at, cols)];
    return { form: 'encoded', inputs, outputs, inner: form, source, starts, level, fills, fill, shift, scale };
  },
  measure(form, inner) {
    const own = form.fill.length + form.shift.length + form.scale.length;
    const ints = form.source.byteLength + form.starts.byteLength + form.level.byteLength + form.fills.byteLength;
    const size = inner(form.inner);
    return { ...size, bytes: size.bytes + 8 * own + ints, parameters: size.parameters + own };
  },
};
