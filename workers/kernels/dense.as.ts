// The loops of a dense layer in AssemblyScript; dense.ts says what each does, and is their plain twin.
// Built by build.mjs into dense.wasm.ts. Pointers are byte offsets into the imported memory; steps are counted in Float32.

/** A tile of 4 × 8 stays in registers; every sum runs over k in order, so the tiles do not show in the result. */
export function multiply(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bRow: usize,
  first: usize,
  c: usize,
  cRow: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  const ar = aRow << 2;
  const as = aStep << 2;
  const br = bRow << 2;
  const cr = cRow << 2;
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    const rows = a + <usize>i * ar;
    const to = c + <usize>i * cr;
    let j = 0;
    for (; j + 8 <= n; j += 8) {
      const at = <usize>j << 2;
      let s00 = f32x4.splat(0);
      let s01 = s00;
      if (first) {
        s00 = v128.load(first + at);
        s01 = v128.load(first + at, 16);
      }
      let s10 = s00;
      let s11 = s01;
      let s20 = s00;
      let s21 = s01;
      let s30 = s00;
      let s31 = s01;
      let x0 = rows;
      let x1 = x0 + ar;
      let x2 = x1 + ar;
      let x3 = x2 + ar;
      let y = b + at;
      for (let e = 0; e < k; e++) {
        const y0 = v128.load(y);
        const y1 = v128.load(y, 16);
        const a0 = v128.load32_splat(x0);
        s00 = f32x4.add(s00, f32x4.mul(a0, y0));
        s01 = f32x4.add(s01, f32x4.mul(a0, y1));
        const a1 = v128.load32_splat(x1);
        s10 = f32x4.add(s10, f32x4.mul(a1, y0));
        s11 = f32x4.add(s11, f32x4.mul(a1, y1));
        const a2 = v128.load32_splat(x2);
        s20 = f32x4.add(s20, f32x4.mul(a2, y0));
        s21 = f32x4.add(s21, f32x4.mul(a2, y1));
        const a3 = v128.load32_splat(x3);
        s30 = f32x4.add(s30, f32x4.mul(a3, y0));
        s31 = f32x4.add(s31, f32x4.mul(a3, y1));
        x0 += as;
        x1 += as;
        x2 += as;
        x3 += as;
        y += br;
      }
      const o0 = to + at;
      const o1 = o0 + cr;
      const o2 = o1 + cr;
      const o3 = o2 + cr;
      v128.store(o0, s00);
      v128.store(o0, s01, 16);
      v128.store(o1, s10);
      v128.store(o1, s11, 16);
      v128.store(o2, s20);
      v128.store(o2, s21, 16);
      v128.store(o3, s30);
      v128.store(o3, s31, 16);
    }
    if (j < n) {
      const at = <usize>j << 2;
      let s0 = f32x4.splat(0);
      if (first) s0 = v128.load(first + at);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let x = rows;
      let y = b + at;
      for (let e = 0; e < k; e++) {
        const y0 = v128.load(y);
        s0 = f32x4.add(s0, f32x4.mul(v128.load32_splat(x), y0));
        s1 = f32x4.add(s1, f32x4.mul(v128.load32_splat(x + ar), y0));
        s2 = f32x4.add(s2, f32x4.mul(v128.load32_splat(x + 2 * ar), y0));
        s3 = f32x4.add(s3, f32x4.mul(v128.load32_splat(x + 3 * ar), y0));
        x += as;
        y += br;
      }
      v128.store(to + at, s0);
      v128.store(to + at + cr, s1);
      v128.store(to + at + 2 * cr, s2);
      v128.store(to + at + 3 * cr, s3);
    }
  }
  for (; i < m; i++) {
    for (let j = 0; j < n; j += 4) {
      const at = <usize>j << 2;
      let s = f32x4.splat(0);
      if (first) s = v128.load(first + at);
      let x = a + <usize>i * ar;
      let y = b + at;
      for (let e = 0; e < k; e++) {
        s = f32x4.add(s, f32x4.mul(v128.load32_splat(x), v128.load(y)));
        x += as;
        y += br;
      }
      v128.store(c + <usize>i * cr + at, s);
    }
  }
}

/** Four at a time: n is a multiple of 4. */
export function relu(a: usize, n: i32): void {
  const zero = f32x4.splat(0);
  for (const end = a + ((<usize>n) << 2); a < end; a += 16) {
    const x = v128.load(a);
    v128.store(a, v128.andnot(x, f32x4.lt(x, zero)));
  }
}

export function reluBack(d: usize, a: usize, n: i32): void {
  const zero = f32x4.splat(0);
  for (const end = d + ((<usize>n) << 2); d < end; d += 16, a += 16) {
    v128.store(d, v128.andnot(v128.load(d), f32x4.le(v128.load(a), zero)));
  }
}

export function adam(
  theta: usize,
  m: usize,
  v: usize,
  gradient: usize,
  copy: usize,
  n: i32,
  share: f64,
  alpha: f64,
  length: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  keep: f64,
): void {
  const s = f64x2.splat(share);
  const l2 = f64x2.splat(alpha);
  const step = f64x2.splat(length);
  const b1 = f64x2.splat(beta1);
  const c1 = f64x2.splat(1 - beta1);
  const b2 = f64x2.splat(beta2);
  const c2 = f64x2.splat(1 - beta2);
  const e = f64x2.splat(epsilon);
  const rest = f64x2.splat(keep);
  for (const end = theta + ((<usize>n) << 3); theta < end; theta += 16, m += 16, v += 16, gradient += 8, copy += 8) {
    const x = v128.load(theta);
    const g = f64x2.mul(s, f64x2.add(f64x2.promote_low_f32x4(v128.load64_zero(gradient)), f64x2.mul(l2, x)));
    const mi = f64x2.add(f64x2.mul(b1, v128.load(m)), f64x2.mul(c1, g));
    const vi = f64x2.add(f64x2.mul(b2, v128.load(v)), f64x2.mul(f64x2.mul(c2, g), g));
    const to = f64x2.sub(f64x2.mul(rest, x), f64x2.div(f64x2.mul(step, mi), f64x2.add(f64x2.sqrt(vi), e)));
    v128.store(m, mi);
    v128.store(v, vi);
    v128.store(theta, to);
    v128.store64_lane(copy, f32x4.demote_f64x2_zero(to), 0);
  }
}
