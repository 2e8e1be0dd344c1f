/** A number of things, one style on every screen and in every sentence: 1260 without a comma, so that a year reads as one; 12,600 with. */
const format = new Intl.NumberFormat('en', { useGrouping: 'min2', maximumFractionDigits: 0 });

export const countText = (n: number): string => format.format(n);
