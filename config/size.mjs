/** `npm run size`: the built app against its budget (config/budget.json), and what its first screen must not carry. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { filesOf } from './precache.mjs';
import { root } from './ready.mjs';

/** @typedef {{ name: string, ok: boolean, says: string }} Check */

/** All that the page loads before anyone clicks: what index.html names, and what those files import statically. @param {string} dist */
const eager = (dist) => {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const found = new Set(Array.from(html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g), (match) => match[1] ?? ''));
  for (const file of found) {
    if (!file.endsWith('.js')) continue;
    const code = readFileSync(join(dist, file), 'utf8');
    for (const match of code.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+)["']/g)) found.add(`assets/${match[1] ?? ''}`);
  }
  return [...found];
};

/** @param {number} bytes */
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

/** @returns {Check[]} */
export const checkSize = () => {
  const dist = join(root, 'dist');
  if (!existsSync(join(dist, 'sw.js'))) return [{ name: 'size', ok: false, says: 'there is no build; run `npm run build` first' }];
  /** @type {Record<string, { most: number, what: string }>} */
  const budget = JSON.parse(readFileSync(join(root, 'config/budget.json'), 'utf8'));
  /** @type {Check[]} */
  const checks = [];
  /** @param {string} name @param {number} bytes */
  const weigh = (name, bytes) => {
    const { most = 0, what = '' } = budget[name] ?? {};
    checks.push({ name: `size: ${name}`, ok: bytes <= most, says: `${kb(bytes)} of ${kb(most)} (${what})` });
  };
  const first = eager(dist);
  weigh(
    'entry',
    first.reduce((sum, file) => sum + brotliCompressSync(readFileSync(join(dist, file))).length, 0),
  );
  weigh(
    'precache',
    filesOf(dist).reduce((sum, file) => sum + statSync(join(dist, file)).size, 0),
  );
  const heavy = first.filter((file) => /tensorflow|tfjs/i.test(readFileSync(join(dist, file), 'utf8')));
  checks.push({
    name: 'size: first screen without TensorFlow.js',
    ok: heavy.length === 0,
    says: heavy.join(', ') || `${first.length} files looked through`,
  });
  const one = join(root, 'dist-single/tablework.html');
  if (existsSync(one)) weigh('single', statSync(one).size);
  return checks;
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const checks = checkSize();
  for (const { name, ok, says } of checks) console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}: ${says}`);
  process.exitCode = checks.every(({ ok }) => ok) ? 0 : 1;
}
