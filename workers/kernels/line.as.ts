// Scores of rows and what they say about the weights, in AssemblyScript; line.ts says what it does, and is its plain twin.
// Built by build.mjs into line.wasm.ts. Pointers are byte offsets into the imported memory.

@inline
function two(from: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(from));
}

export function scores(from: usize, step: usize, rows: i32, columns: i32, weights: usize, z: usize): void {
  const size = (<usize>rows) << 2;
  let j = 0;
  for (; j + 4 <= columns; j += 4, from += step << 2, weights += 32) {
    const w0 = v128.load64_splat(weights);
    const w1 = v128.load64_splat(weights, 8);
    const w2 = v128.load64_splat(weights, 16);
    const w3 = v128.load64_splat(weights, 24);
    const c1 = from + step;
    const c2 = c1 + step;
    const c3 = c2 + step;
    for (let i: usize = 0; i < size; i += 8) {
      let s = f64x2.add(f64x2.mul(w0, two(from + i)), f64x2.mul(w1, two(c1 + i)));
      s = f64x2.add(s, f64x2.mul(w2, two(c2 + i)));
      s = f64x2.add(s, f64x2.mul(w3, two(c3 + i)));
      v128.store(z + (i << 1), f64x2.add(v128.load(z + (i << 1)), s));
    }
  }
  for (; j < columns; j++, from += step, weights += 8) {
    const w = v128.load64_splat(weights);
    for (let i: usize = 0; i < size; i += 8) v128.store(z + (i << 1), f64x2.add(v128.load(z + (i << 1)), f64x2.mul(w, two(from + i))));
  }
}

@inline
function give(to: usize, s: v128): void {
  store<f64>(to, load<f64>(to) + (f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1)));
}

export function slopes(from: usize, step: usize, rows: i32, columns: i32, r: usize, g: usize): void {
  const size = (<usize>rows) << 2;
  let j = 0;
  for (; j + 4 <= columns; j += 4, from += step << 2, g += 32) {
    const c1 = from + step;
    const c2 = c1 + step;
    const c3 = c2 + step;
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let i: usize = 0; i < size; i += 8) {
      const v = v128.load(r + (i << 1));
      s0 = f64x2.add(s0, f64x2.mul(v, two(from + i)));
      s1 = f64x2.add(s1, f64x2.mul(v, two(c1 + i)));
      s2 = f64x2.add(s2, f64x2.mul(v, two(c2 + i)));
      s3 = f64x2.add(s3, f64x2.mul(v, two(c3 + i)));
    }
    give(g, s0);
    give(g + 8, s1);
    give(g + 16, s2);
    give(g + 24, s3);
  }
  for (; j < columns; j++, from += step, g += 8) {
    let s = f64x2.splat(0);
    for (let i: usize = 0; i < size; i += 8) s = f64x2.add(s, f64x2.mul(v128.load(r + (i << 1)), two(from + i)));
    give(g, s);
  }
}
