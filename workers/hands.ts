/** Gathers hands for fits, and keeps them for the next. */
import type { Hands } from '../src/core/model.js';
import type { Sent } from './hand.js';

/** Someone who can be sent: a worker of a browser or a thread of Node. */
export interface Hand {
  postMessage(sent: Sent): void;
}

/** More would wait for one another more than they help. */
const most = 3;

/** `free`: how many cores have nothing to do at the moment. `hire` starts a hand; none is hired before there is work for it. */
export function handsOf(free: () => number, hire: () => Hand): Hands {
  const hired: Hand[] = [];
  return {
    get count() {
      return Math.min(most, free());
    },
    send({ count, memory, ...work }) {
      for (let i = 0; i < count; i++) {
        const hand = (hired[i] ??= hire());
        hand.postMessage({ ...work, memory: memory as WebAssembly.Memory, share: i + 1, shares: count + 1 });
      }
    },
  };
}
