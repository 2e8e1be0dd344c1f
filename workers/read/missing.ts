/** Which texts stand for “no value”. */

/** Always missing, whatever stands around them. */
export const TOKENS: readonly string[] = [
  '',
  'NA',
  'N/A',
  'n/a',
  'na',
  '#N/A',
  '#NA',
  '<NA>',
  'NaN',
  'nan',
  '-nan',
  'null',
  'NULL',
  'Null',
  'None',
  'missing',
  'Missing',
  'MISSING',
  'NaT',
];

/** Missing among numbers and times, or when nothing else in the column is made of signs only. */
export const WEAK: readonly string[] = [
  '?',
  '-',
  '--',
  '---',
  '.',
  '..',
  '...',
  '*',
  '–',
  '—',
  '/',
  'none',
  'n.a.',
  'N.A.',
  'unknown',
  'Unknown',
  '#VALUE!',
  '#REF!',
  '#DIV/0!',
];

const signsOnly = /^[^\p{L}\p{N}]+$/u;

/** Weak tokens that a column of names may count as missing: '?' and its like, when no other level is made of signs. */
export function weakAmongNames(levels: readonly string[]): string[] {
  const signs = levels.filter((l) => l !== '' && signsOnly.test(l));
  return signs.length === 1 && levels.length > 2 && ['?', '-', '--', '–', '—'].includes(signs[0]!) ? signs : [];
}
