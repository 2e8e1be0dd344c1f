// Inner products of columns, in AssemblyScript; gram.ts says what it does, and is its plain twin.
// Built by build.mjs into gram.wasm.ts. Pointers are byte offsets into the imported memory.

// Bytes of a group of a panel: 256 rows of four Float64.
const GROUP: usize = 8192;

export function pack(from: usize, step: usize, rows: i32, columns: i32, mean: usize, root: usize, panel: usize): void {
  const size = (<usize>rows) << 2;
  let j = 0;
  for (; j + 4 <= columns; j += 4, from += step << 2, mean += 32, panel += GROUP) {
    const m0 = v128.load64_splat(mean);
    const m1 = v128.load64_splat(mean, 8);
    const m2 = v128.load64_splat(mean, 16);
    const m3 = v128.load64_splat(mean, 24);
    const c1 = from + step;
    const c2 = c1 + step;
    const c3 = c2 + step;
    let to = panel;
    let r = root;
    for (let i: usize = 0; i < size; i += 8, r += 16, to += 64) {
      const w = v128.load(r);
      const x0 = f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(from + i)), m0), w);
      const x1 = f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(c1 + i)), m1), w);
      const x2 = f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(c2 + i)), m2), w);
      const x3 = f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(c3 + i)), m3), w);
      v128.store(to, v128.shuffle<f64>(x0, x1, 0, 2));
      v128.store(to, v128.shuffle<f64>(x2, x3, 0, 2), 16);
      v128.store(to, v128.shuffle<f64>(x0, x1, 1, 3), 32);
      v128.store(to, v128.shuffle<f64>(x2, x3, 1, 3), 48);
    }
  }
  for (; j < columns; j++, from += step, mean += 8, panel += 8) {
    const m = load<f64>(mean);
    for (let i: usize = 0; i < <usize>rows; i++) store<f64>(panel + (i << 5), (<f64>load<f32>(from + (i << 2)) - m) * load<f64>(root + (i << 3)));
  }
}

/** C (4 × 4, rows `row` bytes apart) += A · B. */
function tile(c: usize, row: usize, a: usize, b: usize, rows: i32): void {
  let c00 = f64x2.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const end = b + ((<usize>rows) << 5);
  for (; b < end; a += 32, b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let s = v128.load64_splat(a);
    c00 = f64x2.add(c00, f64x2.mul(s, b0));
    c01 = f64x2.add(c01, f64x2.mul(s, b1));
    s = v128.load64_splat(a, 8);
    c10 = f64x2.add(c10, f64x2.mul(s, b0));
    c11 = f64x2.add(c11, f64x2.mul(s, b1));
    s = v128.load64_splat(a, 16);
    c20 = f64x2.add(c20, f64x2.mul(s, b0));
    c21 = f64x2.add(c21, f64x2.mul(s, b1));
    s = v128.load64_splat(a, 24);
    c30 = f64x2.add(c30, f64x2.mul(s, b0));
    c31 = f64x2.add(c31, f64x2.mul(s, b1));
  }
  v128.store(c, f64x2.add(v128.load(c), c00));
  v128.store(c, f64x2.add(v128.load(c, 16), c01), 16);
  c += row;
  v128.store(c, f64x2.add(v128.load(c), c10));
  v128.store(c, f64x2.add(v128.load(c, 16), c11), 16);
  c += row;
  v128.store(c, f64x2.add(v128.load(c), c20));
  v128.store(c, f64x2.add(v128.load(c, 16), c21), 16);
  c += row;
  v128.store(c, f64x2.add(v128.load(c), c30));
  v128.store(c, f64x2.add(v128.load(c, 16), c31), 16);
}

/** Two groups on the one side stay in the first cache while those on the other pass by. */
export function gram(panel: usize, rows: i32, groups: i32, out: usize): void {
  const row = (<usize>groups) << 5;
  for (let first = 0; first < groups; first += 2) {
    for (let a = first; a < groups; a++) {
      const end = min(first + 2, a + 1);
      for (let b = first; b < end; b++)
        tile(out + (<usize>a * row << 2) + ((<usize>b) << 5), row, panel + <usize>a * GROUP, panel + <usize>b * GROUP, rows);
    }
  }
}
