/** The page's end of the wire: one long-lived data worker, a pool of disposable train workers, stop and cancel. */
import { Problem } from '../core/problem.js';
import type { DataApi, Job, JobKind, JobResults, Tell, TrainApi } from '../core/protocol.js';
import { Line, told } from './line.js';

const IDLE_MS = 10_000;

// ---- the data worker

let dataLine: Line<DataApi> | null = null;
function data(): Line<DataApi> {
  if (!dataLine || dataLine.closed) dataLine = new Line<DataApi>('data');
  return dataLine;
}

type Slow = Pick<DataApi, 'open' | 'profile' | 'sample' | 'pack' | 'unpack'>;
type Quick = Exclude<keyof DataApi, keyof Slow | 'stop'>;

/** Asks the data worker. It holds nothing that the store does not: a crashed one is replaced and asked once more. */
export async function ask<K extends Quick>(what: K, ...args: Parameters<DataApi[K]>): Promise<Awaited<ReturnType<DataApi[K]>>> {
  type Answer = Awaited<ReturnType<DataApi[K]>>;
  const once = () => data().call((api) => (api[what] as unknown as (...a: Parameters<DataApi[K]>) => Promise<Answer>)(...args));
  try {
    return await once();
  } catch (error) {
    if (error instanceof Problem && error.code === 'job/crashed') return once();
    throw error;
  }
}

export interface Running<T> {
  readonly result: Promise<T>;
  /** Ask for the best so far. */
  stop(): void;
  /** End it at once; the result is rejected with job/cancelled. */
  cancel(): void;
}

/** A long piece of work of the data worker: reading a file, making a sample. */
export function read<T>(work: (api: Slow, tell: Tell) => Promise<T>, tell: Tell): Running<T> {
  const line = data();
  return {
    result: line.call((api) => work(api as unknown as Slow, told(tell))),
    stop: () => void line.api.stop().catch(() => undefined),
    cancel: () => line.end(new Problem('job/cancelled')),
  };
}

// ---- the train workers

interface Waiting {
  readonly gpu: boolean;
  begin(line: Line<TrainApi>): void;
}

const idle: { line: Line<TrainApi>; timer: ReturnType<typeof setTimeout> }[] = [];
const queue: Waiting[] = [];
let busy = 0;
let busyGpu = 0;

/** Lanes for training: all cores but one, which is left to the page and the data worker. Of two cores both: the page needs little while training runs. Each lane holds its own copy of the table. */
export const lanes = (): number => {
  const cores = navigator.hardwareConcurrency || 2;
  return cores <= 2 ? cores : Math.min(8, cores - 1);
};

/** How many lanes have nothing to do, where the workers can read it: one long fit may then have their cores too. */
const free = globalThis.crossOriginIsolated ? new Int32Array(new SharedArrayBuffer(4)) : null;

function pump(): void {
  begin();
  if (free) Atomics.store(free, 0, Math.max(0, lanes() - busy - queue.length));
}

function begin(): void {
  while (busy < lanes() && queue.length) {
    const at = queue.findIndex((w) => !w.gpu || busyGpu === 0);
    if (at < 0) return;
    const [next] = queue.splice(at, 1);
    busy++;
    if (next!.gpu) busyGpu++;
    const kept = idle.pop();
    if (kept) clearTimeout(kept.timer);
    next!.begin(kept && !kept.line.closed ? kept.line : new Line<TrainApi>('train'));
  }
}

function release(line: Line<TrainApi>, gpu: boolean): void {
  busy--;
  if (gpu) busyGpu--;
  if (!line.closed) {
    const entry = {
      line,
      timer: setTimeout(() => {
        idle.splice(idle.indexOf(entry), 1);
        line.end(new Problem('job/cancelled'));
      }, IDLE_MS),
    };
    idle.push(entry);
  }
  pump();
}

/** Queues a job for the next free lane. `gpu` jobs run one at a time: there is one device. */
export function start<K extends JobKind>(job: Extract<Job, { kind: K }>, tell: Tell, gpu = false): Running<JobResults[K]> {
  let line: Line<TrainApi> | null = null;
  let stopped = false;
  let refuse: (reason: unknown) => void = () => undefined;
  let entry: Waiting;
  const result = new Promise<JobResults[K]>((resolve, reject) => {
    refuse = reject;
    entry = {
      gpu,
      begin(given) {
        line = given;
        // A worker that loads a library, or tries a GPU, is silent for seconds: it has its lane all the same.
        tell({ kind: 'progress', done: 0, of: 1, label: 'Beginning' });
        const answer = given.call((api) =>
          (api.run as unknown as (j: typeof job, t: Tell, f: Int32Array | null) => Promise<JobResults[K]>)(job, told(tell), free),
        );
        if (stopped) void given.api.stop().catch(() => undefined);
        answer.then(resolve, reject).finally(() => release(given, gpu));
      },
    };
    queue.push(entry);
    pump();
  });
  return {
    result,
    stop() {
      stopped = true;
      if (line) void line.api.stop().catch(() => undefined);
    },
    cancel() {
      const reason = new Problem('job/cancelled');
      const at = queue.indexOf(entry);
      if (at >= 0) {
        queue.splice(at, 1);
        refuse(reason);
      } else line?.end(reason);
    },
  };
}
