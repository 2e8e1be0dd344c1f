/** The rows a grid has asked for: blocks of 100, fetched once, the oldest let go, late answers to an old question dropped. */
import { SvelteMap } from 'svelte/reactivity';

const BLOCK = 100;
const KEEP = 60;

type Source = (from: number, to: number) => Promise<readonly (readonly string[])[]>;

export class GridRows {
  readonly #blocks = new SvelteMap<number, readonly (readonly string[])[]>();
  /** Not reactive, so that asking does not make the asker run again. */
  #asked: Record<number, true> = {};
  readonly #source: Source;
  #version = '';

  constructor(source: Source) {
    this.#source = source;
  }

  get(row: number): readonly string[] | undefined {
    return this.#blocks.get(Math.floor(row / BLOCK))?.[row % BLOCK];
  }

  /** Forgets all when the version is a new one. */
  reset(version: string): void {
    if (version === this.#version) return;
    this.#version = version;
    this.#blocks.clear();
    this.#asked = {};
  }

  want(from: number, to: number, total: number): void {
    for (let b = Math.floor(from / BLOCK); b * BLOCK < to; b++) if (!this.#asked[b]) void this.#fetch(b, total);
  }

  async #fetch(block: number, total: number): Promise<void> {
    this.#asked[block] = true;
    const version = this.#version;
    try {
      const rows = await this.#source(block * BLOCK, Math.min(total, (block + 1) * BLOCK));
      if (version !== this.#version) return;
      this.#blocks.set(block, rows);
      if (this.#blocks.size > KEEP) {
        const oldest = this.#blocks.keys().next().value;
        if (oldest !== undefined) {
          this.#blocks.delete(oldest);
          delete this.#asked[oldest];
        }
      }
    } catch {
      // The source reports its own failure; the block may be asked for again.
      if (version === this.#version) delete this.#asked[block];
    }
  }
}
