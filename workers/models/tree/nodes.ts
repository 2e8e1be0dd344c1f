/** Nodes while trees grow: arrays that double, and at the end one Trees form. */
import type { Link, Trees } from '../../../src/core/form.js';
import type { Matrix } from '../../../src/core/matrix.js';

/** Nodes as plain data, to go on from. */
export interface NodesState {
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  readonly set: Int32Array;
  readonly value: Float64Array;
  readonly cover: Float64Array;
  readonly gain: Float64Array;
  readonly words: Uint32Array;
  readonly roots: Int32Array;
  readonly score: Int32Array;
}

/** Whether something is the state of nodes with so many values each. */
export const isNodes =
  (width: number) =>
  (v: unknown): boolean => {
    const s = (v ?? {}) as Partial<NodesState>;
    if (!(s.feature instanceof Int32Array && s.roots instanceof Int32Array && s.words instanceof Uint32Array)) return false;
    const n = s.feature.length;
    const { roots } = s;
    return (
      [s.left, s.right, s.set].every((a) => a instanceof Int32Array && a.length === n) &&
      [s.cover, s.gain].every((a) => a instanceof Float64Array && a.length === n) &&
      s.threshold instanceof Float32Array &&
      s.threshold.length === n &&
      s.missingLeft instanceof Uint8Array &&
      s.missingLeft.length === n &&
      s.value instanceof Float64Array &&
      s.value.length === n * width &&
      s.score instanceof Int32Array &&
      s.score.length === roots.length &&
      roots.every((root) => root >= 0 && root < n)
    );
  };

export class Nodes {
  readonly width: number;
  count = 0;
  feature: Int32Array;
  threshold: Float32Array;
  left: Int32Array;
  right: Int32Array;
  missingLeft: Uint8Array;
  set: Int32Array;
  value: Float64Array;
  cover: Float64Array;
  gain: Float64Array;
  words: number[] = [];
  readonly roots: number[] = [];
  readonly score: number[] = [];

  constructor(width: number, room = 64) {
    this.width = width;
    this.feature = new Int32Array(room);
    this.threshold = new Float32Array(room);
    this.left = new Int32Array(room);
    this.right = new Int32Array(room);
    this.missingLeft = new Uint8Array(room);
    this.set = new Int32Array(room);
    this.value = new Float64Array(room * width);
    this.cover = new Float64Array(room);
    this.gain = new Float64Array(room);
  }

  /** A new leaf; its value is written by the caller at value[node · width …]. */
  add(cover: number): number {
    const node = this.count++;
    if (node >= this.feature.length) this.grow();
    this.feature[node] = -1;
    this.set[node] = -1;
    this.threshold[node] = 0;
    this.left[node] = this.right[node] = 0;
    this.missingLeft[node] = 0;
    this.gain[node] = 0;
    this.cover[node] = cover;
    return node;
  }

  root(node: number, score: number): void {
    this.roots.push(node);
    this.score.push(score);
  }

  /** Splits a node on a category: levels whose bin has left[bin] = 1 go left; those without a bin below `bins` go where the missing go. */
  levels(node: number, binOfLevel: Uint8Array, bins: number, left: Uint8Array): void {
    const bits = new Uint32Array(Math.ceil(binOfLevel.length / 32));
    for (let k = 0; k < binOfLevel.length; k++) {
      const b = binOfLevel[k]!;
      if (b < bins ? left[b] === 1 : this.missingLeft[node] === 1) bits[k >> 5]! |= 1 << (k & 31);
    }
    this.set[node] = this.words.length;
    this.words.push(bits.length, ...bits);
  }

  /** Whether a row of X goes left at a split. */
  goesLeft(node: number, X: Matrix, row: number): boolean {
    const x = X.data[this.feature[node]! * X.rows + row]!;
    const set = this.set[node]!;
    if (set < 0) return x !== x ? this.missingLeft[node] === 1 : x <= this.threshold[node]!;
    if (!(x >= 0) || x >= this.words[set]! * 32) return this.missingLeft[node] === 1;
    return ((this.words[set + 1 + (x >>> 5)]! >>> (x & 31)) & 1) === 1;
  }

  /** The leaf that a row of X lands in. */
  leafOf(root: number, X: Matrix, row: number): number {
    let node = root;
    while (this.feature[node]! >= 0) node = this.goesLeft(node, X, row) ? this.left[node]! : this.right[node]!;
    return node;
  }

  /** Forgets all nodes from this one on (a tree left unfinished). */
  forget(from: number): void {
    this.count = from;
  }

  /** Bytes of a state. */
  get bytes(): number {
    return this.count * (37 + 8 * this.width) + 4 * this.words.length;
  }

  /** A copy of all there is, as plain data. */
  state(): NodesState {
    const n = this.count;
    return {
      feature: this.feature.slice(0, n),
      threshold: this.threshold.slice(0, n),
      left: this.left.slice(0, n),
      right: this.right.slice(0, n),
      missingLeft: this.missingLeft.slice(0, n),
      set: this.set.slice(0, n),
      value: this.value.slice(0, n * this.width),
      cover: this.cover.slice(0, n),
      gain: this.gain.slice(0, n),
      words: Uint32Array.from(this.words),
      roots: Int32Array.from(this.roots),
      score: Int32Array.from(this.score),
    };
  }

  /** Fills nodes that are still empty with what a state holds. */
  restore(s: NodesState): void {
    while (this.feature.length < s.feature.length) this.grow();
    this.count = s.feature.length;
    this.feature.set(s.feature);
    this.threshold.set(s.threshold);
    this.left.set(s.left);
    this.right.set(s.right);
    this.missingLeft.set(s.missingLeft);
    this.set.set(s.set);
    this.value.set(s.value);
    this.cover.set(s.cover);
    this.gain.set(s.gain);
    for (const w of s.words) this.words.push(w);
    for (const r of s.roots) this.roots.push(r);
    for (const k of s.score) this.score.push(k);
  }

  private grow(): void {
    const room = this.feature.length * 2;
    const wider = <T extends Float32Array | Float64Array | Int32Array | Uint8Array>(now: T, size: number): T => {
      const next = new (now.constructor as new (n: number) => T)(size);
      next.set(now);
      return next;
    };
    this.feature = wider(this.feature, room);
    this.threshold = wider(this.threshold, room);
    this.left = wider(this.left, room);
    this.right = wider(this.right, room);
    this.missingLeft = wider(this.missingLeft, room);
    this.set = wider(this.set, room);
    this.value = wider(this.value, room * this.width);
    this.cover = wider(this.cover, room);
    this.gain = wider(this.gain, room);
  }

  form(about: { inputs: number; outputs: number; link: Link; average: boolean; base: Float64Array }): Trees {
    const n = this.count;
    return {
      form: 'trees',
      inputs: about.inputs,
      outputs: about.outputs,
      link: about.link,
      average: about.average,
      base: about.base,
      roots: Int32Array.from(this.roots),
      score: Int32Array.from(this.score),
      width: this.width,
      feature: this.feature.slice(0, n),
      threshold: this.threshold.slice(0, n),
      left: this.left.slice(0, n),
      right: this.right.slice(0, n),
      missingLeft: this.missingLeft.slice(0, n),
      set: this.set.slice(0, n),
      setWords: Uint32Array.from(this.words),
      value: this.value.slice(0, n * this.width),
      cover: this.cover.slice(0, n),
      gain: this.gain.slice(0, n),
    };
  }
}
