/** Bins joined to fewer groups, for tables of two columns: quantities into runs of about equal weight, categories all but the rarest. */
import type { Bins } from './shape-tree.js';

export interface Groups {
  /** Groups in all, the missing one included: it is the last. */
  readonly count: number;
  readonly nominal: boolean;
  /** Group of each bin. */
  readonly ofBin: Uint8Array;
}

export function groupsOf({ ordered, missing, nominal }: Bins, weight: Float64Array, most: number): Groups {
  const ofBin = new Uint8Array(ordered + (missing ? 1 : 0));
  let count: number;
  if (ordered <= most) {
    for (let b = 0; b < ordered; b++) ofBin[b] = b;
    count = ordered;
  } else if (nominal) {
    const byWeight = Array.from({ length: ordered }, (_, b) => b).sort((a, b) => weight[b]! - weight[a]! || a - b);
    const kept = new Set(byWeight.slice(0, most - 1));
    let next = 0;
    for (let b = 0; b < ordered; b++) ofBin[b] = kept.has(b) ? next++ : most - 1;
    count = most;
  } else {
    let total = 0;
    for (let b = 0; b < ordered; b++) total += weight[b]!;
    let upTo = 0;
    let group = 0;
    for (let b = 0; b < ordered; b++) {
      // A group ends where its share is full, or where every bin left is needed for a group of its own.
      ofBin[b] = group;
      upTo += weight[b]!;
      if (group < most - 1 && (upTo >= ((group + 1) * total) / most || ordered - b - 1 <= most - 1 - group)) group++;
    }
    count = ofBin[ordered - 1]! + 1;
  }
  if (missing) ofBin[ordered] = count++;
  return { count, nominal, ofBin };
}
