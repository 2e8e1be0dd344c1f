/** Starts a hand. The one-file edition swaps in hire.single.ts. */
import type { Hand } from './hands.js';

export const hire: (() => Hand) | null = () => {
  const worker = new Worker(new URL('./hand.worker.ts', import.meta.url), { type: 'module', name: 'hand' });
  // One that fails to come is not waited for, and no reason to end the fit.
  worker.addEventListener('error', (event) => event.preventDefault());
  return worker;
};
