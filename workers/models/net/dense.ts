/** The three products of a dense layer in plain TypeScript, blocked so that each number read from memory is used several times. */

/** out = X · W + b: X is n × p, W is p × u, out is n × u, all row-major. */
export function forward(X: Float64Array, W: Float64Array, b: Float64Array, out: Float64Array, n: number, p: number, u: number): void {
  for (let i = 0; i < n; i++) out.set(b, i * u);
  let i = 0;
  for (; i + 1 < n; i += 2) {
    const x = i * p;
    const o = i * u;
    let k = 0;
    for (; k + 3 < p; k += 4) {
      const a0 = X[x + k]!;
      const a1 = X[x + k + 1]!;
      const a2 = X[x + k + 2]!;
      const a3 = X[x + k + 3]!;
      const c0 = X[x + p + k]!;
      const c1 = X[x + p + k + 1]!;
      const c2 = X[x + p + k + 2]!;
      const c3 = X[x + p + k + 3]!;
      const w = k * u;
      for (let j = 0; j < u; j++) {
        const w0 = W[w + j]!;
        const w1 = W[w + u + j]!;
        const w2 = W[w + 2 * u + j]!;
        const w3 = W[w + 3 * u + j]!;
        out[o + j] = out[o + j]! + (a0 * w0 + a1 * w1 + a2 * w2 + a3 * w3);
        out[o + u + j] = out[o + u + j]! + (c0 * w0 + c1 * w1 + c2 * w2 + c3 * w3);
      }
    }
    for (; k < p; k++) {
      const a = X[x + k]!;
      const c = X[x + p + k]!;
      const w = k * u;
      for (let j = 0; j < u; j++) {
        out[o + j] = out[o + j]! + a * W[w + j]!;
        out[o + u + j] = out[o + u + j]! + c * W[w + j]!;
      }
    }
  }
  if (i < n) {
    const o = i * u;
    for (let k = 0; k < p; k++) {
      const a = X[i * p + k]!;
      const w = k * u;
      for (let j = 0; j < u; j++) out[o + j] = out[o + j]! + a * W[w + j]!;
    }
  }
}

/** G = Xᵀ · D and g = column sums of D: X is n × p, D is n × u, G is p × u. */
export function weightGradient(X: Float64Array, D: Float64Array, G: Float64Array, g: Float64Array, n: number, p: number, u: number): void {
  G.fill(0);
  g.fill(0);
  let i = 0;
  for (; i + 3 < n; i += 4) {
    const d = i * u;
    for (let j = 0; j < u; j++) g[j] = g[j]! + (D[d + j]! + D[d + u + j]! + D[d + 2 * u + j]! + D[d + 3 * u + j]!);
    let k = 0;
    for (; k + 1 < p; k += 2) {
      const x = i * p + k;
      const a0 = X[x]!;
      const a1 = X[x + p]!;
      const a2 = X[x + 2 * p]!;
      const a3 = X[x + 3 * p]!;
      const c0 = X[x + 1]!;
      const c1 = X[x + p + 1]!;
      const c2 = X[x + 2 * p + 1]!;
      const c3 = X[x + 3 * p + 1]!;
      const o = k * u;
      for (let j = 0; j < u; j++) {
        const d0 = D[d + j]!;
        const d1 = D[d + u + j]!;
        const d2 = D[d + 2 * u + j]!;
        const d3 = D[d + 3 * u + j]!;
        G[o + j] = G[o + j]! + (a0 * d0 + a1 * d1 + a2 * d2 + a3 * d3);
        G[o + u + j] = G[o + u + j]! + (c0 * d0 + c1 * d1 + c2 * d2 + c3 * d3);
      }
    }
    if (k < p) {
      const x = i * p + k;
      const a0 = X[x]!;
      const a1 = X[x + p]!;
      const a2 = X[x + 2 * p]!;
      const a3 = X[x + 3 * p]!;
      const o = k * u;
      for (let j = 0; j < u; j++)
        G[o + j] = G[o + j]! + (a0 * D[d + j]! + a1 * D[d + u + j]! + a2 * D[d + 2 * u + j]! + a3 * D[d + 3 * u + j]!);
    }
  }
  for (; i < n; i++) {
    const d = i * u;
    for (let j = 0; j < u; j++) g[j] = g[j]! + D[d + j]!;
    for (let k = 0; k < p; k++) {
      const a = X[i * p + k]!;
      const o = k * u;
      for (let j = 0; j < u; j++) G[o + j] = G[o + j]! + a * D[d + j]!;
    }
  }
}

/** E = D · Wᵀ: D is n × u, W is p × u, E is n × p. */
export function inputGradient(D: Float64Array, W: Float64Array, E: Float64Array, n: number, p: number, u: number): void {
  for (let i = 0; i < n; i++) {
    const d = i * u;
    const e = i * p;
    let k = 0;
    for (; k + 3 < p; k += 4) {
      const w = k * u;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let j = 0; j < u; j++) {
        const a = D[d + j]!;
        s0 += a * W[w + j]!;
        s1 += a * W[w + u + j]!;
        s2 += a * W[w + 2 * u + j]!;
        s3 += a * W[w + 3 * u + j]!;
      }
      E[e + k] = s0;
      E[e + k + 1] = s1;
      E[e + k + 2] = s2;
      E[e + k + 3] = s3;
    }
    for (; k < p; k++) {
      let s = 0;
      for (let j = 0; j < u; j++) s += D[d + j]! * W[k * u + j]!;
      E[e + k] = s;
    }
  }
}
