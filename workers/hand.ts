/** What a hand does when it is sent to a piece of work. */
import { boostKernels } from './kernels/load.js';
import { follow } from './kernels/hands.js';
import { sharedMemory, type Memory } from './kernels/memory.js';
import { searcher, type Plan } from './models/tree/boost-search.js';

export interface Sent {
  readonly task: string;
  readonly memory: WebAssembly.Memory;
  readonly board: number;
  readonly plan: unknown;
  /** Which of so many shares is this hand's. */
  readonly share: number;
  readonly shares: number;
}

/** By task: from the plan to who does a share of the order that stands at the board. */
const tasks: Readonly<Record<string, (memory: Memory, plan: unknown) => (share: number, shares: number) => void>> = {
  boost: (memory, plan) => searcher(memory, boostKernels(memory), plan as Plan),
};

/** Stays until the work is over. */
export function help({ task, memory, board, plan, share, shares }: Sent): void {
  const whole = sharedMemory(memory);
  const perform = tasks[task]?.(whole, plan);
  if (!perform) throw new Error(`No hand knows the task ${task}`);
  follow(whole, board, () => perform(share, shares));
}
