/**
 * Starts a worker in the one-file edition: classic workers from Blob addresses,
 * because a page at a file:// address may not load module workers.
 */
import DataWorker from '../../workers/data.worker.ts?worker&inline';
import TrainWorker from '../../workers/train.worker.ts?worker&inline';
import type { Which } from './spawn.js';

export const spawn = (which: Which): Worker => (which === 'data' ? new DataWorker({ name: 'data' }) : new TrainWorker({ name: 'train' }));
