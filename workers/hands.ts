/** Gathers hands for fits, and keeps them, and the memory they share, for the next. */
import type { Hands } from '../src/core/model.js';
import type { Sent } from './hand.js';
import { areBack } from './kernels/hands.js';
import { allocate, mostBytes, sharedMemory } from './kernels/memory.js';

/** Someone who can be sent: a worker of a browser or a thread of Node. */
export interface Hand {
  postMessage(sent: Sent): void;
}

/** More would wait for one another more than they help. */
const most = 3;

/** `free`: how many cores have nothing to do at the moment. `hire` starts a hand; none is hired before there is work for it. */
export function handsOf(free: () => number, hire: () => Hand): Hands {
  const hired: Hand[] = [];
  let out: { readonly board: number; readonly count: number } | null = null;
  // Garbage collectors do not feel the weight of shared memory, and each thread's would have to let it go: so there is one that serves again and again.
  let room: WebAssembly.Memory | null = null;
  const areAllBack = () => {
    if (room && out && !areBack(sharedMemory(room), out.board, out.count)) return false;
    out = null;
    return true;
  };
  return {
    get count() {
      return areAllBack() ? Math.min(most, free()) : 0;
    },
    room(bytes) {
      if (!areAllBack()) throw new Error('The memory that is shared is in use');
      const size = room?.buffer.byteLength ?? 0;
      if (room && size >= bytes) {
        new Float64Array(room.buffer).fill(0, 0, Math.ceil(bytes / 8));
        return room;
      }
      // Half as much again, so that sizes that creep up leave little behind.
      for (const wanted of [Math.max(bytes, Math.min(mostBytes, 1.5 * size)), bytes]) {
        try {
          return (room = allocate(wanted, false, true).wasm);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }
      return null;
    },
    send({ count, memory, ...work }) {
      out = { board: work.board, count };
      for (let i = 0; i < count; i++) {
        let hand: Hand;
        try {
          hand = hired[i] ??= hire();
        } catch {
          // Whoever cannot come is not waited for, and nobody is sent again.
          return;
        }
        hand.postMessage({ ...work, memory: memory as WebAssembly.Memory, share: i + 1, shares: count + 1 });
      }
    },
  };
}
