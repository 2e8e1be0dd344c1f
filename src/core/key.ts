/** Keys: a 128-bit content hash (MurmurHash3 x86_128, Austin Appleby 2011, public domain). Not for secrets: it names content, it does not protect it. */

const rotl = (x: number, r: number) => (x << r) | (x >>> (32 - r));

function mix(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

/** Takes bytes in pieces of any size; the digest depends on their concatenation only. */
export class Hasher {
  private h1 = 0;
  private h2 = 0;
  private h3 = 0;
  private h4 = 0;
  private length = 0;
  private readonly rest = new Uint8Array(16);
  private held = 0;

  update(bytes: Uint8Array): this {
    let from = 0;
    this.length += bytes.length;
    if (this.held > 0) {
      const take = Math.min(16 - this.held, bytes.length);
      this.rest.set(bytes.subarray(0, take), this.held);
      this.held += take;
      from = take;
      if (this.held < 16) return this;
      this.blocks(this.rest, 0, 16);
      this.held = 0;
    }
    const to = from + ((bytes.length - from) & ~15);
    this.blocks(bytes, from, to);
    if (to < bytes.length) {
      this.rest.set(bytes.subarray(to));
      this.held = bytes.length - to;
    }
    return this;
  }

  private blocks(b: Uint8Array, from: number, to: number): void {
    let { h1, h2, h3, h4 } = this;
    for (let i = from; i < to; i += 16) {
      const k1 = b[i]! | (b[i + 1]! << 8) | (b[i + 2]! << 16) | (b[i + 3]! << 24);
      const k2 = b[i + 4]! | (b[i + 5]! << 8) | (b[i + 6]! << 16) | (b[i + 7]! << 24);
      const k3 = b[i + 8]! | (b[i + 9]! << 8) | (b[i + 10]! << 16) | (b[i + 11]! << 24);
      const k4 = b[i + 12]! | (b[i + 13]! << 8) | (b[i + 14]! << 16) | (b[i + 15]! << 24);
      h1 ^= Math.imul(rotl(Math.imul(k1, C1), 15), C2);
      h1 = (Math.imul((rotl(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
      h2 ^= Math.imul(rotl(Math.imul(k2, C2), 16), C3);
      h2 = (Math.imul((rotl(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
      h3 ^= Math.imul(rotl(Math.imul(k3, C3), 17), C4);
      h3 = (Math.imul((rotl(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
      h4 ^= Math.imul(rotl(Math.imul(k4, C4), 18), C1);
      h4 = (Math.imul((rotl(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
    }
    this.h1 = h1;
    this.h2 = h2;
    this.h3 = h3;
    this.h4 = h4;
  }

  /** 32 hex digits. More may be added afterwards. */
  digest(): string {
    let { h1, h2, h3, h4 } = this;
    const word = (at: number) => {
      let k = 0;
      for (let i = Math.min(this.held, at + 4) - 1; i >= at; i--) k = (k << 8) | this.rest[i]!;
      return k;
    };
    h4 ^= Math.imul(rotl(Math.imul(word(12), C4), 18), C1);
    h3 ^= Math.imul(rotl(Math.imul(word(8), C3), 17), C4);
    h2 ^= Math.imul(rotl(Math.imul(word(4), C2), 16), C3);
    h1 ^= Math.imul(rotl(Math.imul(word(0), C1), 15), C2);
    const n = this.length | 0;
    h1 ^= n;
    h2 ^= n;
    h3 ^= n;
    h4 ^= n;
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = (h2 + h1) | 0;
    h3 = (h3 + h1) | 0;
    h4 = (h4 + h1) | 0;
    h1 = mix(h1);
    h2 = mix(h2);
    h3 = mix(h3);
    h4 = mix(h4);
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = (h2 + h1) | 0;
    h3 = (h3 + h1) | 0;
    h4 = (h4 + h1) | 0;
    return [h1, h2, h3, h4].map((h) => (h >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

/** The hash of a text's UTF-8 bytes (a lone surrogate counts as U+FFFD). Written out, because the language core has no TextEncoder. */
export function hashText(text: string): string {
  const bytes: number[] = [];
  for (const ch of text) {
    let c = ch.codePointAt(0)!;
    if (c >= 0xd800 && c <= 0xdfff) c = 0xfffd;
    if (c < 0x80) bytes.push(c);
    else if (c < 0x800) bytes.push(0xc0 | (c >> 6), 0x80 | (c & 63));
    else if (c < 0x10000) bytes.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    else bytes.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
  }
  return new Hasher().update(Uint8Array.from(bytes)).digest();
}
