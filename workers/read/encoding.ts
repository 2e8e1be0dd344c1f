/** Which encoding a file is in, whether it is text at all, and its bytes as UTF-8, piece by piece. */
import { Problem } from '../../src/core/problem.js';

export interface Encoding {
  readonly encoding: string;
  readonly bom: boolean;
  /** Bytes of the byte-order mark. */
  readonly skip: number;
  readonly why: string;
}

const signatures: readonly (readonly [readonly number[], string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive or a spreadsheet (.xlsx, .ods)'],
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG picture'],
  [[0xff, 0xd8, 0xff], 'a JPEG picture'],
  [[0x47, 0x49, 0x46, 0x38], 'a GIF picture'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF document'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Office file (.xls, .doc)'],
  [[0x1f, 0x8b], 'a gzip archive'],
  [[0x42, 0x5a, 0x68], 'a bzip2 archive'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'a 7-Zip archive'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file'],
  [[0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], 'an Arrow file'],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66], 'an SQLite database'],
  [[0x7f, 0x45, 0x4c, 0x46], 'a program'],
  [[0x52, 0x49, 0x46, 0x46], 'a sound or video file'],
];

const signed = (head: Uint8Array): string | null => signatures.find(([bytes]) => bytes.every((b, i) => head[i] === b))?.[1] ?? null;

/** What the bytes look like if they are not text, else null. */
function binary(head: Uint8Array): string | null {
  let control = 0;
  for (let i = 0; i < head.length; i++) {
    const b = head[i]!;
    // Tab, line feed, form feed, carriage return, end-of-file (26) and escape occur in text.
    if (b < 32 && b !== 9 && b !== 10 && b !== 12 && b !== 13 && b !== 26 && b !== 27) control++;
  }
  return control > head.length * 0.1 ? 'a binary file, not text' : null;
}

/** UTF-16 without a mark: half the bytes of mostly Latin text are zero, all on one side. */
function utf16(head: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const pairs = head.length >> 1;
  if (pairs < 2) return null;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < pairs; i++) {
    if (head[2 * i] === 0) even++;
    if (head[2 * i + 1] === 0) odd++;
  }
  if (odd > pairs * 0.4 && even < pairs * 0.05) return 'utf-16le';
  if (even > pairs * 0.4 && odd < pairs * 0.05) return 'utf-16be';
  return null;
}

const names: Readonly<Record<string, string>> = { 'iso-8859-1': 'windows-1252', latin1: 'windows-1252', ascii: 'utf-8', utf8: 'utf-8' };

/** Looks at the first bytes. UTF-8 found here is still checked strictly to the end. */
export function sniffEncoding(head: Uint8Array, file: string, wanted?: string): Encoding {
  const starts = (...bytes: number[]) => bytes.every((b, i) => head[i] === b);
  const marked = starts(0xef, 0xbb, 0xbf) ? 'utf-8' : starts(0xff, 0xfe) ? 'utf-16le' : starts(0xfe, 0xff) ? 'utf-16be' : null;
  const skip = marked === 'utf-8' ? 3 : marked ? 2 : 0;
  if (wanted !== undefined) {
    const encoding = names[wanted.toLowerCase()] ?? wanted.toLowerCase();
    try {
      new TextDecoder(encoding);
    } catch {
      throw new Problem('read/unknown-encoding', { file, encoding: wanted });
    }
    return { encoding, bom: marked === encoding, skip: marked === encoding ? skip : 0, why: 'You chose it.' };
  }
  if (marked) return { encoding: marked, bom: true, skip, why: 'The file starts with its byte-order mark.' };
  const signature = signed(head);
  if (signature) throw new Problem('read/binary', { file, what: signature });
  const wide = utf16(head);
  if (wide) return { encoding: wide, bom: false, skip: 0, why: 'Every second byte is zero, as in UTF-16 text.' };
  const what = binary(head);
  if (what) throw new Problem('read/binary', { file, what });
  const sound = validity(head.subarray(0, wholeCharacters(head)));
  return keepsUtf8(sound.valid, sound.invalid)
    ? { encoding: 'utf-8', bom: false, skip: 0, why: 'All of it is valid UTF-8.' }
    : {
        encoding: 'windows-1252',
        bom: false,
        skip: 0,
        why: 'Some bytes are not valid UTF-8, so it is read as Windows-1252 (Western European).',
      };
}

/** A few broken bytes among much sound UTF-8 are damage; otherwise it is another encoding. */
export const keepsUtf8 = (valid: number, invalid: number): boolean => invalid === 0 || valid >= 20 * invalid;

/** Counts sound multi-byte characters, and bytes that belong to none (RFC 3629). */
export function validity(b: Uint8Array): { valid: number; invalid: number } {
  let valid = 0;
  let invalid = 0;
  for (let i = 0; i < b.length;) {
    const c = b[i]!;
    if (c < 0x80) {
      i++;
      continue;
    }
    const more = c >= 0xc2 && c <= 0xdf ? 1 : c >= 0xe0 && c <= 0xef ? 2 : c >= 0xf0 && c <= 0xf4 ? 3 : 0;
    let ok = more > 0 && i + more < b.length;
    for (let k = 1; ok && k <= more; k++) ok = (b[i + k]! & 0xc0) === 0x80;
    if (ok && more >= 2) {
      const d = b[i + 1]!;
      ok = !((c === 0xe0 && d < 0xa0) || (c === 0xed && d > 0x9f) || (c === 0xf0 && d < 0x90) || (c === 0xf4 && d > 0x8f));
    }
    if (ok) {
      valid++;
      i += more + 1;
    } else {
      invalid++;
      i++;
    }
  }
  return { valid, invalid };
}

/** How many bytes at the start hold whole UTF-8 characters; the rest waits for the next piece. */
export function wholeCharacters(b: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, b.length); back++) {
    const c = b[b.length - back]!;
    if (c < 0x80) break;
    if (c >= 0xc0) {
      const need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
      return need > back ? b.length - back : b.length;
    }
  }
  return b.length;
}

export function hasHighByte(b: Uint8Array): boolean {
  for (let i = 0; i < b.length; i++) if (b[i]! >= 0x80) return true;
  return false;
}

/** 0x80…0x9F of Windows-1252 (WHATWG Encoding Standard). Done here because some versions of Node take it for Latin-1. */
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function western(b: Uint8Array): Uint8Array {
  const out = new Uint8Array(b.length * 3);
  let n = 0;
  for (let i = 0; i < b.length; i++) {
    let c = b[i]!;
    if (c >= 0x80 && c < 0xa0) c = HIGH.charCodeAt(c - 0x80);
    if (c < 0x80) out[n++] = c;
    else if (c < 0x800) {
      out[n++] = 0xc0 | (c >> 6);
      out[n++] = 0x80 | (c & 63);
    } else {
      out[n++] = 0xe0 | (c >> 12);
      out[n++] = 0x80 | ((c >> 6) & 63);
      out[n++] = 0x80 | (c & 63);
    }
  }
  return out.slice(0, n);
}

/** Thrown inside the reader when UTF-8 turns out wrong after the head; the read begins again as Windows-1252. */
export class NotUtf8 extends Error {}

/** Turns pieces of a file into UTF-8 pieces that end at whole characters. */
export class Utf8 {
  valid = 0;
  invalid = 0;
  private readonly decoder: TextDecoder | null;
  private readonly encoder = new TextEncoder();
  private rest = new Uint8Array(0);
  private readonly strict: boolean;
  private readonly western: boolean;

  /** `strict`: throws NotUtf8 when the content tells that it is not UTF-8. */
  constructor(encoding: string, strict: boolean) {
    this.strict = strict;
    this.western = encoding === 'windows-1252';
    this.decoder = encoding === 'utf-8' || this.western ? null : new TextDecoder(encoding);
  }

  take(piece: Uint8Array, last: boolean): { bytes: Uint8Array; broken: boolean } {
    if (this.western) return { bytes: hasHighByte(piece) ? western(piece) : piece, broken: false };
    if (this.decoder) return { bytes: this.encoder.encode(this.decoder.decode(piece, { stream: !last })), broken: false };
    let bytes = piece;
    if (this.rest.length > 0) {
      bytes = new Uint8Array(this.rest.length + piece.length);
      bytes.set(this.rest);
      bytes.set(piece, this.rest.length);
      this.rest = new Uint8Array(0);
    }
    if (!last) {
      const whole = wholeCharacters(bytes);
      if (whole < bytes.length) this.rest = bytes.slice(whole);
      bytes = bytes.subarray(0, whole);
    }
    if (!hasHighByte(bytes)) return { bytes, broken: false };
    const { valid, invalid } = validity(bytes);
    this.valid += valid;
    this.invalid += invalid;
    if (invalid === 0) return { bytes, broken: false };
    if (this.strict && !keepsUtf8(this.valid, this.invalid)) throw new NotUtf8();
    return { bytes: this.encoder.encode(new TextDecoder().decode(bytes)), broken: true };
  }
}
