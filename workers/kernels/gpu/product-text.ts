/** A product of two matrices in WGSL: what is multiplied, and what becomes of each sum, is text put in. */

/** Rows and columns of a product that one workgroup makes: 8 × 8 threads, each 4 × 4 sums in registers. */
export const TILE = 32;
/** Terms of the sums that stand in the workgroup's memory at once: one step for 128 threads' worth of vec4. */
export const DEEP = 16;
/** vec4 from one such term to the next: 8 of them, and one so that threads that store side by side meet other banks. */
const STRIDE = 9;

export interface Product {
  /** Bindings, and whatever the expressions call. */
  readonly declares: string;
  /** u32: size of the product, and length of its sums, which is alike in all threads. */
  readonly rows: string;
  readonly columns: string;
  readonly depth: string;
  /** f32, of `i` and `e`, and of `e` and `j`; asked within bounds alone. */
  readonly left: string;
  readonly right: string;
  /** Which of its two places stand side by side in memory. */
  readonly leftAlong: 'i' | 'e';
  readonly rightAlong: 'j' | 'e';
  /** Puts `sum` of `i` and `j` away. */
  readonly finish: string;
  /** What a workgroup does first, and the part of the sums that it takes (`from` a multiple of DEEP); all of them unless said. */
  readonly part?: { readonly begins: string; readonly from: string; readonly to: string };
}

/** Sums run over e in order, one rounding (or a fused one) each. Dispatched as columns / TILE by rows / TILE. */
export const productText = (p: Product): string => {
  const place = (along: boolean) =>
    along ? `let e = k % ${DEEP}u; let v = k / ${DEEP}u;` : `let v = k % ${TILE / 4}u; let e = k / ${TILE / 4}u;`;
  const four = (say: (c: number) => string) => [0, 1, 2, 3].map(say).join(', ');
  return `${p.declares}
var<workgroup> lefts: array<vec4f, ${DEEP * STRIDE}>;
var<workgroup> rights: array<vec4f, ${DEEP * STRIDE}>;
fn left(i: u32, e: u32) -> f32 {
  if (i >= ${p.rows} || e >= ${p.depth}) { return 0.0; }
  return ${p.left};
}
fn right(e: u32, j: u32) -> f32 {
  if (e >= ${p.depth} || j >= ${p.columns}) { return 0.0; }
  return ${p.right};
}
fn put(i: u32, j: u32, sum: f32) {
  if (i >= ${p.rows} || j >= ${p.columns}) { return; }
  ${p.finish}
}
fn putFour(i: u32, j: u32, sums: vec4f) {
  for (var c = 0u; c < 4u; c++) { put(i, j + c, sums[c]); }
}

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  ${p.part?.begins ?? ''}
  let i0 = group.y * ${TILE}u;
  let j0 = group.x * ${TILE}u;
  var s0 = vec4f(0.0);
  var s1 = vec4f(0.0);
  var s2 = vec4f(0.0);
  var s3 = vec4f(0.0);
  for (var e0 = ${p.part?.from ?? '0u'}; e0 < ${p.part?.to ?? p.depth}; e0 += ${DEEP}u) {
    for (var k = lane; k < ${(DEEP * TILE) / 4}u; k += 64u) {
      {
        ${place(p.leftAlong === 'e')}
        let i = i0 + 4u * v;
        lefts[e * ${STRIDE}u + v] = vec4f(${four((c) => `left(i + ${c}u, e0 + e)`)});
      }
      {
        ${place(p.rightAlong === 'e')}
        let j = j0 + 4u * v;
        rights[e * ${STRIDE}u + v] = vec4f(${four((c) => `right(e0 + e, j + ${c}u)`)});
      }
    }
    workgroupBarrier();
    for (var e = 0u; e < ${DEEP}u; e++) {
      let a = lefts[e * ${STRIDE}u + id.y];
      let b = rights[e * ${STRIDE}u + id.x];
      s0 += a.x * b;
      s1 += a.y * b;
      s2 += a.z * b;
      s3 += a.w * b;
    }
    workgroupBarrier();
  }
  let i = i0 + 4u * id.y;
  let j = j0 + 4u * id.x;
  putFour(i, j, s0);
  putFour(i + 1u, j, s1);
  putFour(i + 2u, j, s2);
  putFour(i + 3u, j, s3);
}
`;
};
