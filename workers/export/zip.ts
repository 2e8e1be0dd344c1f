/** Reads zip files nobody vouches for: every length is checked before it is believed, and inflating stops where the file said it would. */
import { Inflate } from 'fflate';

/** Says in a few words what is wrong; the caller makes a Problem of it. */
export class BadZip extends Error {}
const bad = (why: string): never => {
  throw new BadZip(why);
};

export interface Limits {
  readonly entries: number;
  /** Bytes in all, inflated. */
  readonly bytes: number;
  /** Inflated bytes for each byte of the file, looked at above `free` bytes. */
  readonly ratio: number;
  readonly free: number;
}

interface Member {
  readonly name: string;
  readonly deflated: boolean;
  readonly crc: number;
  readonly from: number;
  readonly size: number;
  readonly inflated: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/** All files of a zip by name (APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16; no ZIP64, no encryption, no folders). */
export function openZip(bytes: Uint8Array, limits: Limits): Map<string, Uint8Array> {
  const members = list(bytes, limits);
  let total = 0;
  for (const m of members) total += m.inflated;
  if (total > limits.bytes) bad(`it would unpack to ${Math.ceil(total / 1e6)} MB, and ${Math.floor(limits.bytes / 1e6)} MB is the most`);
  if (total > limits.free && total > limits.ratio * bytes.length) bad('it would unpack to far more than such a file can hold');
  return new Map(members.map((m) => [m.name, extract(bytes, m)]));
}

function list(bytes: Uint8Array, limits: Limits): Member[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = -1;
  for (let i = bytes.length - 22; i >= Math.max(0, bytes.length - 22 - 65535) && end < 0; i--) if (view.getUint32(i, true) === END) end = i;
  if (end < 0) bad(bytes.length > 3 && view.getUint32(0, true) === LOCAL ? 'it is cut off' : 'it is not a zip file');
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  if (view.getUint16(end + 8, true) !== count || view.getUint16(end + 4, true) !== 0) bad('it is one part of several');
  if (count > limits.entries) bad(`it holds ${count} files, and ${limits.entries} is the most`);
  if (start + size !== end) bad('its directory does not fit');

  const names = new Set<string>();
  const members: Member[] = [];
  const spans: [number, number][] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) bad('its directory is damaged');
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const inflated = view.getUint32(at + 24, true);
    const nameLength = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) bad('its directory is damaged');
    const name = nameOf(bytes.subarray(at + 46, at + 46 + nameLength));
    if (flags & 1) bad('it is encrypted');
    if (method !== 0 && method !== 8) bad(`“${name}” is packed in a way that is not known here`);
    if (names.has(name.toLowerCase())) bad(`“${name}” is in it twice`);
    names.add(name.toLowerCase());
    if (local + 30 > start || view.getUint32(local, true) !== LOCAL) bad(`“${name}” is not where the directory says`);
    const localName = view.getUint16(local + 26, true);
    const from = local + 30 + localName + view.getUint16(local + 28, true);
    if (from + packed > start) bad(`“${name}” runs past the end`);
    if (nameOf(bytes.subarray(local + 30, local + 30 + localName)) !== name) bad(`“${name}” has two names`);
    if (method === 0 && packed !== inflated) bad(`“${name}” has two sizes`);
    spans.push([local, from + packed]);
    members.push({ name, deflated: method === 8, crc: view.getUint32(at + 16, true), from, size: packed, inflated });
    at = next;
  }
  if (at !== end) bad('its directory does not fit');
  spans.sort((a, b) => a[0] - b[0]);
  for (let i = 1; i < spans.length; i++) if (spans[i]![0] < spans[i - 1]![1]) bad('two of its files share the same bytes');
  return members;
}

/** A path inside the zip: parts of plain characters, never absolute, never upwards. */
function nameOf(bytes: Uint8Array): string {
  let name = '';
  try {
    name = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    bad('a name in it is not text');
  }
  const parts = name.split('/');
  if (name.length > 300 || parts.some((p) => p === '' || p === '.' || p === '..' || /[\\:\p{Cc}]/u.test(p)))
    bad(`“${name.slice(0, 60).replace(/\p{Cc}/gu, '?')}” is not a safe file name`);
  return name;
}

function extract(bytes: Uint8Array, m: Member): Uint8Array {
  const packed = bytes.subarray(m.from, m.from + m.size);
  const out = m.deflated ? inflate(packed, m) : packed.slice();
  if (crc32(out) !== m.crc) bad(`“${m.name}” is damaged`);
  return out;
}

/** Packed bytes taken at once: at most 1032 times as many come out (deflate's limit) before they are counted. */
const STEP = 1 << 14;

function inflate(packed: Uint8Array, m: Member): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let done = false;
  const stream = new Inflate((piece, last) => {
    length += piece.length;
    if (length > m.inflated) bad(`“${m.name}” unpacks to more than it says`);
    pieces.push(piece);
    done = last;
  });
  try {
    for (let i = 0; i < packed.length || i === 0; i += STEP) stream.push(packed.subarray(i, i + STEP), i + STEP >= packed.length);
  } catch (e) {
    if (e instanceof BadZip) throw e;
    bad(`“${m.name}” cannot be unpacked`);
  }
  if (!done || length !== m.inflated) bad(`“${m.name}” unpacks to less than it says`);
  const out = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = TABLE[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
