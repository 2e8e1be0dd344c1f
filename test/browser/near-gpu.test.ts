/** Nearest neighbours on WebGPU: the kernel against its plain twin, and the same bytes as the processor whatever the data and the device do. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Blend, Form, Neighbours } from '../../src/core/form.js';
import { matrix, take, type Matrix } from '../../src/core/matrix.js';
import { normal, random } from '../../src/core/random.js';
import { emptyWorkflow } from '../../src/core/workflow.js';
import { Guide } from '../../workers/context.js';
import { makeDesign } from '../../workers/design.js';
import { predictAhead, type Place } from '../../workers/forms/ahead.js';
import { predict } from '../../workers/forms/index.js';
import { looker, lookUp, whyNotGpu } from '../../workers/forms/near-gpu.js';
import { forgetGpu, gpuDevice, type Gpu } from '../../workers/kernels/gpu/device.js';
import { BLOCK, errorOf, nearSearch, type Measure } from '../../workers/kernels/gpu/near.js';
import { plainSearch } from '../../workers/kernels/gpu/near-plain.js';
import { profileTable } from '../../workers/profile/index.js';
import { propose } from '../../workers/propose.js';
import { readTable } from '../../workers/read/index.js';
import { train } from '../../workers/run.js';
import { defaultTrial } from '../../workers/study.js';

let gpu: Gpu;
beforeAll(async () => {
  const got = await gpuDevice(true);
  if (typeof got === 'string') throw new Error(got);
  gpu = got;
});

const cells = (n: number, seed: number, of: (x: number) => number = (x) => x) => {
  const u = random(seed);
  return Float32Array.from({ length: n }, () => of(normal(u)));
};
const metrics: [Neighbours['metric'], number?][] = [
  ['euclidean'],
  ['manhattan'],
  ['chebyshev'],
  ['cosine'],
  ['minkowski', 3],
  ['minkowski', 2.5],
];
const form = (metric: Neighbours['metric'], p: number | undefined, points: Float32Array, cols: number, k = 5): Neighbours => {
  const rows = points.length / cols;
  return {
    form: 'neighbours', inputs: cols, outputs: 3, k, weights: 'distance', metric, ...(p ? { p } : {}), points, task: 'class',
    y: Float64Array.from({ length: rows }, (_, i) => i % 3),
  }; // prettier-ignore
};
const software = (more: object = {}): Place['test'] => ({ software: true, ...more });

describe('the kernel and its twin', () => {
  const measures: Measure[] = [
    { by: 'squares', p: 2 },
    { by: 'absolute', p: 1 },
    { by: 'largest', p: 1 },
    { by: 'power', p: 3 },
    { by: 'power', p: 2.5 },
  ];
  it.each(measures.map((m) => [`${m.by} ${m.p}`, m] as const))('%s: whole numbers in order, ties to the lower row', async (_, m) => {
    // Small whole numbers: no sum is rounded, so the lists are the same but for powers that are no whole ones.
    const [rows, cols, keep, asked] = [333, 5, 12, 70];
    const points = cells(rows * cols, 1, (x) => Math.round(2 * x));
    const queries = cells(asked * cols, 2, (x) => Math.round(2 * x));
    // Two chunks of points, and in each several segments: 16 rows × 5 columns × 4 bytes × 12.
    const search = await nearSearch(gpu, points, rows, cols, m, keep, 320 * 12);
    const [got, want] = [await search.look(queries, asked), await plainSearch(points, rows, cols, m, keep).look(queries, asked)];
    search.dispose();
    const { relative, absolute } = errorOf(m, cols);
    for (let q = 0; q < asked; q++) {
      const rowsOf = (l: typeof got) => Array.from({ length: keep }, (_, i) => l.rows[i * BLOCK + q]!);
      const of = (l: typeof got) => Array.from({ length: keep }, (_, i) => l.distances[i * BLOCK + q]!);
      of(want).forEach((d, i) => expect(Math.abs(of(got)[i]! - d)).toBeLessThanOrEqual(m.p === 2.5 ? d * relative + absolute : 0));
      if (m.p === 2.5) continue;
      // Those at the last distance may be others of the same distance: the rest are the very rows.
      const far = of(want)[keep - 1]!;
      const sure = (l: typeof got) => rowsOf(l).filter((_, i) => of(l)[i]! < far).sort((a, b) => a - b); // prettier-ignore
      expect(sure(got)).toEqual(sure(want));
    }
  });
});

describe.each(metrics)('%s %s', (metric, p) => {
  it.each<[string, number, number, (x: number) => number, number, object?]>([
    ['plain', 7, 400, (x) => x, 5],
    ['more columns than a tile, points in chunks', 19, 300, (x) => x, 1, { bytes: 16 * 21 * 4 * 6 }],
    ['full of ties', 3, 200, (x) => Math.round(x), 9],
    ['far from zero, nearly equal', 4, 200, (x) => 1000 + 1e-4 * x, 5],
    ['fewer rows than k', 2, 3, (x) => x, 5],
    ['one row, one column', 1, 1, (x) => x, 1],
    ['as many neighbours as it takes', 3, 150, (x) => x, 64],
    ['small', 3, 150, (x) => 1e-18 * x, 3],
  ])('%s: the bytes of the processor', async (_, cols, rows, of, k, more) => {
    const f = form(metric, p, cells(rows * cols, cols, of), cols, k);
    // A row and a query of zeros have no direction; a query that is a row is at 0 from it.
    if (rows > 3) f.points.fill(0, cols, 2 * cols);
    const X = matrix(37, cols, cells(37 * cols, 9, of));
    for (let j = 0; j < cols; j++) [X.data[37 * j], X.data[37 * j + 1]] = [0, f.points[j]!];
    const notes: string[] = [];
    expect(whyNotGpu(f)).toBeNull();
    const got = await predictAhead(f, X, { wish: 'webgpu', note: (n) => notes.push(n), test: software(more) });
    expect(got).toEqual(predict(f, X));
    expect(notes[0]).toBe('Backend: webgpu, asked for.');
    expect(notes.join()).not.toMatch(/failed/);
  });
});

it('does few rows again where nothing ties, and those where too many tie', async () => {
  for (const [metric, p] of metrics) {
    const smooth = form(metric, p, cells(500 * 6, 1), 6);
    const X = matrix(64, 6, cells(64 * 6, 2));
    const one = await looker(smooth, gpu);
    expect(await lookUp(one, X, 0, 64, new Float64Array(64 * 3))).toBeLessThan(3);
    one.search.dispose();
    const twins = { ...smooth, points: smooth.points.map((_, i) => smooth.points[i % (6 * 20)]!) };
    const many = await looker(twins, gpu);
    expect(await lookUp(many, X, 0, 64, new Float64Array(64 * 3))).toBe(64);
    many.search.dispose();
  }
});

it('takes more rows than a block, and a row that is too large for it', async () => {
  const f = form('euclidean', undefined, cells(40 * 2, 1), 2);
  const X = matrix(BLOCK + 5, 2, cells((BLOCK + 5) * 2, 2));
  X.data[3] = 1e30;
  expect(await predictAhead(f, X, { wish: 'webgpu', test: software() })).toEqual(predict(f, X));
});

it('says why it does not take a form', async () => {
  const X = matrix(2, 1, Float32Array.of(1, 2));
  for (const [f, why] of [
    [form('euclidean', undefined, cells(100, 1), 1, 65), /more than 64 neighbours/],
    [
      form(
        'euclidean',
        undefined,
        cells(100, 1, (x) => 1e30 * x),
        1,
      ),
      /too large/,
    ],
    [
      form(
        'minkowski',
        60,
        cells(100, 1, (x) => 1e10 * x),
        1,
      ),
      /too large/,
    ],
  ] as const) {
    const notes: string[] = [];
    expect(await predictAhead(f, X, { wish: 'webgpu', note: (n) => notes.push(n), test: software() })).toEqual(predict(f, X));
    expect(notes.join()).toMatch(why);
  }
});

it('finds neighbours inside forms of forms', async () => {
  const part = form('euclidean', undefined, cells(90 * 4, 1), 4);
  const blend: Blend = {
    form: 'blend',
    inputs: 4,
    outputs: 3,
    parts: [part, form('cosine', undefined, cells(80 * 4, 2), 4)],
    shares: Float64Array.of(0.25, 0.75),
  };
  const bent: Form = {
    form: 'calibrated', inputs: 4, outputs: 3, part: blend, method: 'sigmoid', slopes: Float64Array.of(-1, -2, -3), offsets: Float64Array.of(0, 0.1, 0.2),
    starts: new Int32Array(0), at: new Float64Array(0), value: new Float64Array(0),
  } as unknown as Form; // prettier-ignore
  const X = matrix(30, 4, cells(120, 3));
  const notes: string[] = [];
  expect(await predictAhead(bent, X, { wish: 'webgpu', note: (n) => notes.push(n), test: software() })).toEqual(predict(bent, X));
  expect(notes).toEqual(['Backend: webgpu, asked for.', 'Backend: webgpu, asked for.']);
});

describe('left to itself', () => {
  const f = form('euclidean', undefined, cells(200 * 9, 1), 9);
  const X = matrix(600, 9, cells(600 * 9, 2));
  const run = async (Z: Matrix, test?: Place['test']) => {
    const notes: string[] = [];
    const got = await predictAhead(f, Z, { wish: 'auto', note: (n) => notes.push(n), ...(test ? { test } : {}) });
    expect(got).toEqual(predict(f, Z));
    return notes;
  };
  it('asks nothing for little work', async () => expect(await run(X)).toEqual([]));
  it('tries both, says what it found, and remembers', async () => {
    const notes = await run(X, software({ short: 0 }));
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^Backend: (cpu|webgpu), fastest in a trial on this device \(1000 rows take CPU .* ms, WebGPU .* ms\)\.$/);
    expect(await run(take(X, [1, 2, 3]), software({ short: 0 }))).toEqual(notes);
  });
  it('never takes a processor that plays the graphics card', async () => {
    forgetGpu();
    const notes: string[] = [];
    expect(await predictAhead(f, X, { wish: 'webgpu', note: (n) => notes.push(n) })).toEqual(predict(f, X));
    expect(notes).toEqual(['Backend: cpu, what this browser offers as a GPU is the processor itself.']);
    forgetGpu();
  });
});

it('serves a whole run, which says where it was and comes to the same scores', async () => {
  expect(typeof (await gpuDevice(true))).toBe('object'); // from here on this worker has one
  const u = random(7);
  const lines = Array.from({ length: 120 }, () => {
    const [a, b, c] = [normal(u), normal(u), normal(u)];
    return `${a.toFixed(4)},${b.toFixed(4)},${c.toFixed(4)},${a * b + 0.1 * c > 0 ? 'yes' : 'no'}`;
  });
  const read = await readTable(new TextEncoder().encode(['a,b,c,y', ...lines].join('\n')), 'made.csv', {});
  const profile = profileTable(read, 'made.csv', read.bytes);
  const bare = { ...emptyWorkflow('made'), source: { file: 'made.csv', bytes: 1, fingerprint: read.fingerprint, rows: 120, choices: {} } };
  const p = propose(read.table, profile, bare, 'y');
  const d = makeDesign(read.table, { ...bare, columns: p.columns, problem: p.problem, split: p.split });
  const run = (backend: 'cpu' | 'webgpu') =>
    train(d, {}, defaultTrial('k-nearest-neighbours'), new Guide(() => undefined, backend), { fit: false, from: 'train' });
  const [cpu, gpu] = [await run('cpu'), await run('webgpu')];
  expect([cpu.run.backend, gpu.run.backend]).toEqual(['cpu', 'webgpu']);
  expect(gpu.run.notes).toEqual(['Backend: webgpu, asked for.']);
  expect(gpu.outOfFold).toEqual(cpu.outOfFold);
  expect(gpu.run.cv).toEqual(cpu.run.cv);
});

// Last, for the device does not come back.
it('goes on on the processor when the device goes away, loses nothing, and asks no more', async () => {
  const f = form('manhattan', undefined, cells(60 * 3, 1), 3);
  const X = matrix(2 * BLOCK + 9, 3, cells((2 * BLOCK + 9) * 3, 2));
  const got = await gpuDevice(true);
  if (typeof got === 'string') throw new Error(got);
  const { queue } = got.device;
  const submit = queue.submit.bind(queue);
  let submits = 0;
  queue.submit = (buffers) => {
    submit(buffers);
    if (++submits === 4) got.device.destroy();
  };
  const notes: string[] = [];
  const place: Place = { wish: 'webgpu', note: (n) => notes.push(n), test: software() };
  expect(await predictAhead(f, X, place)).toEqual(predict(f, X));
  expect(submits).toBe(4);
  expect(notes[0]).toBe('Backend: webgpu, asked for.');
  expect(notes[1]).toMatch(/^WebGPU failed \(the GPU went away.*\): the search goes on on the CPU\.$/);
  notes.length = 0;
  expect(await predictAhead(f, take(X, [1, 2, 3]), place)).toEqual(predict(f, take(X, [1, 2, 3])));
  expect(notes[0]).toMatch(/^Backend: cpu, the GPU went away/);
});
