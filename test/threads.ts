/** Hands as threads of Node: the same code that workers of the browser run. */
import { Worker } from 'node:worker_threads';
import type { Hands } from '../src/core/model.js';
import { handsOf } from '../workers/hands.js';

const threads: Worker[] = [];

const hire = (): Worker => {
  const thread = new Worker(new URL('./thread.mjs', import.meta.url), { execArgv: [] });
  thread.unref();
  threads.push(thread);
  return thread;
};

export const threadsOf = (count: number): Hands => handsOf(() => count, hire);

export const dismissThreads = (): Promise<unknown> => Promise.all(threads.splice(0).map((thread) => thread.terminate()));
