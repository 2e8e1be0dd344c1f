// Cholesky factors and inverses by blocks, in AssemblyScript; cholesky.ts says what it does, and is its plain twin.
// Built by build.mjs into cholesky.wasm.ts. Pointers are byte offsets into the imported memory.
//
// All the work is C += A · B on tiles of 4 × 4 cells, eight registers of two lanes. A and B come packed: for each k four
// numbers of a column of A and four of a row of B. What is to be taken away has its sign turned in A, which changes no bit.

// Depth of a packed panel: 8 KiB of B stay in the first cache, 128 KiB of A in the second.
const DEPTH: i32 = 256;

/** C (4 × 4, rows `row` bytes apart) += A · B; `fresh`: C starts at 0. */
function tile(c: usize, row: usize, a: usize, b: usize, depth: i32, fresh: bool): void {
  const r1 = c + row;
  const r2 = r1 + row;
  const r3 = r2 + row;
  let c00 = f64x2.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  if (!fresh) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(r1);
    c11 = v128.load(r1, 16);
    c20 = v128.load(r2);
    c21 = v128.load(r2, 16);
    c30 = v128.load(r3);
    c31 = v128.load(r3, 16);
  }
  const end = b + ((<usize>depth) << 5);
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
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(r3, c30);
  v128.store(r3, c31, 16);
}

/** The same for a tile on the diagonal: what lies above it stays as it is. */
function corner(c: usize, row: usize, a: usize, b: usize, depth: i32, fresh: bool, spare: usize): void {
  for (let i: usize = 0; i < 4; i++) for (let j: usize = 0; j <= i; j++) store<f64>(spare + ((i << 2) + j) * 8, load<f64>(c + i * row + j * 8));
  tile(spare, 32, a, b, depth, fresh);
  for (let i: usize = 0; i < 4; i++) for (let j: usize = 0; j <= i; j++) store<f64>(c + i * row + j * 8, load<f64>(spare + ((i << 2) + j) * 8));
}

/** `depth` cells of each of four rows, side by side for each k. */
@inline
function pack(r0: usize, r1: usize, r2: usize, r3: usize, depth: i32, to: usize, turned: bool): void {
  const end = (<usize>depth) << 3;
  for (let k: usize = 0; k < end; k += 8, to += 32) {
    const x0 = load<f64>(r0 + k);
    const x1 = load<f64>(r1 + k);
    const x2 = load<f64>(r2 + k);
    const x3 = load<f64>(r3 + k);
    store<f64>(to, turned ? -x0 : x0);
    store<f64>(to, turned ? -x1 : x1, 8);
    store<f64>(to, turned ? -x2 : x2, 16);
    store<f64>(to, turned ? -x3 : x3, 24);
  }
}

function packRows(from: usize, row: usize, depth: i32, to: usize): void {
  pack(from, from + row, from + 2 * row, from + 3 * row, depth, to, false);
}

function packTurned(from: usize, row: usize, depth: i32, to: usize): void {
  pack(from, from + row, from + 2 * row, from + 3 * row, depth, to, true);
}

/** Four columns of a lower triangle from column j, rows k … k + depth − 1: above the diagonal are zeros. */
function packColumns(a: usize, row: usize, j: i32, k: i32, depth: i32, to: usize): void {
  let from = a + <usize>k * row + ((<usize>j) << 3);
  for (const end = k + depth; k < end; k++, from += row, to += 32) {
    if (k >= j + 3) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    } else {
      for (let c = 0; c < 4; c++) store<f64>(to + ((<usize>c) << 3), k >= j + c ? load<f64>(from + ((<usize>c) << 3)) : 0);
    }
  }
}

export function factor(a: usize, row: usize, n: i32, from: i32, to: i32, scratch: usize): i32 {
  const size = to - from;
  const spare = scratch;
  // Four rows of A, turned; then the rows from … to − 1 as B, DEPTH of them at a time.
  const pa = scratch + 128;
  const pb = pa + ((<usize>max(DEPTH, size)) << 5);
  for (let k = 0; k < from; k += DEPTH) {
    const depth = min(DEPTH, from - k);
    const panel = (<usize>depth) << 5;
    for (let j = 0; j < size; j += 4) packRows(a + <usize>(from + j) * row + ((<usize>k) << 3), row, depth, pb + <usize>(j >> 2) * panel);
    for (let i = from; i < n; i += 4) {
      packTurned(a + <usize>i * row + ((<usize>k) << 3), row, depth, pa);
      const end = min(to, i);
      const at = a + <usize>i * row;
      for (let j = from; j < end; j += 4) tile(at + ((<usize>j) << 3), row, pa, pb + <usize>((j - from) >> 2) * panel, depth, false);
      if (i < to) corner(at + ((<usize>i) << 3), row, pa, pb + <usize>((i - from) >> 2) * panel, depth, false, spare);
    }
  }
  // The block on the diagonal.
  for (let i = from; i < to; i++) {
    const ri = a + <usize>i * row;
    for (let j = from; j <= i; j++) {
      const rj = a + <usize>j * row;
      let s = load<f64>(ri + ((<usize>j) << 3));
      for (let k = from; k < j; k++) s -= load<f64>(ri + ((<usize>k) << 3)) * load<f64>(rj + ((<usize>k) << 3));
      if (i == j) {
        if (!(s > 0)) return i;
        store<f64>(ri + ((<usize>i) << 3), sqrt<f64>(s));
      } else store<f64>(ri + ((<usize>j) << 3), s / load<f64>(rj + ((<usize>j) << 3)));
    }
  }
  // Below it, four rows and four columns at a time; what is solved is packed at once for the columns to come.
  const panel = (<usize>size) << 5;
  for (let j = 0; j < size; j += 4) packRows(a + <usize>(from + j) * row + ((<usize>from) << 3), row, j, pb + <usize>(j >> 2) * panel);
  for (let i = to; i < n; i += 4) {
    for (let j = 0; j < size; j += 4) {
      const c = a + <usize>i * row + ((<usize>(from + j)) << 3);
      if (j > 0) tile(c, row, pa, pb + <usize>(j >> 2) * panel, j, false);
      const d = a + <usize>(from + j) * row + ((<usize>(from + j)) << 3);
      for (let r: usize = 0; r < 4; r++) {
        const x = c + r * row;
        for (let q: usize = 0; q < 4; q++) {
          const l = d + q * row;
          let s = load<f64>(x + (q << 3));
          for (let k: usize = 0; k < q; k++) s -= load<f64>(x + (k << 3)) * load<f64>(l + (k << 3));
          s /= load<f64>(l + (q << 3));
          store<f64>(x + (q << 3), s);
          store<f64>(pa + ((<usize>j + q) << 5) + (r << 3), -s);
        }
      }
    }
  }
  return -1;
}

export function invert(a: usize, row: usize, from: i32, to: i32, scratch: usize): void {
  const size = to - from;
  const panel = (<usize>size) << 5;
  // Rows from … to − 1 of L, as A: those left of the block by groups of four rows, then the block itself.
  const pb = scratch + 128;
  const inner = pb + ((<usize>max(DEPTH, size)) << 5);
  const left = inner + <usize>(size >> 2) * panel;
  const whole = (<usize>from) << 5;
  for (let i = 0; i < size; i += 4) {
    packRows(a + <usize>(from + i) * row, row, from, left + <usize>(i >> 2) * whole);
    packRows(a + <usize>(from + i) * row + ((<usize>from) << 3), row, i, inner + <usize>(i >> 2) * panel);
  }
  for (let k = 0; k < from; k += DEPTH) {
    const end = min(from, k + DEPTH);
    for (let j = 0; j < end; j += 4) {
      const first = max(k, j);
      packColumns(a, row, j, first, end - first, pb);
      for (let i = 0; i < size; i += 4)
        tile(a + <usize>(from + i) * row + ((<usize>j) << 3), row, left + <usize>(i >> 2) * whole + ((<usize>first) << 5), pb, end - first, first == j);
    }
  }
  for (let j = 0; j < from; j += 4) {
    for (let i = 0; i < size; i += 4) {
      const c = a + <usize>(from + i) * row + ((<usize>j) << 3);
      if (i > 0) tile(c, row, inner + <usize>(i >> 2) * panel, pb, i, false);
      const d = a + <usize>(from + i) * row + ((<usize>(from + i)) << 3);
      for (let r: usize = 0; r < 4; r++) {
        const x = c + r * row;
        const pivot = f64x2.splat(load<f64>(d + r * row + (r << 3)));
        let s0 = v128.load(x);
        let s1 = v128.load(x, 16);
        for (let k: usize = 0; k < r; k++) {
          const l = v128.load64_splat(d + r * row + (k << 3));
          s0 = f64x2.add(s0, f64x2.mul(l, v128.load(c + k * row)));
          s1 = f64x2.add(s1, f64x2.mul(l, v128.load(c + k * row, 16)));
        }
        s0 = f64x2.div(f64x2.neg(s0), pivot);
        s1 = f64x2.div(f64x2.neg(s1), pivot);
        v128.store(x, s0);
        v128.store(x, s1, 16);
        const p = pb + ((<usize>i + r) << 5);
        v128.store(p, s0);
        v128.store(p, s1, 16);
      }
    }
  }
  // The block on the diagonal.
  for (let i = from; i < to; i++) {
    const ri = a + <usize>i * row;
    const pivot = load<f64>(ri + ((<usize>i) << 3));
    for (let j = from; j < i; j++) {
      let s: f64 = 0;
      for (let k = j; k < i; k++) s += load<f64>(ri + ((<usize>k) << 3)) * load<f64>(a + <usize>k * row + ((<usize>j) << 3));
      store<f64>(ri + ((<usize>j) << 3), -s / pivot);
    }
    store<f64>(ri + ((<usize>i) << 3), 1 / pivot);
  }
}

export function gram(a: usize, row: usize, n: i32, from: i32, to: i32, scratch: usize): void {
  const size = to - from;
  const spare = scratch;
  const pb = scratch + 128;
  const pa = pb + ((<usize>DEPTH) << 5);
  for (let k = from; k < n; k += DEPTH) {
    const depth = min(DEPTH, n - k);
    const panel = (<usize>depth) << 5;
    const fresh = k == from;
    for (let i = 0; i < size; i += 4) packColumns(a, row, from + i, k, depth, pa + <usize>(i >> 2) * panel);
    for (let j = 0; j < to; j += 4) {
      packColumns(a, row, j, k, depth, pb);
      let i = 0;
      if (j >= from) {
        i = j - from;
        corner(a + <usize>j * row + ((<usize>j) << 3), row, pa + <usize>(i >> 2) * panel, pb, depth, fresh, spare);
        i += 4;
      }
      for (; i < size; i += 4) tile(a + <usize>(from + i) * row + ((<usize>j) << 3), row, pa + <usize>(i >> 2) * panel, pb, depth, fresh);
    }
  }
}

export function forward(l: usize, from: i32, to: i32, b: usize, n: i32, m: i32, scratch: usize): void {
  const size = to - from;
  const strip = (<usize>n) << 5;
  const pa = scratch + 128;
  // Where row i lies: rows are packed, i + 1 cells of row i.
  for (let k = 0; k < to; k += DEPTH) {
    const depth = min(DEPTH, to - k);
    const panel = (<usize>depth) << 5;
    for (let i = 0; i < size; i += 4) {
      const reach = min(depth, from + i - k);
      if (reach <= 0) continue;
      const at = <usize>(from + i);
      const r0 = l + (((at * (at + 1)) >> 1) - ((<usize>from * <usize>(from + 1)) >> 1) + <usize>k) * 8;
      const r1 = r0 + (at + 1) * 8;
      const r2 = r1 + (at + 2) * 8;
      pack(r0, r1, r2, r2 + (at + 3) * 8, reach, pa + <usize>(i >> 2) * panel, true);
    }
    const last = k + depth == to;
    for (let q = 0; q < m; q += 4) {
      const v = b + <usize>(q >> 2) * strip;
      for (let i = 0; i < size; i += 4) {
        const reach = min(depth, from + i - k);
        const c = v + ((<usize>(from + i)) << 5);
        if (reach > 0) tile(c, 32, pa + <usize>(i >> 2) * panel, v + ((<usize>k) << 5), reach, false);
        if (!last) continue;
        for (let r = 0; r < 4; r++) {
          const at = <usize>(from + i + r);
          const line = l + (((at * (at + 1)) >> 1) - ((<usize>from * <usize>(from + 1)) >> 1)) * 8;
          const x = c + ((<usize>r) << 5);
          let s0 = v128.load(x);
          let s1 = v128.load(x, 16);
          for (let t = 0; t < r; t++) {
            const w = v128.load64_splat(line + ((<usize>(from + i + t)) << 3));
            s0 = f64x2.sub(s0, f64x2.mul(w, v128.load(c + ((<usize>t) << 5))));
            s1 = f64x2.sub(s1, f64x2.mul(w, v128.load(c + ((<usize>t) << 5), 16)));
          }
          const pivot = v128.load64_splat(line + (at << 3));
          v128.store(x, f64x2.div(s0, pivot));
          v128.store(x, f64x2.div(s1, pivot), 16);
        }
      }
    }
  }
}
