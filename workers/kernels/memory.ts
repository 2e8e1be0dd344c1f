/** One block of memory for the kernels: pointers are byte offsets, and every kernel and its twin see the same bytes. */

export interface Memory {
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  /** The WebAssembly memory behind the views, when there is one. */
  readonly wasm: WebAssembly.Memory | null;
}

const page = 65536;
/** 65 536 pages: all that 32-bit pointers reach. */
export const mostBytes = page * 65536;

/**
 * At least `bytes` of zeroed memory; plain when WebAssembly is missing or not wanted, shared when threads are to work on it together.
 * Throws a RangeError when there is no room.
 */
export function allocate(bytes: number, plain = false, shared = false): Memory {
  const pages = Math.max(1, Math.ceil(bytes / page));
  if (pages * page > mostBytes) throw new RangeError(`${bytes} bytes do not fit a memory of 4 GiB`);
  const wasm = !plain && typeof WebAssembly === 'object' ? new WebAssembly.Memory({ initial: pages, maximum: pages, shared }) : null;
  return viewed(wasm ? wasm.buffer : new ArrayBuffer(pages * page), wasm);
}

/** A memory that another thread has allocated. */
export const sharedMemory = (wasm: WebAssembly.Memory): Memory => viewed(wasm.buffer, wasm);

export const isShared = (memory: Memory): boolean => memory.wasm !== null && !(memory.wasm.buffer instanceof ArrayBuffer);

function viewed(buffer: ArrayBufferLike, wasm: WebAssembly.Memory | null): Memory {
  return { u8: new Uint8Array(buffer), u32: new Uint32Array(buffer), f32: new Float32Array(buffer), f64: new Float64Array(buffer), wasm };
}

/** Hands out places in a memory that is yet to be allocated; each begins on a 16-byte boundary. */
export class Layout {
  bytes = 64;

  take(bytes: number): number {
    const at = this.bytes;
    this.bytes += Math.ceil(bytes / 16) * 16;
    return at;
  }
}
