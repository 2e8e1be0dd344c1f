/** Starts a worker. The only place that names the workers' files; the one-file edition swaps in spawn.single.ts. */
export type Which = 'data' | 'train';

// Vite finds workers by this literal form, so the two lines cannot be one.
export const spawn = (which: Which): Worker =>
  which === 'data'
    ? new Worker(new URL('../../workers/data.worker.ts', import.meta.url), { type: 'module', name: 'data' })
    : new Worker(new URL('../../workers/train.worker.ts', import.meta.url), { type: 'module', name: 'train' });
