/**
 * Predicts many rows where that is quickest: nearest neighbours may be looked for on a graphics card, everything else is `predict`.
 * Whichever place is taken, the answers are the same bytes.
 */
import type { Form, Neighbours } from '../../src/core/form.js';
import type { Matrix } from '../../src/core/matrix.js';
import { take } from '../../src/core/matrix.js';
import { giveUpGpu, gpuDevice, type Gpu } from '../kernels/gpu/device.js';
import { BLOCK } from '../kernels/gpu/near.js';
import { encode } from './encoded.js';
import { predict, rawScores } from './index.js';
import { kitOf } from './kits.js';
import { looker, lookUp, whyNotGpu, type Looker } from './near-gpu.js';
import { boxesPay, neighboursPredict } from './neighbours.js';

export interface Place {
  /** Auto: a trial on this device decides. All but webgpu means the processor. */
  readonly wish: 'auto' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';
  /** Told where it ran and why, once that was a question; and when a device was lost. */
  note?(what: string): void;
  /** How often as many rows will be asked for, this time included; 1 unless told. */
  readonly times?: number;
  /** Takes a processor that plays the graphics card for one, buffers of so many bytes, and other times for short. */
  readonly test?: { readonly software: true; readonly bytes?: number; readonly short?: number };
}

/** Rows × outputs, as `predict`. */
export async function predictAhead(form: Form, X: Matrix, place: Place): Promise<Float64Array> {
  if (typeof navigator === 'undefined' || !('gpu' in navigator) || !(place.wish === 'auto' || place.wish === 'webgpu'))
    return predict(form, X);
  if (form.form === 'neighbours') return neighboursAhead(form, X, place);
  if (!holdsNeighbours(form)) return predict(form, X);
  if (form.form === 'encoded') {
    const out = new Float64Array(X.rows * form.outputs);
    for (let from = 0; from < X.rows; from += ROWS)
      out.set(await predictAhead(form.inner, encode(form, X, from, Math.min(X.rows, from + ROWS)), place), from * form.outputs);
    return out;
  }
  return inParts(form, X, place);
}
const ROWS = 4 * BLOCK;

const holdsNeighbours = (form: Form): boolean =>
  form.form === 'neighbours' ||
  (form.form === 'encoded' && holdsNeighbours(form.inner)) ||
  (form.form === 'calibrated' && holdsNeighbours(form.part)) ||
  (form.form === 'blend' && form.parts.some(holdsNeighbours)) ||
  (form.form === 'stack' && [...form.parts, form.final].some(holdsNeighbours));

/** A question that a form of forms asks and that has no answer yet. */
class Asked extends Error {
  readonly form: Form;
  readonly X: Matrix;
  readonly raw: boolean;
  constructor(form: Form, X: Matrix, raw: boolean) {
    super('asked');
    this.form = form;
    this.X = X;
    this.raw = raw;
  }
}

/** Kits ask their parts and do not wait: so a kit is begun again with each answer, and gets the earlier ones at once. */
async function inParts(form: Form, X: Matrix, place: Place): Promise<Float64Array> {
  const answers: Float64Array[] = [];
  for (;;) {
    let at = 0;
    const ask = (raw: boolean) => (part: Form, Z: Matrix) => {
      const known = answers[at++];
      if (known) return known;
      throw new Asked(part, Z, raw);
    };
    try {
      return kitOf(form).predict!(form, X, ask(false), ask(true));
    } catch (e) {
      if (!(e instanceof Asked)) throw e;
      answers.push(e.raw && !holdsNeighbours(e.form) ? rawScores(e.form, e.X) : await predictAhead(e.form, e.X, place));
    }
  }
}

// ---- where

/** Milliseconds of the processor under which starting a card cannot pay. */
const SHORT = 1000;
/** Rows of the trial on the processor. They need no second answer. */
const TRIED = 256;
/** Query-point-column triples that the processor does in a good tenth of a second, by metric: below, no question is asked. */
const LEAST: Readonly<Record<Neighbours['metric'], number>> = {
  euclidean: 1e9,
  manhattan: 1e9,
  chebyshev: 1e8,
  cosine: 1e8,
  minkowski: 3e6,
};

interface Choice {
  readonly onGpu: boolean;
  readonly why: string;
}
/** What trials found on this device, while the worker lives: which place, and why. */
const known = new Map<string, Choice>();
/** What the card holds, for the next rows of the same form; and who has it: one at a time. */
let held: { readonly looker: Looker; readonly bytes: number | undefined } | null = null;
let last: Promise<unknown> = Promise.resolve();

async function neighboursAhead(form: Neighbours, X: Matrix, place: Place): Promise<Float64Array> {
  const auto = place.wish === 'auto';
  const cells = form.y.length * X.rows * form.inputs * (place.times ?? 1);
  if (X.rows === 0 || (auto && ((place.test?.short !== 0 && cells < LEAST[form.metric]) || boxesPay(form, X.rows))))
    return neighboursPredict(form, X);
  const no = whyNotGpu(form);
  if (no) {
    if (!auto) place.note?.(`Backend: cpu, ${no}.`);
    return neighboursPredict(form, X);
  }
  const mine = last.then(() => search(form, X, place));
  last = mine.catch(() => undefined);
  return mine;
}

async function search(form: Neighbours, X: Matrix, place: Place): Promise<Float64Array> {
  const out = new Float64Array(X.rows * form.outputs);
  const key = [form.metric, form.p, form.k, form.inputs, form.outputs, Math.round(Math.log2(form.y.length))].join();
  let choice: Choice | undefined = place.wish === 'auto' ? known.get(key) : { onGpu: true, why: 'asked for' };
  let done = 0;
  /** Milliseconds the processor takes for a row. */
  let slow = 0;
  if (!choice) {
    const began = performance.now();
    done = onCpu(form, X, 0, Math.min(X.rows, TRIED), out);
    slow = (performance.now() - began) / done;
  }
  const gpu =
    choice?.onGpu === false || (!choice && slow * (X.rows * (place.times ?? 1) - done) < (place.test?.short ?? SHORT))
      ? null
      : await gpuDevice(place.test?.software);
  if (typeof gpu === 'string') choice = { onGpu: false, why: gpu };
  const say = () => choice && place.note?.(`Backend: ${choice.onGpu ? 'webgpu' : 'cpu'}, ${choice.why}.`);
  say();
  if (gpu !== null && typeof gpu !== 'string') {
    const first = done;
    let again = 0;
    try {
      const card = await holding(form, gpu, place.test?.bytes);
      while (done < X.rows && choice?.onGpu !== false) {
        const began = performance.now();
        const count = Math.min(BLOCK, X.rows - done);
        again += await lookUp(card, X, done, count, out);
        done += count;
        if (choice) continue;
        const took = (performance.now() - began) / count;
        choice = { onGpu: took < slow, why: trialled(slow, took) };
        known.set(key, choice);
        say();
      }
      if (again > (done - first) / 10) place.note?.(DOUBTFUL);
    } catch (e) {
      const why = e instanceof Error ? e.message : String(e);
      held = null;
      known.clear();
      giveUpGpu(why);
      place.note?.(`${choice ? '' : 'Backend: cpu. '}WebGPU failed (${why}): the search goes on on the CPU.`);
    }
  }
  onCpu(form, X, done, X.rows, out);
  return out;
}

/** The card with this form's points on it, and no other's. */
async function holding(form: Neighbours, gpu: Gpu, bytes: number | undefined): Promise<Looker> {
  if (held?.looker.form !== form || held.bytes !== bytes) {
    held?.looker.search.dispose();
    held = null;
    held = { looker: await looker(form, gpu, bytes), bytes };
  }
  return held.looker;
}

const trialled = (cpu: number, gpu: number) =>
  `fastest in a trial on this device (1000 rows take CPU ${shown(1000 * cpu)}, WebGPU ${shown(1000 * gpu)})`;
const shown = (ms: number) => `${Number(ms.toPrecision(2))} ms`;
const DOUBTFUL =
  'More than a tenth of the rows were looked up again on the CPU: several rows lie equally near, and the GPU’s precision cannot tell which come first.';

function onCpu(form: Neighbours, X: Matrix, from: number, to: number, out: Float64Array): number {
  if (from === 0 && to === X.rows) out.set(neighboursPredict(form, X));
  else if (from < to) {
    const rows = Int32Array.from({ length: to - from }, (_, i) => from + i);
    out.set(neighboursPredict(form, take(X, rows)), from * form.outputs);
  }
  return to - from;
}
