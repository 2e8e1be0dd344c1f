/** Two programs timed in turn on the same rows: ours here, theirs in Python with scikit-learn or XGBoost where the machine has them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Matrix } from '../../src/core/matrix.js';
import { random } from '../../src/core/random.js';

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

export const context = (seed = 1) => ({ random: random(seed), report: () => Promise.resolve(true) });

export interface Duel {
  readonly what: string;
  readonly X: Matrix;
  readonly y: ArrayLike<number>;
  /** Our work; its time counts. */
  readonly ours: () => unknown;
  /** Python that has X (rows × columns, float32), y (float64), np and time, ends with the work timed as `work()`. Also prepares. */
  readonly theirs?: string;
  /** What the rival is called. */
  readonly rival?: string;
  /** Threads that the rival may take. */
  readonly threads?: number;
  readonly repeats?: number;
}

/** Says the medians, in seconds, and their ratio. Alternately, so that a busy machine slows both alike. */
export async function duel({ what, X, y, ours, theirs, rival = 'scikit-learn', threads = 1, repeats = 3 }: Duel): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    if (theirs) {
      writeFileSync(join(folder, 'X'), X.data);
      writeFileSync(join(folder, 'y'), Float64Array.from(y));
    }
    const mine: number[] = [];
    const other: number[] = [];
    for (let i = 0; i < repeats; i++) {
      const began = performance.now();
      await ours();
      mine.push((performance.now() - began) / 1000);
      const seconds = theirs ? python(folder, X, theirs, threads) : null;
      if (seconds !== null) other.push(seconds);
    }
    const a = median(mine);
    const b = other.length > 0 ? median(other) : null;
    const many = threads === 1 ? '' : ` on ${threads} threads`;
    console.log(`${what}: ${a.toFixed(3)} s${b === null ? '' : `; ${rival}${many} ${b.toFixed(3)} s; ratio ${(a / b).toFixed(2)}`}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function python(folder: string, X: Matrix, code: string, threads: number): number | null {
  const script = `
import time, warnings
import numpy as np
warnings.simplefilter("ignore")
X = np.ascontiguousarray(np.fromfile(${JSON.stringify(join(folder, 'X'))}, dtype=np.float32).reshape(${X.cols}, ${X.rows}).T)
y = np.fromfile(${JSON.stringify(join(folder, 'y'))})
${code}
began = time.perf_counter()
work()
print("seconds", time.perf_counter() - began)`;
  const count = String(threads);
  const env = { ...process.env, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, PYTHONWARNINGS: 'ignore' };
  for (const program of ['/usr/bin/python3', 'python3', 'python']) {
    const { status, stdout } = spawnSync(program, ['-c', script], { encoding: 'utf8', env });
    const seconds = status === 0 ? /seconds ([\d.e-]+)/.exec(stdout)?.[1] : undefined;
    if (seconds !== undefined) return Number(seconds);
  }
  return null;
}
