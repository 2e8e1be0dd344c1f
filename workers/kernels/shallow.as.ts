// Rows through small trees, all nodes at once, in AssemblyScript; shallow.ts says what it does, and is its plain twin.
// Built by build.mjs into shallow.wasm.ts. Pointers are byte offsets into the imported memory.

/** Bytes of a slot and of a column of cells, as powers of two; as many rows as a slot has bytes go together. */
const SLOT: usize = 8;
const ROWS: usize = 256;
const COLUMN: usize = 10;

/** How many of sixteen thresholds are below x, a lane of four. */
@inline
function below(x: v128, at: usize): i32 {
  return popcnt<i32>(
    i8x16.bitmask(
      i8x16.narrow_i16x8_s(
        i16x8.narrow_i32x4_s(f32x4.gt(x, v128.load(at)), f32x4.gt(x, v128.load(at, 16))),
        i16x8.narrow_i32x4_s(f32x4.gt(x, v128.load(at, 32)), f32x4.gt(x, v128.load(at, 48))),
      ),
    ),
  );
}

/** Groups of sixteen first, then inside the group. */
export function bin(from: usize, n: i32, cuts: usize, count: i32, left: usize, right: usize): void {
  const end = from + ((<usize>n) << 2);
  const groups = cuts + ((<usize>(count >> 4)) << 6);
  for (; from < end; from += 16, left += 4, right += 4) {
    const x = v128.load(from);
    let group = i32x4.splat(0);
    for (let at = cuts; at < groups; at += 64) group = i32x4.sub(group, f32x4.gt(x, v128.load32_splat(at, 60)));
    const a = i32x4.extract_lane(group, 0) << 4;
    const b = i32x4.extract_lane(group, 1) << 4;
    const c = i32x4.extract_lane(group, 2) << 4;
    const d = i32x4.extract_lane(group, 3) << 4;
    const i = a + below(i8x16.shuffle(x, x, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3), cuts + ((<usize>a) << 2));
    const j = b + below(i8x16.shuffle(x, x, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7), cuts + ((<usize>b) << 2));
    const k = c + below(i8x16.shuffle(x, x, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11), cuts + ((<usize>c) << 2));
    const l = d + below(i8x16.shuffle(x, x, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15), cuts + ((<usize>d) << 2));
    // Signed bytes: −128 is bin 0.
    const bins = (i | (j << 8) | (k << 16) | (l << 24)) ^ 0x80808080;
    store<u32>(left, bins);
    // The missing: 127 in each byte.
    const lost = f32x4.ne(x, x);
    const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(lost, lost), lost);
    const mask = i32x4.extract_lane(bytes, 0);
    store<u32>(right, (bins & ~mask) | (mask & 0x7f7f7f7f));
  }
}

export function level(from: usize, n: i32, to: usize): void {
  for (const end = from + ((<usize>n) << 2); from < end; from += 4, to++) {
    const x = load<f32>(from);
    store<u8>(to, x >= 0 && x < 255 ? <u32>x : 255);
  }
}

export function add(
  program: usize,
  trees: i32,
  cells: usize,
  slots: usize,
  width: i32,
  n: i32,
  out: usize,
  outputs: i32,
): void {
  const row = (<usize>outputs) << 3;
  for (; n > 0; n -= <i32>ROWS, cells += ROWS, out += ROWS * row) {
    const rows = min(<usize>n, ROWS);
    let at = program;
    for (let t = 0; t < trees; t++) {
      const end = at + 16 + <usize>load<u32>(at) * 12;
      const leaves = slots + ((<usize>load<u32>(at, 4)) << SLOT);
      const values = <usize>load<u32>(at, 8);
      const score = load<i32>(at, 12);
      for (at += 16; at < end; at += 12) ask(at, cells, slots);
      settle(leaves, leaves + rows, values, width, out, row, score);
    }
  }
}

/** One node for all rows of a block. */
@inline
function ask(step: usize, cells: usize, slots: usize): void {
  let from = cells + ((<usize>load<u16>(step)) << COLUMN);
  const left = slots + ((<usize>load<u16>(step, 2)) << SLOT);
  const right = slots + ((<usize>load<u16>(step, 4)) << SLOT);
  const to = slots + ((<usize>load<u16>(step, 6)) << SLOT);
  let cut = load<u32>(step, 8) ^ 128;
  if (cut > 255) {
    const table = <usize>cut ^ 128;
    for (let i: usize = 0; i < ROWS; i++) store<u8>(slots + i, load<u8>(table + <usize>load<u8>(from + i)));
    from = slots;
    cut = 0;
  }
  const most = i8x16.splat(<i8>cut);
  for (let i: usize = 0; i < ROWS; i += 32) {
    const a = i8x16.gt_s(v128.load(from + i), most);
    const b = i8x16.gt_s(v128.load(from + i, 16), most);
    v128.store(to + i, v128.bitselect(v128.load(right + i), v128.load(left + i), a));
    v128.store(to + i, v128.bitselect(v128.load(right + i, 16), v128.load(left + i, 16), b), 16);
  }
}

@inline
function settle(leaf: usize, end: usize, values: usize, width: i32, to: usize, row: usize, score: i32): void {
  if (score >= 0) {
    to += (<usize>score) << 3;
    for (; leaf < end; leaf++, to += row) store<f64>(to, load<f64>(to) + load<f64>(values + ((<usize>load<u8>(leaf)) << 3)));
  } else {
    const wide = (<usize>width) << 3;
    for (; leaf < end; leaf++, to += row) {
      const from = values + <usize>load<u8>(leaf) * wide;
      for (let s: usize = 0; s < wide; s += 8) store<f64>(to + s, load<f64>(to + s) + load<f64>(from + s));
    }
  }
}
