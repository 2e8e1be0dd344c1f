/**
 * Nearest neighbours of many queries on a graphics card: every distance in Float32, the smallest kept. What comes back are
 * candidates; `errorOf` says how far their distances may be off, so that the caller can tell whether the true ones are among them.
 */
import { COMPUTE, READ, usage, type Gpu } from './device.js';
import { BLOCK, nearText, SIXTEEN, THREADS, type Measure } from './near-text.js';

export { BLOCK, type Measure } from './near-text.js';

/** The lists of a block: `keep` places, nearest first, each BLOCK long; place m of query q is at m · BLOCK + q. */
export interface NearLists {
  readonly distances: Float32Array;
  /** NONE where there are no more points. */
  readonly rows: Uint32Array;
}
export interface NearSearch {
  /** `count` ≤ BLOCK queries, column by column (cell j of query q at j · count + q). One call at a time. */
  look(queries: Float32Array, count: number): Promise<NearLists>;
  dispose(): void;
}
export const NONE = 0xffffffff;

/** Most places a list has: it stands in a thread's own memory. */
export const MOST_KEPT = 68;
/** Query-point-column triples of one dispatch: a tenth of a second on a slow card, so that no watchdog takes it for dead. */
const CELLS = 2e9;
/** Threads that keep a card busy; with fewer queries the points are cut into segments. */
const BUSY = 32768;
const SEGMENTS = 16;
/** Bytes of one buffer of points, within what every device allows. */
const BUFFER = 2 ** 27;

/**
 * How far a distance from the card may be from the true one of the same Float32 cells: relative · true + absolute. By WGSL § 15.7.4
 * sums and products are off by one unit of the last place, whichever way they are rounded, and numbers below 2^−126 may count as 0;
 * twice that. pow is exp2(p · log2 x), whose parts are each as loose as the section allows.
 */
export function errorOf(m: Measure, cols: number): { readonly relative: number; readonly absolute: number } {
  const sums = (cols + 4) * 2 ** -22;
  if (m.by !== 'power') return { relative: sums, absolute: cols * 2 ** -120 };
  return { relative: sums + (Number.isInteger(m.p) && m.p <= 8 ? m.p * 2 ** -21 : 2 ** -12 + m.p * 2 ** -19), absolute: cols * 2 ** -98 };
}

/** Points: rows × cols, row-major. Throws where the card refuses: too little memory, or a shader it cannot compile. */
export async function nearSearch(
  { device, lost }: Gpu,
  points: Float32Array,
  rows: number,
  cols: number,
  measure: Measure,
  keep: number,
  bytes: number = BUFFER,
): Promise<NearSearch> {
  const most = Math.min(bytes, device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  const groups = Math.ceil(rows / SIXTEEN);
  const perChunk = Math.max(1, Math.min(groups, Math.floor(most / (SIXTEEN * cols * 4))));
  const owned: GPUBuffer[] = [];
  const buffer = (size: number, use: number, mappedAtCreation = false): GPUBuffer => {
    const made = device.createBuffer({ size, usage: use, mappedAtCreation });
    owned.push(made);
    return made;
  };
  const dispose = () => owned.forEach((b) => b.destroy());
  const gone = lost.then((why) => Promise.reject(new Error(why)));
  gone.catch(() => undefined);
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  try {
    const chunks: { buffer: GPUBuffer; base: number; rows: number; groups: number }[] = [];
    for (let first = 0; first < groups; first += perChunk) {
      const many = Math.min(perChunk, groups - first);
      const made = buffer(many * SIXTEEN * cols * 4, usage.storage | usage.copyTo, true);
      const cells = new Float32Array(made.getMappedRange());
      const base = first * SIXTEEN;
      const n = Math.min(rows - base, many * SIXTEEN);
      for (let i = 0; i < n; i++) {
        const to = (i - (i % SIXTEEN)) * cols + (i % SIXTEEN);
        for (let j = 0; j < cols; j++) cells[to + SIXTEEN * j] = points[(base + i) * cols + j]!;
      }
      made.unmap();
      chunks.push({ buffer: made, base, rows: n, groups: many });
    }
    const job = buffer(32, usage.uniform | usage.copyTo);
    const asked = buffer(BLOCK * cols * 4, usage.storage | usage.copyTo);
    const lists = SEGMENTS * keep * BLOCK * 4;
    const distances = buffer(lists, usage.storage | usage.copySource);
    const found = buffer(lists, usage.storage | usage.copySource);
    const half = keep * BLOCK * 4;
    const back = buffer(2 * half, usage.mapRead | usage.copyTo);
    const types = ['uniform', 'read-only-storage', 'read-only-storage', 'storage', 'storage'] as const;
    const layout = device.createBindGroupLayout({
      entries: types.map((type, binding) => ({ binding, visibility: COMPUTE, buffer: { type } })),
    });
    const module = device.createShaderModule({ code: nearText(measure, keep) });
    const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
    const made = (entryPoint: string) => device.createComputePipelineAsync({ layout: pipelineLayout, compute: { module, entryPoint } });
    const [look, merge] = await Promise.race([Promise.all([made('look'), made('merge')]), gone]);
    const bound = chunks.map((chunk) =>
      device.createBindGroup({
        layout,
        entries: [job, chunk.buffer, asked, distances, found].map((b, binding) => ({ binding, resource: { buffer: b } })),
      }),
    );
    await refused(device);

    return {
      dispose,
      async look(queries, count) {
        const padded = Math.ceil(count / THREADS) * THREADS;
        const column = new Float32Array(padded);
        for (let j = 0; j < cols; j++) {
          column.set(queries.subarray(j * count, (j + 1) * count));
          device.queue.writeBuffer(asked, j * BLOCK * 4, column);
        }
        const segments = Math.max(1, Math.min(SEGMENTS, Math.floor(BUSY / padded)));
        const step = Math.max(segments, Math.floor(CELLS / (padded * SIXTEEN * cols)));
        let fresh = 1;
        chunks.forEach((chunk, c) => {
          for (let start = 0; start < chunk.groups; start += step) {
            const stop = Math.min(start + step, chunk.groups);
            const given = Uint32Array.of(cols, start, stop, chunk.rows, chunk.base, segments, fresh, 0);
            device.queue.writeBuffer(job, 0, given);
            fresh = 0;
            const encoder = device.createCommandEncoder();
            const pass = encoder.beginComputePass();
            pass.setBindGroup(0, bound[c]!);
            pass.setPipeline(look);
            pass.dispatchWorkgroups(padded / THREADS, segments);
            if (c === chunks.length - 1 && stop === chunk.groups && segments > 1) {
              pass.setPipeline(merge);
              pass.dispatchWorkgroups(padded / THREADS);
            }
            pass.end();
            device.queue.submit([encoder.finish()]);
          }
        });
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(distances, 0, back, 0, half);
        encoder.copyBufferToBuffer(found, 0, back, half, half);
        device.queue.submit([encoder.finish()]);
        await Promise.race([back.mapAsync(READ), gone]);
        const all = back.getMappedRange().slice(0);
        back.unmap();
        return { distances: new Float32Array(all, 0, keep * BLOCK), rows: new Uint32Array(all, half, keep * BLOCK) };
      },
    };
  } catch (e) {
    // What was refused first is the cause of all that followed.
    const first = await refused(device).then(
      () => e,
      (cause: unknown) => cause,
    );
    dispose();
    throw first;
  }
}

/** Ends both scopes; throws what the card had to say against. */
async function refused(device: GPUDevice): Promise<void> {
  const wrong = (await Promise.all([device.popErrorScope(), device.popErrorScope()])).find((e) => e !== null);
  if (wrong) throw new Error(wrong.message || 'the GPU refused the work');
}
