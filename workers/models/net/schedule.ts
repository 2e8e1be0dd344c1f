/** How the learning rate goes on from where it starts. */

export type ScheduleKind = 'constant' | 'cosine' | 'exponential' | 'step' | 'plateau' | 'one-cycle';
export interface Schedule {
  readonly kind: ScheduleKind;
  /** The rate at the start; of one-cycle the highest. */
  readonly rate: number;
  /** What the rate is multiplied by … */
  readonly factor: number;
  /** … every so many epochs; for `plateau`, after so many without an improvement. */
  readonly every: number;
}

/** One-cycle: share of the steps on the way up, and how far below the highest rate it starts and ends (as PyTorch has it). */
const CYCLE = { up: 0.3, start: 25, end: 2.5e5 } as const;
const between = (from: number, to: number, share: number) => to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;

/** The rate of a step. `progress`: share of all planned steps already taken; `drops`: plateaus met so far. */
export function rateAt({ kind, rate, factor, every }: Schedule, epoch: number, progress: number, drops: number): number {
  switch (kind) {
    case 'constant':
      return rate;
    case 'cosine':
      return between(rate, 0, progress);
    case 'exponential':
      return rate * factor ** (epoch / every);
    case 'step':
      return rate * factor ** Math.floor(epoch / every);
    case 'plateau':
      return rate * factor ** drops;
    case 'one-cycle':
      return progress < CYCLE.up
        ? between(rate / CYCLE.start, rate, progress / CYCLE.up)
        : between(rate, rate / CYCLE.end, (progress - CYCLE.up) / (1 - CYCLE.up));
  }
}
