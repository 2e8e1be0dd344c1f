/** The error function to the last digits of Float64. */

/** Up to 3 by its series with positive terms only, e^(−x²) Σ 2ᵏ x^(2k+1) / (1·3·…·(2k+1)); beyond by the continued fraction of 1 − erf (Abramowitz & Stegun 1964, 7.1.6 and 7.1.14). */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (z !== z) return x;
  if (z > 6) return x > 0 ? 1 : -1;
  let value: number;
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let k = 1; term > 1e-17 * sum; k++) {
      term *= (2 * z * z) / (2 * k + 1);
      sum += term;
    }
    value = (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
  } else {
    let tail = z;
    for (let k = 60; k > 0; k--) tail = z + k / 2 / tail;
    value = 1 - Math.exp(-z * z) / (tail * Math.sqrt(Math.PI));
  }
  return x < 0 ? -value : value;
}
