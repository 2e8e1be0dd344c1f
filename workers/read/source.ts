/** The bytes of a file, read in pieces, never all at once. */

export interface Source {
  readonly size: number;
  piece(from: number, to: number): Promise<Uint8Array>;
}

/** Large enough to make the cost per piece vanish, small enough that a stop is heard and memory stays flat. */
export const PIECE = 2 << 20;

export function sourceOf(from: Blob | Uint8Array): Source {
  if (from instanceof Uint8Array) return { size: from.length, piece: (a, b) => Promise.resolve(from.subarray(a, b)) };
  return { size: from.size, piece: async (a, b) => new Uint8Array(await from.slice(a, b).arrayBuffer()) };
}
