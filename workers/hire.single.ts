/** A page that was opened from a disk may not share memory between threads: nobody can be hired. */
import type { Hand } from './hands.js';

export const hire: (() => Hand) | null = null;
