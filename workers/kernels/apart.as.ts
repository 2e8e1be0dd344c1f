// Distances of four rows from many points, and how they fade, in AssemblyScript; apart.ts says what it does, and is its plain twin.
// Built by build.mjs into apart.wasm.ts. Pointers are byte offsets into the imported memory.

const FAR: f64 = 708;
const PER_STEP: f64 = 92.33248261689366;
const STEP: f64 = 0.010830424696223417;
const REST: f64 = 2.572804622327669e-14;

export function squares(points: usize, count: i32, p: i32, four: usize, out: usize): void {
  const size = (<usize>p) << 3;
  let i = 0;
  // Two points at a time: the rows are read once for both.
  for (; i + 2 <= count; i += 2, points += size << 1, out += 64) {
    let a0 = f64x2.splat(0);
    let a1 = a0;
    let b0 = a0;
    let b1 = a0;
    for (let x: usize = 0, q = four; x < size; x += 8, q += 32) {
      const q0 = v128.load(q);
      const q1 = v128.load(q, 16);
      const a = v128.load64_splat(points + x);
      const b = v128.load64_splat(points + size + x);
      let e = f64x2.sub(q0, a);
      a0 = f64x2.add(a0, f64x2.mul(e, e));
      e = f64x2.sub(q1, a);
      a1 = f64x2.add(a1, f64x2.mul(e, e));
      e = f64x2.sub(q0, b);
      b0 = f64x2.add(b0, f64x2.mul(e, e));
      e = f64x2.sub(q1, b);
      b1 = f64x2.add(b1, f64x2.mul(e, e));
    }
    v128.store(out, a0);
    v128.store(out, a1, 16);
    v128.store(out, b0, 32);
    v128.store(out, b1, 48);
  }
  if (i < count) {
    let a0 = f64x2.splat(0);
    let a1 = a0;
    for (let x: usize = 0, q = four; x < size; x += 8, q += 32) {
      const a = v128.load64_splat(points + x);
      let e = f64x2.sub(v128.load(q), a);
      a0 = f64x2.add(a0, f64x2.mul(e, e));
      e = f64x2.sub(v128.load(q, 16), a);
      a1 = f64x2.add(a1, f64x2.mul(e, e));
    }
    v128.store(out, a0);
    v128.store(out, a1, 16);
  }
}

@inline
function part(table: usize, k: i32): f64 {
  return load<f64>(table + ((<usize>(k & 63)) << 3));
}

@inline
function two(v: v128, table: usize): v128 {
  const one = f64x2.splat(1);
  const near = f64x2.lt(v, f64x2.splat(FAR));
  // What is too far is made 0 in the end; till then it must not be too long for the table.
  const c = v128.bitselect(v, f64x2.splat(FAR), near);
  const k = i32x4.trunc_sat_f64x2_s_zero(f64x2.add(f64x2.mul(c, f64x2.splat(PER_STEP)), f64x2.splat(0.5)));
  const n = f64x2.convert_low_i32x4_s(k);
  const r = f64x2.add(f64x2.sub(f64x2.mul(n, f64x2.splat(STEP)), c), f64x2.mul(n, f64x2.splat(REST)));
  const halves = i64x2.shl(i64x2.sub(i64x2.splat(1023), i64x2.extend_low_i32x4_s(i32x4.shr_s(k, 6))), 52);
  const parts = f64x2.replace_lane(
    f64x2.splat(part(table, i32x4.extract_lane(k, 0))),
    1,
    part(table, i32x4.extract_lane(k, 1)),
  );
  let e = f64x2.add(f64x2.splat(1.0 / 24.0), f64x2.mul(r, f64x2.splat(1.0 / 120.0)));
  e = f64x2.add(f64x2.splat(1.0 / 6.0), f64x2.mul(r, e));
  e = f64x2.add(f64x2.splat(0.5), f64x2.mul(r, e));
  e = f64x2.add(one, f64x2.mul(r, e));
  e = f64x2.add(one, f64x2.mul(r, e));
  return v128.and(f64x2.mul(f64x2.mul(parts, halves), e), near);
}

export function fade(at: usize, count: i32, gamma: f64, table: usize): void {
  const g = f64x2.splat(gamma);
  for (const end = at + ((<usize>count) << 3); at < end; at += 32) {
    const a = two(f64x2.mul(g, v128.load(at)), table);
    const b = two(f64x2.mul(g, v128.load(at, 16)), table);
    v128.store(at, a);
    v128.store(at, b, 16);
  }
}
