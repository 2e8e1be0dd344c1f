/** The content hash: known answers of MurmurHash3 x86_128 with seed 0 (from the mmh3 package), whatever the pieces. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hasher, hashText } from '../../../src/core/key.js';

describe('hash', () => {
  it.each([
    ['', '00000000000000000000000000000000'],
    ['a', 'a794933c5556b01b5556b01b5556b01b'],
    ['abc', '75cdc6d1a2b006a5a2b006a5a2b006a5'],
    ['hello world', 'c0b21a8814f3c1e11c0d151a9b0c9e2c'],
    ['The quick brown fox jumps over the lazy dog', '2f1583c3ecee2c675d7bf66ce5e91d2c'],
    ['naïve café 李 😀', 'a07805e3a7f7d3b9969b7d311e534be2'],
  ])('of “%s”', (text, want) => {
    expect(hashText(text)).toBe(want);
    expect(new Hasher().update(new TextEncoder().encode(text)).digest()).toBe(want);
  });

  it('of all bytes', () => {
    expect(new Hasher().update(Uint8Array.from({ length: 256 }, (_, i) => i)).digest()).toBe('2c56c88fdb4503dfd352b21a494ca2c0');
  });

  it('does not depend on how the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (pieces) => {
        const parts = new Hasher();
        for (const p of pieces) parts.update(p);
        return parts.digest() === new Hasher().update(Uint8Array.from(pieces.flatMap((p) => [...p]))).digest();
      }),
    );
  });
});
