/** Losses of one row, and their slope by the score: for classes y is −1 or 1, for numbers a value in standard deviations. */

export interface Loss {
  value(score: number, y: number): number;
  slope(score: number, y: number): number;
}

/** log(1 + e^−ys), and e^−z alone where that is all that is left of it. */
export const logLoss: Loss = {
  value(p, y) {
    const z = p * y;
    return z > 18 ? Math.exp(-z) : z < -18 ? -z : Math.log(1 + Math.exp(-z));
  },
  slope(p, y) {
    const z = p * y;
    return z > 18 ? Math.exp(-z) * -y : z < -18 ? -y : -y / (Math.exp(z) + 1);
  },
};

/** Costs what a row lacks of a margin: 1 for support vectors, 0 for the perceptron. */
export const hinge = (margin: number): Loss => ({
  value: (p, y) => (p * y <= margin ? margin - p * y : 0),
  slope: (p, y) => (p * y <= margin ? -y : 0),
});

/** A squared hinge that goes on straight for rows far on the wrong side (Zhang 2004). */
export const modifiedHuber: Loss = {
  value(p, y) {
    const z = p * y;
    return z >= 1 ? 0 : z >= -1 ? (1 - z) ** 2 : -4 * z;
  },
  slope(p, y) {
    const z = p * y;
    return z >= 1 ? 0 : z >= -1 ? -2 * (1 - z) * y : -4 * y;
  },
};

export const squared: Loss = { value: (p, y) => 0.5 * (p - y) ** 2, slope: (p, y) => p - y };

export const huber = (epsilon: number): Loss => ({
  value(p, y) {
    const r = Math.abs(p - y);
    return r <= epsilon ? 0.5 * r * r : epsilon * r - 0.5 * epsilon * epsilon;
  },
  slope: (p, y) => Math.max(-epsilon, Math.min(epsilon, p - y)),
});

/** Errors below epsilon cost nothing. */
export const insensitive = (epsilon: number): Loss => ({
  value: (p, y) => Math.max(0, Math.abs(y - p) - epsilon),
  slope: (p, y) => (y - p > epsilon ? -1 : p - y > epsilon ? 1 : 0),
});
