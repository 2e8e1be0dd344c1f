/** Texts to codes: a hash table over raw bytes, so that a repeated cell never becomes a string. */

const equalBytes = (a: Uint8Array, from: number, b: Uint8Array, start: number, length: number): boolean => {
  for (let i = 0; i < length; i++) if (a[from + i] !== b[start + i]) return false;
  return true;
};

export class Dictionary {
  size = 0;
  /** How often each code was asked for; longer than size. */
  counts = new Int32Array(64);
  private bytes = new Uint8Array(1024);
  /** Code k lies in bytes[ends[k−1] … ends[k]). */
  private ends = new Int32Array(64);
  private hashes = new Int32Array(64);
  /** Open addressing; code + 1, 0 is free. A power of two. */
  private table = new Int32Array(256);

  code(b: Uint8Array, start: number, end: number): number {
    const length = end - start;
    let h = length;
    for (let i = start; i < end; i++) h = Math.imul(h ^ b[i]!, 0x01000193);
    h ^= h >>> 15;
    const mask = this.table.length - 1;
    let slot = h & mask;
    for (;;) {
      const code = this.table[slot]! - 1;
      if (code < 0) break;
      if (this.hashes[code] === h) {
        const from = code === 0 ? 0 : this.ends[code - 1]!;
        if (this.ends[code]! - from === length && equalBytes(this.bytes, from, b, start, length)) {
          this.counts[code]!++;
          return code;
        }
      }
      slot = (slot + 1) & mask;
    }
    return this.add(b, start, end, h, slot);
  }

  private add(b: Uint8Array, start: number, end: number, h: number, slot: number): number {
    const code = this.size++;
    const from = code === 0 ? 0 : this.ends[code - 1]!;
    const to = from + end - start;
    if (to > this.bytes.length) {
      const wider = new Uint8Array(Math.max(to, Math.ceil(this.bytes.length * 1.6)));
      wider.set(this.bytes);
      this.bytes = wider;
    }
    if (code >= this.ends.length) {
      const more = Math.ceil(this.ends.length * 1.6);
      this.ends = widen(this.ends, more);
      this.hashes = widen(this.hashes, more);
      this.counts = widen(this.counts, more);
    }
    this.bytes.set(b.subarray(start, end), from);
    this.ends[code] = to;
    this.hashes[code] = h;
    this.counts[code] = 1;
    this.table[slot] = code + 1;
    if (this.size * 2 > this.table.length) this.rehash();
    return code;
  }

  private rehash(): void {
    const table = new Int32Array(this.table.length * 2);
    const mask = table.length - 1;
    for (let code = 0; code < this.size; code++) {
      let slot = this.hashes[code]! & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = code + 1;
    }
    this.table = table;
  }

  /** All texts in order of first appearance. */
  texts(): string[] {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const out = new Array<string>(this.size);
    for (let code = 0, from = 0; code < this.size; code++) {
      const to = this.ends[code]!;
      out[code] = short(this.bytes, from, to) ?? decoder.decode(this.bytes.subarray(from, to));
      from = to;
    }
    return out;
  }
}

/** Short plain ASCII without the cost of a decoder call (which is ~5× dearer below some 30 bytes). */
function short(b: Uint8Array, from: number, to: number): string | null {
  if (to - from > 32) return null;
  for (let i = from; i < to; i++) if (b[i]! >= 0x80) return null;
  return String.fromCharCode(...b.subarray(from, to));
}

function widen(a: Int32Array, n: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(n);
  out.set(a);
  return out;
}
