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
