// The hot loops of boosting in AssemblyScript; boost.ts says what each does, and is their plain twin.
// Built by build.mjs into boost.wasm.ts. Pointers are byte offsets into the imported memory.

/** to[i] = pairs[rows[i]]; a pair is 8 bytes and moves as one. */
export function order(pairs: usize, rows: usize, n: i32, to: usize): void {
  const end = rows + ((<usize>n) << 2);
  while (rows < end) {
    store<u64>(to, load<u64>(pairs + ((<usize>load<u32>(rows)) << 3)));
    rows += 4;
    to += 8;
  }
}

@inline
function add(sums: usize, bin: u32, pair: v128): void {
  const at = sums + ((<usize>bin) << 4);
  v128.store(at, f64x2.add(v128.load(at), pair));
}

@inline
function one(counts: usize, bin: u32): void {
  const at = counts + ((<usize>bin) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

@inline
function pairAt(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

export function fill(block: usize, rows: usize, n: i32, pairs: usize, sums: usize, counts: usize): void {
  const s0 = <usize>load<u32>(sums);
  const s1 = <usize>load<u32>(sums, 4);
  const s2 = <usize>load<u32>(sums, 8);
  const s3 = <usize>load<u32>(sums, 12);
  const end = pairs + ((<usize>n) << 3);
  if (counts == 0) {
    if (rows == 0) {
      for (; pairs < end; pairs += 8, block += 4) {
        const pair = pairAt(pairs);
        const cell = load<u32>(block);
        add(s0, cell & 255, pair);
        add(s1, (cell >>> 8) & 255, pair);
        add(s2, (cell >>> 16) & 255, pair);
        add(s3, cell >>> 24, pair);
      }
    } else {
      for (; pairs < end; pairs += 8, rows += 4) {
        const pair = pairAt(pairs);
        const cell = load<u32>(block + ((<usize>load<u32>(rows)) << 2));
        add(s0, cell & 255, pair);
        add(s1, (cell >>> 8) & 255, pair);
        add(s2, (cell >>> 16) & 255, pair);
        add(s3, cell >>> 24, pair);
      }
    }
    return;
  }
  const c0 = <usize>load<u32>(counts);
  const c1 = <usize>load<u32>(counts, 4);
  const c2 = <usize>load<u32>(counts, 8);
  const c3 = <usize>load<u32>(counts, 12);
  if (rows == 0) {
    for (; pairs < end; pairs += 8, block += 4) {
      const pair = pairAt(pairs);
      const cell = load<u32>(block);
      add(s0, cell & 255, pair);
      one(c0, cell & 255);
      add(s1, (cell >>> 8) & 255, pair);
      one(c1, (cell >>> 8) & 255);
      add(s2, (cell >>> 16) & 255, pair);
      one(c2, (cell >>> 16) & 255);
      add(s3, cell >>> 24, pair);
      one(c3, cell >>> 24);
    }
  } else {
    for (; pairs < end; pairs += 8, rows += 4) {
      const pair = pairAt(pairs);
      const cell = load<u32>(block + ((<usize>load<u32>(rows)) << 2));
      add(s0, cell & 255, pair);
      one(c0, cell & 255);
      add(s1, (cell >>> 8) & 255, pair);
      one(c1, (cell >>> 8) & 255);
      add(s2, (cell >>> 16) & 255, pair);
      one(c2, (cell >>> 16) & 255);
      add(s3, cell >>> 24, pair);
      one(c3, cell >>> 24);
    }
  }
}

/** Rows that are gathered together: their cells and pairs stay in the first cache. */
const BATCH: i32 = 1024;

export function fillAll(bins: usize, size: usize, blocks: i32, rows: usize, n: i32, pairs: usize, sums: usize, room: usize): void {
  const gathered = room + ((<usize>BATCH) << 3);
  while (n > 0) {
    const some = min(n, BATCH);
    let from = pairs;
    if (rows != 0) {
      order(pairs, rows, some, room);
      from = room;
    }
    const end = from + ((<usize>some) << 3);
    let block = bins;
    for (let b = 0; b < blocks; b++, block += size) {
      let cells = block;
      if (rows != 0) {
        // Gathering apart from adding keeps many loads under way at a time.
        let to = gathered;
        for (let at = rows, last = rows + ((<usize>some) << 2); at < last; at += 4, to += 4)
          store<u32>(to, load<u32>(block + ((<usize>load<u32>(at)) << 2)));
        cells = gathered;
      }
      const at = sums + ((<usize>b) << 4);
      const s0 = <usize>load<u32>(at);
      const s2 = <usize>load<u32>(at, 8);
      if (s0 == 0) addTwo(cells + 2, from, end, s2, <usize>load<u32>(at, 12));
      else if (s2 == 0) addTwo(cells, from, end, s0, <usize>load<u32>(at, 4));
      else addBlock(cells, from, end, s0, <usize>load<u32>(at, 4), s2, <usize>load<u32>(at, 12));
    }
    n -= some;
    if (rows != 0) rows += (<usize>some) << 2;
    else {
      pairs += (<usize>some) << 3;
      bins += (<usize>some) << 2;
    }
  }
}

@inline
function addBlock(cells: usize, pairs: usize, end: usize, s0: usize, s1: usize, s2: usize, s3: usize): void {
  for (; pairs < end; pairs += 8, cells += 4) {
    const pair = pairAt(pairs);
    add(s0, load<u8>(cells), pair);
    add(s1, load<u8>(cells, 1), pair);
    add(s2, load<u8>(cells, 2), pair);
    add(s3, load<u8>(cells, 3), pair);
  }
}

@inline
function addTwo(cells: usize, pairs: usize, end: usize, s0: usize, s1: usize): void {
  for (; pairs < end; pairs += 8, cells += 4) {
    const pair = pairAt(pairs);
    add(s0, load<u8>(cells), pair);
    add(s1, load<u8>(cells, 1), pair);
  }
}

export function count(block: usize, rows: usize, n: i32, bins: i32, counts: usize): void {
  memory.fill(counts, 0, (<usize>bins) << 2);
  if (rows == 0) for (const end = block + ((<usize>n) << 2); block < end; block += 4) one(counts, load<u8>(block));
  else
    for (const end = rows + ((<usize>n) << 2); rows < end; rows += 4)
      one(counts, load<u8>(block + ((<usize>load<u32>(rows)) << 2)));
}

export function totals(pairs: usize, rows: usize, n: i32, out: usize): void {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  let most = f32x4.splat(0);
  let number = i32x4(0, 1, 2, 3);
  let i = 0;
  // Four sums wait for one another less than one.
  let even2 = f64x2.splat(0);
  let odd2 = f64x2.splat(0);
  for (; i + 4 <= n; i += 4, pairs += 32, rows += 16) {
    const a = v128.load(pairs);
    const b = v128.load(pairs, 16);
    even = f64x2.add(even, f64x2.promote_low_f32x4(a));
    odd = f64x2.add(odd, f64x2.promote_low_f32x4(i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)));
    even2 = f64x2.add(even2, f64x2.promote_low_f32x4(b));
    odd2 = f64x2.add(odd2, f64x2.promote_low_f32x4(i8x16.shuffle(b, b, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)));
    most = f32x4.max(most, f32x4.max(a, b));
    v128.store(rows, number);
    number = i32x4.add(number, i32x4.splat(4));
  }
  let sum = f64x2.add(f64x2.add(even, odd), f64x2.add(even2, odd2));
  let top = max(f32x4.extract_lane(most, 1), f32x4.extract_lane(most, 3));
  for (; i < n; i++, pairs += 8, rows += 4) {
    sum = f64x2.add(sum, pairAt(pairs));
    top = max(top, load<f32>(pairs, 4));
    store<u32>(rows, i);
  }
  v128.store(out, sum);
  store<f64>(out, <f64>top, 16);
}

export function settle(raw: usize, rows: usize, n: i32, value: f64): void {
  for (const end = rows + ((<usize>n) << 2); rows < end; rows += 4) {
    const at = raw + ((<usize>load<u32>(rows)) << 3);
    store<f64>(at, load<f64>(at) + value);
  }
}

/** 0x3fd62e43 in the upper half: from here on fdlibm takes multiples off. */
const HALF: f64 = -0.3465735912322998;
const NEAR: f64 = 1 - 1e-9;

/** exp of −708 … 0, as fdlibm (Sun 1993) has it, without its branches. */
@inline
function expBelow(x: v128): v128 {
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  // Multiples of ln 2 to take off; none up to about half of it.
  const t = v128.andnot(
    f64x2.trunc(f64x2.sub(f64x2.mul(f64x2.splat(1.44269504088896338700), x), f64x2.splat(0.5))),
    f64x2.gt(x, f64x2.splat(HALF)),
  );
  const hi = f64x2.sub(x, f64x2.mul(t, f64x2.splat(6.93147180369123816490e-1)));
  const lo = f64x2.mul(t, f64x2.splat(1.90821492927058770002e-10));
  const r = f64x2.sub(hi, lo);
  const q = f64x2.mul(r, r);
  let c = f64x2.add(f64x2.splat(-1.65339022054652515390e-6), f64x2.mul(q, f64x2.splat(4.13813679705723846039e-8)));
  c = f64x2.add(f64x2.splat(6.61375632143793436117e-5), f64x2.mul(q, c));
  c = f64x2.add(f64x2.splat(-2.77777777770155933842e-3), f64x2.mul(q, c));
  c = f64x2.add(f64x2.splat(1.66666666666666019037e-1), f64x2.mul(q, c));
  c = f64x2.sub(r, f64x2.mul(q, c));
  const y = f64x2.sub(one, f64x2.sub(f64x2.sub(lo, f64x2.div(f64x2.mul(r, c), f64x2.sub(two, c))), hi));
  const power = i64x2.shl(i64x2.add(i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(t)), i64x2.splat(1023)), 52);
  return f64x2.mul(y, power);
}

export function binary(raw: usize, y: usize, n: i32, pairs: usize): void {
  const one = f64x2.splat(1);
  const least = f64x2.splat(-708);
  for (let i = 0; i < n; i += 2, raw += 16, y += 2, pairs += 16) {
    const z = v128.load(raw);
    const e = expBelow(f64x2.max(f64x2.neg(f64x2.abs(z)), least));
    const under = f64x2.add(one, e);
    const small = f64x2.div(e, under);
    const large = f64x2.div(one, under);
    const up = f64x2.ge(z, f64x2.splat(0));
    // All ones where the row is of class 1.
    const is = i64x2.extend_low_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load16_splat(y))));
    const share = v128.bitselect(small, large, v128.xor(up, v128.not(is)));
    const g = f32x4.demote_f64x2_zero(v128.bitselect(f64x2.neg(share), share, is));
    const h = f32x4.demote_f64x2_zero(f64x2.mul(small, large));
    const both = i8x16.shuffle(g, h, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    if (i + 1 < n) v128.store(pairs, both);
    else v128.store64_lane(pairs, both, 0);
  }
}

export function clear(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes);
}

export function move(to: usize, from: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}

/** n Float64; two at a time. */
export function subtract(a: usize, b: usize, n: i32): void {
  const end = a + ((<usize>n) << 3);
  for (; a + 16 <= end; a += 16, b += 16) v128.store(a, f64x2.sub(v128.load(a), v128.load(b)));
  for (; a < end; a += 8, b += 8) store<f64>(a, load<f64>(a) - load<f64>(b));
}

/** n Uint32; four at a time. */
export function subtractCounts(a: usize, b: usize, n: i32): void {
  const end = a + ((<usize>n) << 2);
  for (; a + 16 <= end; a += 16, b += 16) v128.store(a, i32x4.sub(v128.load(a), v128.load(b)));
  for (; a < end; a += 4, b += 4) store<u32>(a, load<u32>(a) - load<u32>(b));
}

/** Writes every row to both sides and advances one of them: no branch to guess wrong. */
export function partition(block: usize, rows: usize, n: i32, table: usize, aside: usize): i32 {
  const end = rows + ((<usize>n) << 2);
  let left = rows;
  let right = aside;
  for (let from = rows; from < end; from += 4) {
    const row = load<u32>(from);
    const isLeft = <usize>load<u8>(table + <usize>load<u8>(block + ((<usize>row) << 2)));
    store<u32>(left, row);
    store<u32>(right, row);
    left += isLeft << 2;
    right += (1 - isLeft) << 2;
  }
  memory.copy(left, aside, right - aside);
  return <i32>((left - rows) >> 2);
}

export function scan(
  sums: usize,
  counts: usize,
  bins: i32,
  missing: i32,
  G: f64,
  H: f64,
  n: f64,
  l2: f64,
  minLeaf: f64,
  minHessian: f64,
  out: usize,
): void {
  // The parent's loss; the order of operations is scikit-learn's, so that near ties fall the same way.
  const parent = -(G / (H + l2 + 1e-15)) * G;
  let top: f64 = 0;
  let cut: i32 = 0;
  let missingLeft: i32 = 0;
  let topG: f64 = 0;
  let topH: f64 = 0;
  let topN: f64 = 0;
  for (let way = 0; way <= missing; way++) {
    let g: f64 = 0;
    let h: f64 = 0;
    let count: f64 = 0;
    if (way == 1) {
      const m = <usize>(bins - 1);
      g = load<f64>(sums + (m << 4));
      h = load<f64>(sums + (m << 4), 8);
      count = counts == 0 ? h : <f64>load<u32>(counts + (m << 2));
    }
    const end = bins - 1 - way;
    for (let b = 0; b < end; b++) {
      const at = sums + ((<usize>b) << 4);
      const hb = load<f64>(at, 8);
      g += load<f64>(at);
      h += hb;
      count += counts == 0 ? hb : <f64>load<u32>(counts + ((<usize>b) << 2));
      if (count < minLeaf || h < minHessian) continue;
      const hr = H - h;
      if (n - count < minLeaf || hr < minHessian) break;
      const gr = G - g;
      const gain = parent + (g / (h + l2 + 1e-15)) * g + (gr / (hr + l2 + 1e-15)) * gr;
      if (gain > top) {
        top = gain;
        cut = b;
        missingLeft = way;
        topG = g;
        topH = h;
        topN = count;
      }
    }
  }
  store<f64>(out, top);
  store<f64>(out, <f64>cut, 8);
  store<f64>(out, <f64>missingLeft, 16);
  store<f64>(out, topG, 24);
  store<f64>(out, topH, 32);
  store<f64>(out, topN, 40);
}

export function sift(
  sums: usize,
  bins: i32,
  missing: i32,
  G: f64,
  H: f64,
  reach: f64,
  l2: f64,
  minHessian: f64,
  floor: f64,
  out: usize,
): void {
  const parent = -(G / (H + l2 + 1e-15)) * G;
  let top: f64 = floor;
  let doubt: f64 = floor;
  let cut: i32 = 0;
  let missingLeft: i32 = 0;
  let topG: f64 = 0;
  let topH: f64 = 0;
  // What both sides must reach together; a little less, for rounding.
  let bar = (top - parent) * NEAR;
  for (let way = 0; way <= missing; way++) {
    let g: f64 = 0;
    let h: f64 = 0;
    if (way == 1) {
      const m = sums + ((<usize>(bins - 1)) << 4);
      g = load<f64>(m);
      h = load<f64>(m, 8);
    }
    let at = sums;
    for (let b = 0; b < bins - 1 - way; b++, at += 16) {
      g += load<f64>(at);
      h += load<f64>(at, 8);
      const gr = G - g;
      const hr = H - h;
      const hl = h + l2 + 1e-15;
      const hs = hr + l2 + 1e-15;
      if (g * g * hs + gr * gr * hl < bar * hl * hs) continue;
      if (h < minHessian) continue;
      if (hr < minHessian) break;
      const gain = parent + (g / hl) * g + (gr / hs) * gr;
      if (h < reach || hr < reach) {
        if (gain > top && gain > doubt) doubt = gain;
        continue;
      }
      if (gain > top) {
        top = gain;
        cut = b;
        missingLeft = way;
        topG = g;
        topH = h;
        bar = (top - parent) * NEAR;
      }
    }
  }
  store<f64>(out, top);
  store<f64>(out, <f64>cut, 8);
  store<f64>(out, <f64>missingLeft, 16);
  store<f64>(out, topG, 24);
  store<f64>(out, topH, 32);
  store<f64>(out, doubt, 40);
}
