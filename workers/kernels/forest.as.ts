// The search for the splits of class trees in AssemblyScript; forest.ts says what it does, and is its plain twin.
// Built by build.mjs into forest.wasm.ts. Pointers are byte offsets into the imported memory.

const MISSING: i32 = 0xffff;
/** Nodes of two classes and at most so many rows compare all rows with all. */
const FEW: i32 = 64;
/** Nodes of at most so many rows are sorted at once. */
const SORTED: i32 = 32;
/** Leaves room for the rounding of bounds in Float64. */
const NEAR: f64 = 1 - 1e-9;

let ranks: usize = 0;
let stride: usize = 0;
let classes: i32 = 0;
let minLeaf: i32 = 1;
let plain: bool = false;
/** Counters that a histogram has room for. */
let room: i32 = 0;
let factors: usize = 0;
/** Per class: rows drawn on the left (Uint32), in the node (Uint32). */
let counts: usize = 0;
let best: usize = 0;
let cells: usize = 0;
let packs: usize = 0;
let histogram: usize = 0;
let sizes: usize = 0;
let marks: usize = 0;
let notes: usize = 0;
let keys: usize = 0;
let spare: usize = 0;
let lost: usize = 0;
let digits: usize = 0;

// The node at hand.
let items: usize = 0;
let n: i32 = 0;
let drawn: i32 = 0;
let total: f64 = 0;
let squares: f64 = 0;
let packed: bool = false;

// The column at hand: its range of present ranks, and its histogram.
let column: i32 = 0;
let low: i32 = 0;
let high: i32 = 0;
let missing: bool = false;
let shift: i32 = 0;
let bins: i32 = 0;
let lostRows: i32 = 0;

// What has gone left.
let leftSquares: f64 = 0;
let rightSquares: f64 = 0;
let leftWeight: f64 = 0;
let rightWeight: f64 = 0;
let leftRows: i32 = 0;
let top: f64 = 0;
let cut: i32 = 0;

export function begin(at: usize): void {
  ranks = load<u32>(at);
  stride = (<usize>load<u32>(at, 4)) << 1;
  classes = load<u32>(at, 8);
  minLeaf = load<u32>(at, 12);
  plain = load<u32>(at, 16) != 0;
  room = load<u32>(at, 20);
  factors = load<u32>(at, 24);
  counts = load<u32>(at, 28);
  best = load<u32>(at, 32);
  cells = load<u32>(at, 36);
  packs = load<u32>(at, 40);
  histogram = load<u32>(at, 44);
  sizes = load<u32>(at, 48);
  marks = load<u32>(at, 52);
  notes = load<u32>(at, 56);
  keys = load<u32>(at, 60);
  spare = load<u32>(at, 64);
  lost = load<u32>(at, 68);
  digits = load<u32>(at, 72);
}

export function open(from: usize, count: i32): i32 {
  items = from;
  n = count;
  const end = items + ((<usize>n) << 3);
  memory.fill(counts, 0, (<usize>classes) << 3);
  for (let at = items; at < end; at += 8) {
    const label = load<u32>(at, 4);
    const to = counts + ((<usize>(label & 255)) << 3);
    store<u32>(to, load<u32>(to, 4) + (label >>> 8), 4);
  }
  drawn = 0;
  total = 0;
  squares = 0;
  let present = 0;
  for (let k = 0; k < classes; k++) {
    const at = (<usize>k) << 3;
    const c = load<u32>(counts + at, 4);
    const s = load<f64>(factors + at) * <f64>c;
    if (c > 0) present++;
    drawn += c;
    total += s;
    squares += s * s;
  }
  packed = classes == 2 && n <= FEW && drawn < 256;
  if (packed) {
    let to = packs;
    for (let at = items; at < end; at += 8, to += 2) {
      const label = load<u32>(at, 4);
      const w = label >>> 8;
      store<u16>(to, w | ((label & 1) * (w << 8)));
    }
  }
  store<f64>(best, -Infinity);
  store<i32>(best, -1, 8);
  store<f64>(best, total, 32);
  return present;
}

export function search(columns: usize, count: i32): i32 {
  let useful = 0;
  for (let i = 0; i < count; i++) {
    column = load<i32>(columns + ((<usize>i) << 2));
    gather(ranks + <usize>column * stride);
    if (!missing && low == high) continue;
    if (high < 0) continue;
    useful++;
    if (packed && !missing) few();
    else many();
  }
  return useful;
}

/** The node's ranks of a column side by side, filled up to whole eights by the last; their range, missing ones apart. */
function gather(from: usize): void {
  let at = items;
  let to = cells;
  const end = items + ((<usize>n) << 3);
  for (const most = end - (((<usize>n) & 3) << 3); at < most; at += 32, to += 8) {
    const a = load<u16>(from + ((<usize>load<u32>(at)) << 1));
    const b = load<u16>(from + ((<usize>load<u32>(at, 8)) << 1));
    const c = load<u16>(from + ((<usize>load<u32>(at, 16)) << 1));
    const d = load<u16>(from + ((<usize>load<u32>(at, 24)) << 1));
    store<u64>(to, (<u64>a) | ((<u64>b) << 16) | ((<u64>c) << 32) | ((<u64>d) << 48));
  }
  for (; at < end; at += 8, to += 2) store<u16>(to, load<u16>(from + ((<usize>load<u32>(at)) << 1)));
  const last = load<u16>(to - 2);
  const stop = cells + ((((<usize>n) + 7) >> 3) << 4);
  for (; to < stop; to += 2) store<u16>(to, last);
  const one = i16x8.splat(1);
  let least = i16x8.splat(-1);
  let most = i16x8.splat(0);
  let past = i16x8.splat(0);
  for (to = cells; to < stop; to += 16) {
    const v = v128.load(to);
    least = i16x8.min_u(least, v);
    most = i16x8.max_u(most, v);
    // The missing one wraps round to 0.
    past = i16x8.max_u(past, i16x8.add(v, one));
  }
  low = 0xffff - <i32>largest(v128.not(least));
  missing = <i32>largest(most) == MISSING;
  high = <i32>largest(past) - 1;
}

@inline
function largest(v: v128): u32 {
  v = i16x8.max_u(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  v = i16x8.max_u(v, i8x16.shuffle(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  v = i16x8.max_u(v, i8x16.shuffle(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
  return i16x8.extract_lane_u(v, 0);
}

/** Cuts come in rising order: within rounding the first one stays. */
@inline
function candidate(purest: f64, last: i32): void {
  if (purest > top + (top == -Infinity ? 0 : 1e-13 * total)) {
    top = purest;
    cut = last;
  }
}

/** Keeps the column's purest cut when the impurity falls by more than it did before, and not just by rounding. */
function keep(way: i32): void {
  const gain = top - squares / total;
  const before = load<f64>(best);
  if (!(gain > before + (load<i32>(best, 8) < 0 ? 0 : 1e-12 * total))) return;
  store<f64>(best, max<f64>(0, gain));
  store<i32>(best, column, 8);
  store<i32>(best, cut, 12);
  store<i32>(best, way, 16);
  store<i32>(best, missing ? 0 : 1, 20);
}

// ---- Two classes, few rows: the right side of every row's rank at once, eight rows at a time.

/** What a cut's score E² / (w_left · w_right) must reach to matter, E = left₁ · node₀ − left₀ · node₁. */
@inline
function bar(): f64 {
  if (load<i32>(best, 8) < 0) return -1;
  const f = load<f64>(factors) * load<f64>(factors, 8);
  return (load<f64>(best) * total) / (2 * f * f);
}

function few(): void {
  const n0 = load<u32>(counts, 4);
  const n1 = load<u32>(counts, 12);
  const f0 = load<f64>(factors);
  const f1 = load<f64>(factors, 8);
  const flip = i16x8.splat(-0x8000);
  const stop = cells + ((((<usize>n) + 7) >> 3) << 4);
  // Signed compares are one instruction, unsigned ones two.
  for (let at = cells; at < stop; at += 16) v128.store(at, v128.xor(v128.load(at), flip));
  const end = (<usize>n) << 1;
  let most = f32x4.splat(-1);
  const ones = i16x8.splat(255);
  const m0 = i16x8.splat(<i16>n0);
  const m1 = i16x8.splat(<i16>n1);
  const s0 = f32x4.splat(<f32>f0);
  const s1 = f32x4.splat(<f32>f1);
  const all = f32x4.splat(<f32>total);
  const zero = f32x4.splat(0);
  const none = f32x4.splat(-1);
  const least = i16x8.splat(<i16>minLeaf);
  const rows = i16x8.splat(<i16>n);
  for (let at = cells; at < stop; at += 16) {
    const mine = v128.load(at);
    let sum = i16x8.splat(0);
    for (let i: usize = 0; i < end; i += 2)
      sum = i16x8.add(sum, v128.and(i16x8.gt_s(v128.load16_splat(cells + i), mine), v128.load16_splat(packs + i)));
    let valid = i16x8.ne(sum, zero);
    if (minLeaf > 1) {
      let right = i16x8.splat(0);
      for (let i: usize = 0; i < end; i += 2) right = i16x8.sub(right, i16x8.gt_s(v128.load16_splat(cells + i), mine));
      valid = v128.and(i16x8.ge_s(right, least), i16x8.ge_s(i16x8.sub(rows, right), least));
    }
    const any = v128.and(sum, ones);
    const r1 = i16x8.shr_u(sum, 8);
    const r0 = i16x8.sub(any, r1);
    const to = notes + ((at - cells) << 1);
    const a = score(
      i32x4.sub(i32x4.extmul_low_i16x8_u(m1, r0), i32x4.extmul_low_i16x8_u(m0, r1)),
      i32x4.extend_low_i16x8_u(r0),
      i32x4.extend_low_i16x8_u(r1),
      s0,
      s1,
      all,
    );
    const b = score(
      i32x4.sub(i32x4.extmul_high_i16x8_u(m1, r0), i32x4.extmul_high_i16x8_u(m0, r1)),
      i32x4.extend_high_i16x8_u(r0),
      i32x4.extend_high_i16x8_u(r1),
      s0,
      s1,
      all,
    );
    const va = v128.bitselect(a, none, i32x4.extend_low_i16x8_s(valid));
    const vb = v128.bitselect(b, none, i32x4.extend_high_i16x8_s(valid));
    v128.store(to, va);
    v128.store(to, vb, 16);
    v128.store(digits + (at - cells), sum);
    most = f32x4.max(most, f32x4.max(va, vb));
  }
  most = f32x4.max(most, i8x16.shuffle(most, most, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  most = f32x4.max(most, i8x16.shuffle(most, most, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  const found = f32x4.extract_lane(most, 0);
  // Float32 sifts; what is left is compared in Float64, in rising order of rank.
  if (found < 0 || <f64>found * 1.0001 < bar()) return;
  const enough = found * <f32>0.9999;
  let count: usize = 0;
  for (let i: usize = 0; i < <usize>n; i++) {
    const rank = <u32>load<u16>(cells + (i << 1)) ^ 0x8000;
    store<u32>(keys + (count << 2), (rank << 16) | <u32>load<u16>(digits + (i << 1)));
    count += <usize>(load<f32>(notes + (i << 2)) >= enough);
  }
  insert(<i32>count);
  top = -Infinity;
  for (let i: usize = 0; i < count; i++) {
    const key = load<u32>(keys + (i << 2));
    const r1 = (key >>> 8) & 255;
    const r0 = (key & 255) - r1;
    store<u32>(counts, n0 - r0);
    store<u32>(counts, n1 - r1, 8);
    level();
    candidate(leftSquares / leftWeight + rightSquares / rightWeight, key >>> 16);
  }
  keep(0);
}

@inline
function score(e: v128, r0: v128, r1: v128, s0: v128, s1: v128, all: v128): v128 {
  const f = f32x4.convert_i32x4_s(e);
  const right = f32x4.add(f32x4.mul(s0, f32x4.convert_i32x4_s(r0)), f32x4.mul(s1, f32x4.convert_i32x4_s(r1)));
  const both = f32x4.mul(right, f32x4.sub(all, right));
  return f32x4.div(f32x4.mul(f, f), f32x4.max(both, f32x4.splat(1e-30)));
}

// ---- Many rows: a histogram of coarse bins; only bins that may hold the best cut are looked into.

function many(): void {
  const range = high - low;
  const most = room / classes;
  let want = n <= SORTED ? 1 : n >> 2;
  if (want > most) want = most;
  shift = 0;
  while (range >> shift >= want) shift++;
  bins = (range >> shift) + 1;
  fill();
  for (let way = 0; way <= <i32>missing; way++) {
    const count = n <= SORTED ? whole() : classes == 2 ? sift2(way) : sift(way);
    if (count > 0) look(count, way);
  }
}

function fill(): void {
  memory.fill(histogram, 0, (<usize>(bins * classes)) << 2);
  lostRows = 0;
  if (missing) memory.fill(lost, 0, (<usize>classes) << 2);
  if (minLeaf > 1) memory.fill(sizes, 0, (<usize>bins) << 2);
  const end = cells + ((<usize>n) << 1);
  let label = items + 4;
  if (!missing && minLeaf == 1 && classes == 2) {
    for (let at = cells; at < end; at += 2, label += 8) {
      const l = load<u32>(label);
      const to = histogram + (((<usize>((<i32>load<u16>(at) - low) >> shift)) << 3) | ((<usize>(l & 1)) << 2));
      store<u32>(to, load<u32>(to) + (l >>> 8));
    }
    return;
  }
  for (let at = cells; at < end; at += 2, label += 8) {
    const l = load<u32>(label);
    const rank = <i32>load<u16>(at);
    if (rank == MISSING) {
      const to = lost + ((<usize>(l & 255)) << 2);
      store<u32>(to, load<u32>(to) + (l >>> 8));
      lostRows++;
      continue;
    }
    const bin = (rank - low) >> shift;
    const to = histogram + ((<usize>(bin * classes + <i32>(l & 255))) << 2);
    store<u32>(to, load<u32>(to) + (l >>> 8));
    if (minLeaf > 1) {
      const size = sizes + ((<usize>bin) << 2);
      store<u32>(size, load<u32>(size) + 1);
    }
  }
}

/** A note of a bin: the bin, 1 when a cut inside it may matter, and what none of its cuts is purer than. */
@inline
function note(count: i32, bin: i32, inside: bool, bound: f64): void {
  const at = notes + ((<usize>count) << 4);
  store<i32>(at, bin);
  store<i32>(at, <i32>inside, 4);
  store<f64>(at, bound, 8);
}

function whole(): i32 {
  note(0, 0, true, 0);
  return 1;
}

/** Drops notes of bins that fall short of the bar after all. */
function trim(count: i32, least: f64): i32 {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const at = notes + ((<usize>i) << 4);
    if (load<f64>(at, 8) < least) continue;
    v128.store(notes + ((<usize>kept) << 4), v128.load(at));
    kept++;
  }
  return kept;
}

/** The last place after which a cut leaves something on the right. */
@inline
function ends(way: i32): i32 {
  return missing && way == 0 ? bins : bins - 1;
}

/** A bin that holds the first or the last cut that leaves enough rows: its own ends bound nothing. */
@inline
function tears(before: i32, after: i32): bool {
  return (before < minLeaf && after > minLeaf) || (n - after < minLeaf && n - before > minLeaf);
}

/**
 * Two classes. Purity is convex in what has gone left, so inside a bin no cut is purer than the purer of its corners: all of the
 * bin's one class gone left and none of the other.
 */
function sift2(way: i32): i32 {
  const n0 = <f64>load<u32>(counts, 4);
  const n1 = <f64>load<u32>(counts, 12);
  const factor = v128.load(factors);
  const side = f64x2.replace_lane(f64x2.splat(-n1), 1, n0);
  const all = f64x2.splat(total);
  let least = bar();
  least *= least > 0 ? NEAR : 1;
  let e: f64 = 0;
  let w: f64 = 0;
  let rows = 0;
  if (way == 1) {
    const a0 = <f64>load<u32>(lost);
    const a1 = <f64>load<u32>(lost, 4);
    e = a1 * n0 - a0 * n1;
    w = load<f64>(factors) * a0 + load<f64>(factors, 8) * a1;
    rows = lostRows;
  }
  const stop = ends(way);
  let count = 0;
  for (let b = 0; b < bins; b++) {
    const raw = load<u64>(histogram + ((<usize>b) << 3));
    const c = f64x2.convert_low_i32x4_u(i64x2.splat(<i64>raw));
    const es = f64x2.mul(c, side);
    const ws = f64x2.mul(c, factor);
    const corner = f64x2.add(f64x2.splat(e), es);
    const weight = f64x2.add(f64x2.splat(w), ws);
    const reach = f64x2.mul(weight, f64x2.sub(all, weight));
    const square = f64x2.mul(corner, corner);
    let inside =
      shift > 0 &&
      v128.any_true(f64x2.ge(square, f64x2.mul(f64x2.splat(least), reach))) &&
      raw >>> 32 != 0 &&
      <u32>raw != 0;
    e += f64x2.extract_lane(es, 0) + f64x2.extract_lane(es, 1);
    w += f64x2.extract_lane(ws, 0) + f64x2.extract_lane(ws, 1);
    let edge = b < stop;
    let torn = false;
    if (minLeaf > 1) {
      const before = rows;
      rows += load<u32>(sizes + ((<usize>b) << 2));
      torn = shift > 0 && tears(before, rows);
      inside = (inside && rows > minLeaf && n - before > minLeaf) || torn;
      edge = edge && rows >= minLeaf && n - rows >= minLeaf;
    }
    const both = w * (total - w);
    edge = edge && e * e >= least * both;
    if (!inside && !edge) continue;
    let bound: f64 = -1;
    if (inside) {
      const scores = f64x2.div(square, reach);
      bound = torn ? Infinity : max(f64x2.extract_lane(scores, 0), f64x2.extract_lane(scores, 1));
    }
    if (edge) {
      const score = (e * e) / both;
      bound = max(bound, score);
      least = max(least, score * NEAR);
    }
    note(count, b, inside, bound);
    count++;
  }
  return trim(count, least);
}

/** Any number of classes: each side's purity is raised at most by the classes of the bin that are purer than it (a step of Dinkelbach 1967). */
function sift(way: i32): i32 {
  let least = load<i32>(best, 8) < 0 ? -Infinity : (load<f64>(best) + squares / total) * NEAR;
  start(way);
  const stop = ends(way);
  let count = 0;
  for (let b = 0; b < bins; b++) {
    const pl = leftWeight > 0 ? leftSquares / leftWeight : 0;
    const pr = rightSquares / rightWeight;
    let l2 = leftSquares;
    let r2 = rightSquares;
    let w: f64 = 0;
    let more: f64 = 0;
    let less: f64 = 0;
    let largest: f64 = 0;
    let kinds = 0;
    const row = histogram + ((<usize>(b * classes)) << 2);
    for (let k = 0; k < classes; k++) {
      const c = load<u32>(row + ((<usize>k) << 2));
      if (c == 0) continue;
      kinds++;
      const at = (<usize>k) << 3;
      const f = load<f64>(factors + at);
      const was = load<u32>(counts + at);
      const l = f * <f64>was;
      const r = f * <f64>(load<u32>(counts + at, 4) - was);
      const x = f * <f64>c;
      store<u32>(counts + at, was + c);
      const up = x * (2 * l + x);
      const down = x * (2 * r - x);
      more += max<f64>(0, up - pl * x);
      less += max<f64>(0, pr * x - down);
      largest = max(largest, x);
      l2 += up;
      r2 -= down;
      w += x;
    }
    let inside = shift > 0 && kinds > 1;
    let edge = b < stop;
    let torn = false;
    if (minLeaf > 1) {
      const before = leftRows;
      leftRows += load<u32>(sizes + ((<usize>b) << 2));
      torn = shift > 0 && tears(before, leftRows);
      inside = (inside && leftRows > minLeaf && n - before > minLeaf) || torn;
      edge = edge && leftRows >= minLeaf && n - leftRows >= minLeaf;
    }
    const bl = leftWeight > 0 ? pl + more / leftWeight : largest;
    const rest = rightWeight - w;
    const br = b < stop ? pr + less / rest : largest;
    leftSquares = l2;
    rightSquares = r2;
    leftWeight += w;
    rightWeight = rest;
    let bound = -Infinity;
    if (inside) {
      bound = torn ? Infinity : bl + br;
      if (bound < least) inside = false;
    }
    if (edge) {
      const score = l2 / leftWeight + r2 / rest;
      if (score >= least) {
        bound = max(bound, score);
        least = max(least, score * NEAR);
      } else edge = false;
    }
    if (!inside && !edge) continue;
    note(count, b, inside, bound);
    count++;
  }
  return trim(count, least);
}

/** What is on the left before the first bin. */
function start(way: i32): void {
  for (let k = 0; k < classes; k++)
    store<u32>(counts + ((<usize>k) << 3), way == 1 ? load<u32>(lost + ((<usize>k) << 2)) : 0);
  leftRows = way == 1 ? lostRows : 0;
  level();
}

/** The sums that follow from the counts. */
function level(): void {
  leftSquares = 0;
  rightSquares = 0;
  leftWeight = 0;
  rightWeight = 0;
  for (let k = 0; k < classes; k++) {
    const at = (<usize>k) << 3;
    const f = load<f64>(factors + at);
    const c = load<u32>(counts + at);
    const l = f * <f64>c;
    const r = f * <f64>(load<u32>(counts + at, 4) - c);
    leftSquares += l * l;
    rightSquares += r * r;
    leftWeight += l;
    rightWeight += r;
  }
}

/** Tries the cuts of the bins noted. */
function look(count: i32, way: i32): void {
  let wanted = false;
  for (let i = 0; i < count; i++) {
    const at = notes + ((<usize>i) << 4);
    if (load<i32>(at, 4) == 0) continue;
    wanted = true;
    store<u8>(marks + load<u32>(at), 1);
  }
  let found = 0;
  if (wanted) {
    found = collect();
    for (let i = 0; i < count; i++) store<u8>(marks + load<u32>(notes + ((<usize>i) << 4)), 0);
    if (found <= 40) insert(found);
    else radix(found);
  }
  start(way);
  top = -Infinity;
  let b = 0;
  let key = keys;
  const end = keys + ((<usize>found) << 2);
  for (let i = 0; i < count; i++) {
    const at = notes + ((<usize>i) << 4);
    const bin = load<i32>(at);
    const inside = load<i32>(at, 4) != 0;
    const until = inside ? bin : bin + 1;
    if (b < until) {
      pass(b, until);
      level();
      b = until;
    }
    if (!inside) {
      attempt(min(high, low + (until << shift) - 1));
      continue;
    }
    b++;
    const limit = <u32>(low + (b << shift));
    while (key < end) {
      const now = load<u32>(key);
      if (now >>> 16 >= limit) break;
      add(now & 255, (now >>> 8) & 255);
      key += 4;
      if (key < end && load<u32>(key) >>> 16 == now >>> 16) continue;
      attempt(<i32>(now >>> 16));
    }
  }
  if (top > -Infinity) keep(way);
}

/** Bins from … to − 1 go left. */
function pass(from: i32, to: i32): void {
  let at = histogram + ((<usize>(from * classes)) << 2);
  for (let b = from; b < to; b++)
    for (let k = 0; k < classes; k++, at += 4) {
      const c = counts + ((<usize>k) << 3);
      store<u32>(c, load<u32>(c) + load<u32>(at));
    }
  if (minLeaf > 1) for (let b = from; b < to; b++) leftRows += load<u32>(sizes + ((<usize>b) << 2));
}

@inline
function add(code: u32, w: u32): void {
  const at = (<usize>code) << 3;
  const c = load<u32>(counts + at);
  store<u32>(counts + at, c + w);
  leftRows++;
  if (!plain) return;
  const x = <f64>w;
  leftSquares += x * (2 * <f64>c + x);
  rightSquares -= x * (2 * <f64>(load<u32>(counts + at, 4) - c) - x);
  leftWeight += x;
  rightWeight -= x;
}

/** A cut here, if it leaves enough on both sides. */
@inline
function attempt(last: i32): void {
  if (!plain) level();
  if (!(rightWeight > 0)) return;
  if (minLeaf > 1 && (leftRows < minLeaf || n - leftRows < minLeaf)) return;
  candidate(leftSquares / leftWeight + rightSquares / rightWeight, last);
}

/** The keys (rank, weight, class) of the rows in marked bins. */
function collect(): i32 {
  let to = keys;
  let label = items + 4;
  const end = cells + ((<usize>n) << 1);
  if (missing) {
    for (let at = cells; at < end; at += 2, label += 8) {
      const rank = <u32>load<u16>(at);
      if (rank == MISSING || load<u8>(marks + (<usize>((rank - low) >>> shift))) == 0) continue;
      store<u32>(to, (rank << 16) | load<u32>(label));
      to += 4;
    }
  } else {
    for (let at = cells; at < end; at += 2, label += 8) {
      const rank = <u32>load<u16>(at);
      store<u32>(to, (rank << 16) | load<u32>(label));
      to += (<usize>load<u8>(marks + (<usize>((rank - low) >>> shift)))) << 2;
    }
  }
  return <i32>((to - keys) >> 2);
}

function insert(count: i32): void {
  const end = keys + ((<usize>count) << 2);
  for (let at = keys + 4; at < end; at += 4) {
    const key = load<u32>(at);
    let to = at;
    while (to > keys) {
      const before = load<u32>(to - 4);
      if (before <= key) break;
      store<u32>(to, before);
      to -= 4;
    }
    store<u32>(to, key);
  }
}

/** Sorts keys by rank, a byte at a time. */
function radix(count: i32): void {
  const end = keys + ((<usize>count) << 2);
  memory.fill(digits, 0, 2048);
  for (let at = keys; at < end; at += 4) {
    const rank = (load<u32>(at) >>> 16) - low;
    const a = digits + ((<usize>(rank & 255)) << 2);
    const b = digits + 1024 + ((<usize>(rank >>> 8)) << 2);
    store<u32>(a, load<u32>(a) + 1);
    store<u32>(b, load<u32>(b) + 1);
  }
  let a: u32 = 0;
  let b: u32 = 0;
  for (let d = digits; d < digits + 1024; d += 4) {
    const x = load<u32>(d);
    const y = load<u32>(d, 1024);
    store<u32>(d, a);
    store<u32>(d, b, 1024);
    a += x;
    b += y;
  }
  for (let at = keys; at < end; at += 4) {
    const key = load<u32>(at);
    const d = digits + ((<usize>(((key >>> 16) - low) & 255)) << 2);
    const to = load<u32>(d);
    store<u32>(d, to + 1);
    store<u32>(spare + ((<usize>to) << 2), key);
  }
  const last = spare + ((<usize>count) << 2);
  for (let at = spare; at < last; at += 4) {
    const key = load<u32>(at);
    const d = digits + 1024 + ((<usize>(((key >>> 16) - low) >>> 8)) << 2);
    const to = load<u32>(d);
    store<u32>(d, to + 1);
    store<u32>(keys + ((<usize>to) << 2), key);
  }
}

/** Rows up to rank `last` to the front, both sides in their old order. Notes the ranks on either side of the cut. */
export function divide(rows: usize, size: i32, j: i32, last: i32, missingLeft: i32, aside: usize): i32 {
  const from = ranks + <usize>j * stride;
  const end = rows + ((<usize>size) << 3);
  let front = rows;
  let back = aside;
  let below: u32 = 0;
  let above: u32 = MISSING;
  for (let at = rows; at < end; at += 8) {
    const item = load<u64>(at);
    const rank = <u32>load<u16>(from + ((<usize><u32>item) << 1));
    const isBelow = rank <= <u32>last;
    below = max(below, isBelow ? rank : 0);
    above = min(above, isBelow ? <u32>MISSING : rank);
    const isLeft = <usize>(isBelow || (rank == MISSING && missingLeft != 0));
    store<u64>(front, item);
    store<u64>(back, item);
    front += isLeft << 3;
    back += (1 - isLeft) << 3;
  }
  memory.copy(front, aside, back - aside);
  store<u32>(best, below, 12);
  store<u32>(best, above, 24);
  return <i32>((front - rows) >> 3);
}
