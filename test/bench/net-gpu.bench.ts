/**
 * Times a multilayer perceptron on this machine's graphics card against its processor, in Chromium: `npm run bench -- net-gpu`.
 * Without a card nothing is timed; the word `software` times the processor that plays one on few rows, to see that it runs.
 */
import { inChromium } from './in-chromium.js';
import { median } from './rival.js';

const software = process.argv.includes('software');

/** Runs in the page: a whole fit, the same on either, and what it took. `tensor` puts TensorFlow.js, op by op, in our kernels' place. */
const inside = `
import { matrix } from './src/core/matrix.js';
import { normal, random } from './src/core/random.js';
import { gpuDevice } from './workers/kernels/gpu/device.js';
import { denseOnly, gpuTrainer } from './workers/models/net/dense-gpu.js';
import { start } from './workers/models/net/network.js';
import { stack } from './workers/models/net/params.js';
import { plainTrainer } from './workers/models/net/plain.js';
import { tensorTrainer } from './workers/models/net/tensor.js';
import { train } from './workers/models/net/training.js';

globalThis.card = async (software) => {
  const gpu = await gpuDevice(software);
  if (typeof gpu === 'string') return gpu;
  const { vendor, architecture, description } = gpu.device.adapterInfo ?? {};
  return { called: [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed' };
};
globalThis.trial = async (where, n, p, hidden, batch, epochs, share) => {
  const u = random(7);
  const X = Float32Array.from({ length: n * p }, () => normal(u));
  const y = Float64Array.from({ length: n }, (_, i) => (X[i * p] + X[i * p + 1] * X[i * p + 2] > 0 ? 1 : 0));
  const lesson = { rows: n, X, codes: new Int32Array(0), y, weight: new Float64Array(n).fill(1), meanWeight: 1 };
  const rule = { solver: 'adam', momentum: 0.9, nesterov: true, alpha: 1e-4, decay: 0, clip: Infinity };
  const parts = stack(hidden, 1, 'relu', false, hidden.map(() => share));
  const net = { numbers: p, tables: [], wide: false, parts, outputs: 1, loss: 'logistic', rule };
  const schedule = { kind: 'constant', rate: 0.001, factor: 1, every: 1 };
  const first = {
    cpu: plainTrainer,
    gpu: async (...given) => gpuTrainer(await gpuDevice(), denseOnly(net), ...given),
    tensor: (...given) => tensorTrainer('webgpu', ...given),
  }[where];
  const ends = [];
  // A stop is heard at the next report: how long the longest wait for one was, once it was on its way.
  let wait = 0;
  let last = Infinity;
  // A whole turn of the page's events, as a worker has it.
  const turn = () => new Promise((go) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => (port1.close(), go()); port2.postMessage(0); });
  let turned = performance.now();
  const report = async (done, of, point) => {
    if (performance.now() - turned > 50) { await turn(); turned = performance.now(); }
    if (point) ends.push(performance.now());
    wait = Math.max(wait, performance.now() - last);
    last = performance.now();
    return true;
  };
  const began = performance.now();
  const plan = { epochs, batch, patience: 1e6, tol: 0, schedule, seed: 3 };
  const learnt = await train(net, lesson, null, start(net, random(1)), plan, { first }, { random: random(1), report });
  const took = ends.map((t, i) => t - (i ? ends[i - 1] : began));
  return { first: took[0], epochs: took.slice(1), wait, theta: [...learnt.theta] };
};`;
interface Timed {
  readonly first: number;
  readonly epochs: readonly number[];
  readonly wait: number;
  readonly theta: readonly number[];
}

await inChromium(inside, software, async (page) => {
  const card: string | { readonly called: string } = await page.evaluate(`card(${software})`);
  if (typeof card === 'string') {
    console.log(`Nothing timed: ${card}.`);
    return;
  }
  console.log(`Card: ${card.called}`);
  const cases: [number, number, number[], number, number, number][] = software
    ? [[2000, 50, [128, 128], 200, 3, 0]]
    : [
        [50_000, 50, [128, 128], 200, 5, 0],
        [50_000, 50, [128, 128], 1000, 5, 0],
        [50_000, 50, [128, 128], 200, 3, 0.2],
        [50_000, 50, [512, 512], 200, 3, 0],
      ];
  for (const [n, p, hidden, batch, epochs, share] of cases) {
    const on = async (where: string): Promise<Timed> =>
      page.evaluate(`trial('${where}', ${n}, ${p}, [${hidden.join(', ')}], ${batch}, ${epochs}, ${share})`);
    const [cpu, gpu, tensor] = [await on('cpu'), await on('gpu'), await on('tensor')];
    const epoch = (t: Timed) => median(t.epochs);
    const steps = Math.ceil(n / batch);
    const far = gpu.theta.reduce((most, x, i) => Math.max(most, Math.abs(x - cpu.theta[i]!)), 0);
    const say = (t: Timed) => `${epoch(t).toFixed(0)} ms an epoch (${((1000 * epoch(t)) / steps).toFixed(0)} µs a step), the first ${t.first.toFixed(0)}; at most ${t.wait.toFixed(0)} ms between reports`; // prettier-ignore
    console.log(`\n${n} × ${p}, [${hidden.join(', ')}], batches of ${batch}${share ? `, dropout ${share}` : ''}`);
    console.log(`  CPU            ${say(cpu)}`);
    console.log(`  our WGSL       ${say(gpu)}; weights at most ${far.toExponential(1)} off`);
    console.log(`  TensorFlow.js  ${say(tensor)}`);
    console.log(
      `  CPU / our WGSL = ${(epoch(cpu) / epoch(gpu)).toFixed(2)}; TensorFlow.js / our WGSL = ${(epoch(tensor) / epoch(gpu)).toFixed(2)}`,
    );
  }
});
