// Which points may be near, in AssemblyScript; near.ts says what it does, and is its plain twin.
// Built by build.mjs into near.wasm.ts. Pointers are byte offsets into the imported memory.

@inline
function part(x: v128, y: v128, squared: bool): v128 {
  const e = f32x4.sub(x, y);
  return squared ? f32x4.mul(e, e) : f32x4.abs(e);
}

@inline
function keep(d: v128, limit: v128, i: i32, to: usize, count: i32): i32 {
  let bits = i32x4.bitmask(f32x4.le(d, limit));
  while (bits != 0) {
    store<u32>(to + ((<usize>count) << 2), <u32>(i + ctz(bits)));
    count++;
    bits &= bits - 1;
  }
  return count;
}

@inline
function scan(points: usize, p: i32, from: i32, end: i32, queries: usize, limits: usize, found: usize, room: i32, counts: usize, squared: bool): void {
  const size = (<usize>p) << 4;
  const l0 = v128.load32_splat(limits);
  const l1 = v128.load32_splat(limits, 4);
  const l2 = v128.load32_splat(limits, 8);
  const l3 = v128.load32_splat(limits, 12);
  const f1 = found + ((<usize>room) << 2);
  const f2 = f1 + ((<usize>room) << 2);
  const f3 = f2 + ((<usize>room) << 2);
  let c0 = 0;
  let c1 = 0;
  let c2 = 0;
  let c3 = 0;
  let at = points + (<usize>from >> 2) * size;
  for (let i = from; i < end; i += 4) {
    let d0 = f32x4.splat(0);
    let d1 = d0;
    let d2 = d0;
    let d3 = d0;
    let q = queries;
    const stop = at + size;
    for (; at < stop; at += 16, q += 64) {
      const x = v128.load(at);
      d0 = f32x4.add(d0, part(x, v128.load(q), squared));
      d1 = f32x4.add(d1, part(x, v128.load(q, 16), squared));
      d2 = f32x4.add(d2, part(x, v128.load(q, 32), squared));
      d3 = f32x4.add(d3, part(x, v128.load(q, 48), squared));
    }
    const n0 = f32x4.le(d0, l0);
    const n1 = f32x4.le(d1, l1);
    const n2 = f32x4.le(d2, l2);
    const n3 = f32x4.le(d3, l3);
    if (!v128.any_true(v128.or(v128.or(n0, n1), v128.or(n2, n3)))) continue;
    c0 = keep(d0, l0, i, found, c0);
    c1 = keep(d1, l1, i, f1, c1);
    c2 = keep(d2, l2, i, f2, c2);
    c3 = keep(d3, l3, i, f3, c3);
  }
  store<i32>(counts, c0);
  store<i32>(counts, c1, 4);
  store<i32>(counts, c2, 8);
  store<i32>(counts, c3, 12);
}

export function near(points: usize, p: i32, from: i32, end: i32, queries: usize, limits: usize, found: usize, room: i32, counts: usize, squared: i32): void {
  if (squared) scan(points, p, from, end, queries, limits, found, room, counts, true);
  else scan(points, p, from, end, queries, limits, found, room, counts, false);
}
