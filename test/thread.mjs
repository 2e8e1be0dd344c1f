/** A thread of Node as a hand; it finds TypeScript through tsx. */
import { parentPort } from 'node:worker_threads';
import { tsImport } from 'tsx/esm/api';

const { help } = await tsImport('../workers/hand.ts', import.meta.url);
parentPort?.on('message', (sent) => help(sent));
