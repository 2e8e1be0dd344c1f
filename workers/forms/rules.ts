/** Rules: a list whose first match answers, or a sum over all that hold, with straight parts beside it. */
import type { Rules } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { broken, floats64, lengthIs, linkOf, scoreCount, typed, type Fields } from './gate.js';
import type { Kit, Size } from './kit.js';

/** Rows handled together: what holds for them stays in the first cache. */
const BLOCK = 1024;

export const rulesKit: Kit<Rules> = { raw: rulesScores, check: rulesOf, measure: rulesSize };

/** Rows × scores, row-major. What rules say is added in the order of the rules whatever the batch, so a batch equals its rows. */
export function rulesScores(form: Rules, X: Matrix): Float64Array {
  const scores = form.bias.length;
  const rules = form.starts.length - 1;
  const out = new Float64Array(X.rows * scores);
  const holds = new Uint8Array(Math.min(BLOCK, X.rows));
  const answered = new Uint8Array(holds.length);
  for (let from = 0; from < X.rows; from += BLOCK) {
    const n = Math.min(BLOCK, X.rows - from);
    answered.fill(0);
    for (let i = 0; i < n; i++) for (let k = 0; k < scores; k++) out[(from + i) * scores + k] = form.bias[k]!;
    for (let r = 0; r < rules; r++) {
      ruleHolds(form, r, X, from, n, holds);
      for (let i = 0; i < n; i++) {
        if (holds[i] === 0 || answered[i] === 1) continue;
        const at = (from + i) * scores;
        if (form.ordered) answered[i] = 1;
        for (let k = 0; k < scores; k++) out[at + k] = (form.ordered ? 0 : out[at + k]!) + form.values[r * scores + k]!;
      }
    }
    for (let t = 0; t < form.lines.length; t++) {
      const column = form.lines[t]! * X.rows + from;
      const lower = form.lower[t]!;
      const upper = form.upper[t]!;
      for (let i = 0; i < n; i++) {
        const x = X.data[column + i]!;
        const within = x !== x ? form.fill[t]! : x < lower ? lower : x > upper ? upper : x;
        for (let k = 0; k < scores; k++) out[(from + i) * scores + k]! += form.slopes[t * scores + k]! * within;
      }
    }
  }
  return out;
}

/** Writes 1 for each of `n` rows from `from` on for which rule r holds, else 0. */
export function ruleHolds(form: Rules, r: number, X: Matrix, from: number, n: number, to: Uint8Array): void {
  to.fill(1, 0, n);
  for (let c = form.starts[r]!; c < form.starts[r + 1]!; c++) {
    const column = form.column[c]! * X.rows + from;
    const threshold = form.threshold[c]!;
    const above = form.above[c]!;
    const missing = form.missing[c]!;
    const set = form.set[c]!;
    if (set < 0) {
      for (let i = 0; i < n; i++) {
        const x = X.data[column + i]!;
        to[i]! &= x !== x ? missing : x > threshold ? above : 1 - above;
      }
    } else {
      const words = form.setWords;
      const room = words[set]! * 32;
      for (let i = 0; i < n; i++) {
        const x = X.data[column + i]!;
        to[i]! &= x >= 0 && x < room ? (words[set + 1 + (x >>> 5)]! >>> (x & 31)) & 1 : missing;
      }
    }
  }
}

function rulesOf(o: Fields, at: string, inputs: number, outputs: number): Rules {
  const link = linkOf(o, at, outputs);
  const scores = scoreCount(link, outputs);
  const ordered = o['ordered'];
  if (typeof ordered !== 'boolean') return broken(`${at}.ordered is not true or false`);
  const bias = floats64(o, 'bias', at, scores);
  const cover = typed(o, 'cover', at, Float64Array);
  const rules = cover.length - 1;
  if (rules < 0) broken(`${at}.cover is empty`);
  floats64(o, 'cover', at, rules + 1);
  const values = floats64(o, 'values', at, rules * scores);
  const column = typed(o, 'column', at, Int32Array);
  const conditions = column.length;
  const starts = typed(o, 'starts', at, Int32Array);
  lengthIs(starts, rules + 1, `${at}.starts`);
  starts.forEach((s, r) => {
    if (s < (r > 0 ? starts[r - 1]! : 0)) broken(`${at}.starts holds ${s}`);
  });
  if (starts[0] !== 0 || starts[rules] !== conditions) broken(`${at}.starts does not cover its conditions`);
  const threshold = typed(o, 'threshold', at, Float32Array);
  const above = typed(o, 'above', at, Uint8Array);
  const missing = typed(o, 'missing', at, Uint8Array);
  const set = typed(o, 'set', at, Int32Array);
  const setWords = typed(o, 'setWords', at, Uint32Array);
  for (const [name, part] of Object.entries({ threshold, above, missing, set })) lengthIs(part, conditions, `${at}.${name}`);
  let used = 0;
  for (let c = 0; c < conditions; c++) {
    const j = column[c]!;
    if (j < 0 || j >= inputs) broken(`${at}.column holds ${j}`);
    if (above[c]! > 1) broken(`${at}.above holds ${above[c]}`);
    if (missing[c]! > 1) broken(`${at}.missing holds ${missing[c]}`);
    const s = set[c]!;
    if (s < -1 || s >= setWords.length) broken(`${at}.set holds ${s}`);
    if (s >= 0 && s + setWords[s]! >= setWords.length) broken(`${at}: the level set at ${s} runs past the end`);
    if (s === -1 && Number.isNaN(threshold[c]!)) broken(`${at}.threshold is not a number at condition ${c}`);
    if (s >= 0) used = Math.max(used, s + 1 + setWords[s]!);
  }
  if (used !== setWords.length) broken(`${at}.setWords holds more than its sets`);
  const lines = typed(o, 'lines', at, Int32Array);
  for (const j of lines) if (j < 0 || j >= inputs) broken(`${at}.lines holds ${j}`);
  const lower = floats64(o, 'lower', at, lines.length);
  const upper = floats64(o, 'upper', at, lines.length);
  const fill = floats64(o, 'fill', at, lines.length);
  const slopes = floats64(o, 'slopes', at, lines.length * scores);
  return {
    form: 'rules', link, inputs, outputs, ordered, bias, values, starts, column, above, threshold, set, setWords, missing, cover,
    lines, lower, upper, fill, slopes,
  }; // prettier-ignore
}

/** Learnt: what is asked, what is said, and the straight parts. */
function rulesSize(form: Rules): Size {
  const bytes = Object.values(form).reduce<number>((sum, v) => sum + (ArrayBuffer.isView(v) ? v.byteLength : 0), 0);
  return { bytes, parameters: form.bias.length + form.values.length + form.column.length + form.slopes.length };
}
