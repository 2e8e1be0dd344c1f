/**
 * Times nearest neighbours on this machine's graphics card against its processor, in Chromium: `npx tsx test/bench/near-gpu.bench.ts`.
 * Without a card nothing is timed; the word `software` times the processor that plays one, to see that it runs.
 */
import { inChromium } from './in-chromium.js';

const REPEATS = 3;
const software = process.argv.includes('software');

/** Runs in the page: seconds on either, the share of rows done again, and whether the answers are the same. */
const inside = `
import { matrix } from './src/core/matrix.js';
import { normal, random } from './src/core/random.js';
import { predict } from './workers/forms/index.js';
import { looker, lookUp } from './workers/forms/near-gpu.js';
import { gpuDevice } from './workers/kernels/gpu/device.js';
import { BLOCK } from './workers/kernels/gpu/near.js';
globalThis.trial = async (metric, n, p, q, k, software) => {
  const gpu = await gpuDevice(software);
  if (typeof gpu === 'string') return gpu;
  const u = random(1);
  const cells = (m) => Float32Array.from({ length: m }, () => normal(u));
  const form = { form: 'neighbours', inputs: p, outputs: 1, k, weights: 'distance', metric, ...(metric === 'minkowski' ? { p: 3 } : {}),
    task: 'number', points: cells(n * p), y: Float64Array.from({ length: n }, (_, i) => i) };
  const X = matrix(q, p, cells(q * p));
  let t = performance.now();
  const want = predict(form, X);
  const cpu = (performance.now() - t) / 1000;
  t = performance.now();
  const card = await looker(form, gpu);
  const start = (performance.now() - t) / 1000;
  t = performance.now();
  const out = new Float64Array(q);
  let again = 0;
  for (let from = 0; from < q; from += BLOCK) again += await lookUp(card, X, from, Math.min(BLOCK, q - from), out);
  const took = (performance.now() - t) / 1000;
  card.search.dispose();
  return { cpu, start, gpu: took, again: again / q, same: out.every((x, i) => Object.is(x, want[i])) };
};`;
interface Timed {
  readonly cpu: number;
  readonly start: number;
  readonly gpu: number;
  readonly again: number;
  readonly same: boolean;
}

await inChromium(inside, software, async (page) => {
  const cases: [string, number, number, number, number][] = software
    ? [['euclidean', 2000, 20, 256, 5]]
    : [
        ['euclidean', 50_000, 20, 10_000, 5],
        ['euclidean', 50_000, 100, 10_000, 5],
        ['euclidean', 500_000, 20, 10_000, 5],
        ['manhattan', 50_000, 20, 10_000, 50],
        ['cosine', 50_000, 20, 2000, 5],
        ['chebyshev', 50_000, 20, 2000, 5],
        ['minkowski', 50_000, 20, 500, 5],
      ];
  for (const [metric, n, p, q, k] of cases) {
    const all: Timed[] = [];
    for (let i = 0; i < REPEATS; i++) {
      const call = `trial(${JSON.stringify(metric)}, ${n}, ${p}, ${q}, ${k}, ${software})`;
      const got: Timed | string = await page.evaluate(call);
      if (typeof got === 'string') {
        console.log(`Nothing timed: ${got}.`);
        break;
      }
      all.push(got);
    }
    if (all.length === 0) break;
    const middle = (of: (t: Timed) => number) => all.map(of).sort((a, b) => a - b)[Math.floor(all.length / 2)]!;
    const [cpu, start, gpu] = [middle((t) => t.cpu), middle((t) => t.start), middle((t) => t.gpu)];
    console.log(
      `${metric}, ${n} × ${p}, ${q} asked for ${k}: CPU ${cpu.toFixed(2)} s; WebGPU ${start.toFixed(2)} s to start, then ${gpu.toFixed(2)} s; ` +
        `ratio ${(gpu / cpu).toFixed(2)}; ${(100 * middle((t) => t.again)).toFixed(1)} % done again; ${all.every((t) => t.same) ? 'same' : 'OTHER'} bytes`,
    );
  }
});
