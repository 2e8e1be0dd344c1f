/** The page's end of the wire: one long-lived data worker, a pool of disposable train workers, stop and cancel. */
import * as Comlink from 'comlink';
import { Problem } from '../core/problem.js';
import type { DataApi, Job, JobKind, JobResults, Lend, News, Tell, TrainApi } from '../core/protocol.js';
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

/** How many lanes have nothing to do for each that has, where the workers can read it: a long fit may then have their cores too. */
const free = globalThis.crossOriginIsolated ? new Int32Array(new SharedArrayBuffer(4)) : null;

function pump(): void {
  begin();
  if (free) Atomics.store(free, 0, Math.max(0, Math.floor((lanes() - busy - queue.length) / Math.max(1, busy))));
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

/** Parts of runs on other lanes; the newest goes first when something else waits for a lane. */
const outside: Running<boolean>[] = [];

/**
 * Has free lanes learn parts of a run that goes on meanwhile, and adds what they have done to its progress.
 * Only where nothing waits: a part that is given back is learnt by its own run.
 */
function lender(job: Extract<Job, { kind: 'train' }>, tell: Tell) {
  const own: Running<boolean>[] = [];
  /** By part: the share that is done. A part that is done counts until its run says so itself. */
  const shares = new Map<number, number>();
  let at: Extract<News, { kind: 'progress' }> = { kind: 'progress', done: 0, of: 1, label: '' };
  let parts = 1;
  let most = 0;
  let over = false;
  const say = () => {
    const more = [...shares.values()].reduce((a, b) => a + b, 0) / parts;
    most = Math.max(most, Math.min(1, at.done / at.of + more));
    tell({ ...at, done: most, of: 1 });
  };
  const lend: Lend = async (part, of) => {
    parts = of;
    if (over || queue.length > 0 || busy >= lanes()) return false;
    const news: Tell = (n) => {
      if (n.kind === 'curve') tell(n);
      if (n.kind !== 'progress' || over) return;
      shares.set(part, n.done / n.of);
      say();
    };
    const { workflow, candidate, backend } = job;
    const loan = start<'part'>({ kind: 'part', workflow, candidate, part, backend }, news);
    own.push(loan);
    outside.push(loan);
    const done = await loan.result.catch(() => false);
    own.splice(own.indexOf(loan), 1);
    outside.splice(outside.indexOf(loan), 1);
    shares.delete(part);
    return done;
  };
  return {
    lend,
    /** The run's own news, with what others do for it. */
    tell(n: News) {
      if (n.kind !== 'progress') return tell(n);
      at = n;
      say();
    },
    stop() {
      over = true;
      for (const loan of own) loan.stop();
    },
    end() {
      over = true;
      for (const loan of [...own]) loan.cancel();
    },
  };
}

/** Queues a job for the next free lane. `gpu` jobs run one at a time: there is one device. */
export function start<K extends JobKind>(job: Extract<Job, { kind: K }>, tell: Tell, gpu = false): Running<JobResults[K]> {
  let line: Line<TrainApi> | null = null;
  let stopped = false;
  let refuse: (reason: unknown) => void = () => undefined;
  let entry: Waiting;
  // A run on the GPU keeps it to itself, and a study has trials enough for all lanes.
  const given: Job = job;
  const loans = given.kind === 'train' && given.from === 'train' && !gpu ? lender(given, tell) : null;
  const heard: Tell = loans ? (news) => loans.tell(news) : tell;
  const result = new Promise<JobResults[K]>((resolve, reject) => {
    refuse = reject;
    entry = {
      gpu,
      begin(lane) {
        line = lane;
        // A worker that loads a library, or tries a GPU, is silent for seconds: it has its lane all the same.
        tell({ kind: 'progress', done: 0, of: 1, label: 'Beginning' });
        const answer = lane.call((api) => {
          const run = api.run as unknown as (j: typeof job, t: Tell, f: Int32Array | null, l: Lend | null) => Promise<JobResults[K]>;
          return run(job, told(heard), free, loans && Comlink.proxy(loans.lend));
        });
        if (stopped) void lane.api.stop().catch(() => undefined);
        answer.then(resolve, reject).finally(() => {
          loans?.end();
          release(lane, gpu);
        });
      },
    };
    queue.push(entry);
    pump();
    // A lane that was lent is called back.
    if (queue.includes(entry) && job.kind !== 'part') outside.at(-1)?.cancel();
  });
  return {
    result,
    stop() {
      stopped = true;
      loans?.stop();
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
