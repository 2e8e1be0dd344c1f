// Radial kernels of one point with many, in AssemblyScript; radial.ts says what it does, and is its plain twin.
// Built by build.mjs into radial.wasm.ts. Pointers are byte offsets into the imported memory.

const FAR: f64 = 105;
const PER_STEP: f64 = 92.33248261689366;
const STEP: f64 = 0.010830424696249145;

@inline
function part(table: usize, k: i32): f64 {
  return load<f64>(table + ((<usize>(k & 63)) << 3));
}

@inline
function fade(v: v128, table: usize): v128 {
  const one = f64x2.splat(1);
  const far = f64x2.splat(FAR);
  const near = f64x2.lt(v, far);
  // What is too far is made 0 in the end; till then it must not be too long for the table.
  const c = v128.bitselect(v, far, near);
  const k = i32x4.trunc_sat_f64x2_s_zero(f64x2.add(f64x2.mul(c, f64x2.splat(PER_STEP)), f64x2.splat(0.5)));
  const r = f64x2.sub(f64x2.mul(f64x2.convert_low_i32x4_s(k), f64x2.splat(STEP)), c);
  const halves = i64x2.shl(i64x2.sub(i64x2.splat(1023), i64x2.extend_low_i32x4_s(i32x4.shr_s(k, 6))), 52);
  const parts = f64x2.replace_lane(
    f64x2.splat(part(table, i32x4.extract_lane(k, 0))),
    1,
    part(table, i32x4.extract_lane(k, 1)),
  );
  let e = f64x2.add(f64x2.splat(0.5), f64x2.mul(r, f64x2.splat(1.0 / 6.0)));
  e = f64x2.add(one, f64x2.mul(r, e));
  e = f64x2.add(one, f64x2.mul(r, e));
  return v128.and(f64x2.mul(f64x2.mul(parts, halves), e), near);
}

export function row(points: usize, blocks: i32, p: i32, query: usize, gamma: f64, table: usize, out: usize): void {
  const g = f64x2.splat(gamma);
  const last = query + ((<usize>p) << 3);
  for (let b = 0; b < blocks; b++, out += 32) {
    let d0 = f64x2.splat(0);
    let d1 = d0;
    let d2 = d0;
    let d3 = d0;
    for (let q = query; q < last; q += 8, points += 32) {
      const x = v128.load64_splat(q);
      const e0 = f64x2.sub(x, f64x2.promote_low_f32x4(v128.load64_zero(points)));
      const e1 = f64x2.sub(x, f64x2.promote_low_f32x4(v128.load64_zero(points, 8)));
      const e2 = f64x2.sub(x, f64x2.promote_low_f32x4(v128.load64_zero(points, 16)));
      const e3 = f64x2.sub(x, f64x2.promote_low_f32x4(v128.load64_zero(points, 24)));
      d0 = f64x2.add(d0, f64x2.mul(e0, e0));
      d1 = f64x2.add(d1, f64x2.mul(e1, e1));
      d2 = f64x2.add(d2, f64x2.mul(e2, e2));
      d3 = f64x2.add(d3, f64x2.mul(e3, e3));
    }
    v128.store64_lane(out, f32x4.demote_f64x2_zero(fade(f64x2.mul(g, d0), table)), 0);
    v128.store64_lane(out, f32x4.demote_f64x2_zero(fade(f64x2.mul(g, d1), table)), 0, 8);
    v128.store64_lane(out, f32x4.demote_f64x2_zero(fade(f64x2.mul(g, d2), table)), 0, 16);
    v128.store64_lane(out, f32x4.demote_f64x2_zero(fade(f64x2.mul(g, d3), table)), 0, 24);
  }
}
