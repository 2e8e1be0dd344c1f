/** Tails and quantiles of the distributions that tests and intervals need. A small tail is computed as itself, never as 1 − the rest. */

const EPS = 1e-16;
const TINY = 1e-300;
const LOG_SQRT_2PI = 0.9189385332046728;

/** ln Γ(x) − [(x − ½) ln x − x + ½ ln 2π] for x ≥ 10 (Abramowitz & Stegun 6.1.41; error below 1e-17). */
function stirling(x: number): number {
  const z = 1 / (x * x);
  return (
    (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188 - z * (691 / 360360 - z * (1 / 156 - (z * 3617) / 122400))))))) /
    x
  );
}

/** ln Γ(x), x > 0: Stirling's series, after x is raised to at least 10 by Γ(x + 1) = x Γ(x). */
export function lgamma(x: number): number {
  if (x === 1 || x === 2) return 0;
  let product = 1;
  while (x < 10) product *= x++;
  return (x - 0.5) * Math.log(x) - x + LOG_SQRT_2PI + stirling(x) - Math.log(product);
}

/** ln(1 + u) − u without cancellation near 0. */
function log1pMinus(u: number): number {
  if (Math.abs(u) > 0.3) return Math.log1p(u) - u;
  // ln(1 + u) = 2 artanh(r), r = u / (2 + u); u = 2r / (1 − r).
  const r = u / (2 + u);
  const r2 = r * r;
  let sum = 0;
  let power = r * r2;
  for (let k = 3; ; k += 2) {
    const next = sum + power / k;
    if (next === sum) break;
    sum = next;
    power *= r2;
  }
  return 2 * sum - r * u;
}

/** ln B(a, b), kept exact where lgamma's terms would cancel (Didonato & Morris 1992, as in R's lbeta). */
function logBeta(a: number, b: number): number {
  if (a > b) return logBeta(b, a);
  if (a >= 10) {
    const rest = stirling(a) + stirling(b) - stirling(a + b);
    return -0.5 * Math.log(b) + LOG_SQRT_2PI + rest + (a - 0.5) * Math.log(a / (a + b)) + b * Math.log1p(-a / (a + b));
  }
  if (b >= 10) {
    return lgamma(a) + stirling(b) - stirling(a + b) + a - a * Math.log(a + b) + (b - 0.5) * Math.log1p(-a / (a + b));
  }
  return lgamma(a) + lgamma(b) - lgamma(a + b);
}

/** x^a y^b / B(a, b), where y = 1 − x is given beside x so that neither loses digits. */
function betaFront(x: number, y: number, a: number, b: number): number {
  if (a < 10 || b < 10) {
    const logX = x < 0.5 ? Math.log(x) : Math.log1p(-y);
    const logY = y < 0.5 ? Math.log(y) : Math.log1p(-x);
    return Math.exp(a * logX + b * logY - logBeta(a, b));
  }
  // Around the mean the first-order terms of a ln x + b ln y cancel (Loader 2000).
  const n = a + b;
  const off = x < y ? x - a / n : b / n - y;
  const fit = a * log1pMinus((off * n) / a) + b * log1pMinus((-off * n) / b);
  return Math.sqrt((a * b) / (2 * Math.PI * n)) * Math.exp(fit + stirling(n) - stirling(a) - stirling(b));
}

/** The continued fraction of the incomplete beta (Press et al. 2007, § 6.4), by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const guard = (v: number) => (Math.abs(v) < TINY ? TINY : v);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 4 * EPS) break;
  }
  return h;
}

/** I_x(a, b), with y = 1 − x given beside x. */
function betaShare(x: number, y: number, a: number, b: number): number {
  if (!(x > 0)) return x === x ? 0 : NaN;
  if (!(y > 0)) return 1;
  if (x < (a + 1) / (a + b + 2)) return Math.min(1, (betaFront(x, y, a, b) * betaFraction(x, a, b)) / a);
  return Math.max(0, 1 - (betaFront(x, y, a, b) * betaFraction(y, b, a)) / b);
}

/** P(X ≤ x) of a beta distribution: the regularised incomplete beta. */
export const betaCdf = (x: number, a: number, b: number): number => betaShare(x, 1 - x, a, b);
/** P(X > x) of a beta distribution. */
export const betaTail = (x: number, a: number, b: number): number => betaShare(1 - x, x, b, a);

/** Both shares of the incomplete gamma: P(a, x) below and Q(a, x) above. */
function gammaShares(a: number, x: number): { low: number; high: number } {
  if (!(x > 0)) return x === x ? { low: 0, high: 1 } : { low: NaN, high: NaN };
  if (x === Infinity) return { low: 1, high: 0 };
  const front =
    a >= 10
      ? Math.sqrt(a / (2 * Math.PI)) * Math.exp(a * log1pMinus((x - a) / a) - stirling(a)) // x^a e^−x / Γ(a)
      : Math.exp(a * Math.log(x) - x - lgamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; k < 100_000; k++) {
      term *= x / (a + k);
      sum += term;
      if (term < sum * EPS) break;
    }
    const low = Math.min(1, front * sum);
    return { low, high: 1 - low };
  }
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < 100_000; k++) {
    const an = -k * (k - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < TINY) d = TINY;
    c = b + an / c;
    if (Math.abs(c) < TINY) c = TINY;
    d = 1 / d;
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 4 * EPS) break;
  }
  const high = Math.min(1, front * h);
  return { low: 1 - high, high };
}

/** P(X > x) of χ² with df degrees of freedom. */
export const chi2Tail = (x: number, df: number): number => gammaShares(df / 2, x / 2).high;

/** 1 − erf(x), right far out in the tail. */
export function erfc(x: number): number {
  if (x < 0) return 1 + gammaShares(0.5, x * x).low;
  return gammaShares(0.5, x * x).high;
}

/** P(Z ≤ x) of the standard normal. */
export const normalCdf = (x: number): number => (Number.isNaN(x) ? NaN : 0.5 * erfc(-x * Math.SQRT1_2));
/** P(Z > x) of the standard normal. */
export const normalTail = (x: number): number => normalCdf(-x);

/** P(|T| > |t|) of Student's t: the two-sided p-value. */
export function tTail2(t: number, df: number): number {
  if (Number.isNaN(t) || !(df > 0)) return NaN;
  if (!Number.isFinite(t)) return 0;
  if (df === Infinity) return erfc(Math.abs(t) * Math.SQRT1_2);
  const t2 = t * t;
  return betaShare(df / (df + t2), t2 / (df + t2), df / 2, 0.5);
}

/** P(X > F) of Fisher's F with d1 and d2 degrees of freedom. */
export function fTail(F: number, d1: number, d2: number): number {
  if (Number.isNaN(F)) return NaN;
  if (F <= 0) return 1;
  if (F === Infinity) return 0;
  const total = d2 + d1 * F;
  return betaShare(d2 / total, (d1 * F) / total, d2 / 2, d1 / 2);
}

/** P(D > d) of Kolmogorov's limit distribution for samples of n and m values; m = Infinity for one sample against a law. */
export function ksTail(d: number, n: number, m: number): number {
  const size = m === Infinity ? n : (n * m) / (n + m);
  const x = Math.sqrt(size) * d;
  if (Number.isNaN(x)) return NaN;
  if (x <= 0) return 1;
  let sum = 0;
  if (x < 1) {
    // Jacobi's transformation of the series, which converges fast for small x.
    for (let k = 1; k < 40; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  for (let k = 1; k < 40; k++) sum += (k % 2 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sum;
}

const poly = (r: number, c: readonly number[]): number => c.reduceRight((sum, k) => sum * r + k, 0);

/** The z with P(Z ≤ z) = p (Wichura 1988, AS 241; about 16 digits). */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * poly(r, CENTRE_UP)) / poly(r, CENTRE_DOWN);
  }
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return q < 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-Math.log(tail));
  const z = r <= 5 ? poly(r - 1.6, NEAR_UP) / poly(r - 1.6, NEAR_DOWN) : poly(r - 5, FAR_UP) / poly(r - 5, FAR_DOWN);
  return q < 0 ? -z : z;
}
// prettier-ignore
const CENTRE_UP = [3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227];
// prettier-ignore
const CENTRE_DOWN = [1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852546];
// prettier-ignore
const NEAR_UP = [1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414];
// prettier-ignore
const NEAR_DOWN = [1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9];
// prettier-ignore
const FAR_UP = [6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7];
// prettier-ignore
const FAR_DOWN = [1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15];

/** Where a rising function passes 0 between low and high, to the last bit, by halving. */
function halve(f: (x: number) => number, low: number, high: number): number {
  for (let i = 0; i < 2000; i++) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
  return high;
}

/** The t with P(T ≤ t) = p of Student's t. */
export function tQuantile(p: number, df: number): number {
  if (!(p >= 0 && p <= 1 && df > 0)) return NaN;
  if (p === 0.5) return 0;
  const both = 2 * Math.min(p, 1 - p);
  if (both === 0) return p < 0.5 ? -Infinity : Infinity;
  let high = 1;
  while (tTail2(high, df) > both) high *= 2;
  const t = halve((x) => both - tTail2(x, df), 0, high);
  return p < 0.5 ? -t : t;
}

/** The x with P(X ≤ x) = p of a beta distribution. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p === 0 || p === 1) return p;
  return p < 0.5 ? halve((x) => betaCdf(x, a, b) - p, 0, 1) : halve((x) => 1 - p - betaTail(x, a, b), 0, 1);
}
