/** Looks through what was built for other people's addresses, for code made from text, and for a policy that is too mild. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { header, meta } from './policy.mjs';
import { filesOf } from './precache.mjs';
import { root } from './ready.mjs';

/** Addresses that stand in the code as words and are never asked for. The policy forbids it, the journeys watch for it, this list says why each is there. */
const words = [
  { starts: 'http://www.w3.org/', why: 'names of XML namespaces (SVG, XHTML, MathML)' },
  { starts: 'https://www.w3.org/', why: 'names of XML namespaces' },
  { starts: 'http://www.apache.org/licenses/', why: 'licence comments' },
  { starts: 'https://www.apache.org/licenses/', why: 'licence comments' },
  { starts: 'https://opensource.org/licenses/', why: 'licence comments' },
  { starts: 'http://opensource.org/licenses/', why: 'licence comments' },
  { starts: 'https://svelte.dev/e/', why: 'Svelte’s error messages name the page that explains them' },
  { starts: 'https://github.com/', why: 'TensorFlow.js’ and other libraries’ messages and credits name their issue pages' },
  { starts: 'https://www.tensorflow.org/', why: 'TensorFlow.js’ messages name its manual' },
  { starts: 'https://js.tensorflow.org/', why: 'TensorFlow.js’ messages name its manual' },
  { starts: 'https://developer.mozilla.org/', why: 'TensorFlow.js’ messages name a manual page of the browser' },
  { starts: 'https://en.wikipedia.org/wiki/', why: 'sources, in comments of shaders and in help texts' },
  { starts: 'https://arxiv.org/abs/', why: 'sources, in comments of shaders and in help texts' },
  { starts: 'https://www.shadertoy.com/view/', why: 'the source of a line of a shader, in a comment inside it (TensorFlow.js)' },
];

/** @typedef {{ name: string, ok: boolean, says: string }} Check */

/** @param {string} text @returns {string[]} */
const strangers = (text) => {
  const found = new Set(Array.from(text.matchAll(/\b(?:https?|wss?):\/\/[\w.-]+\.[a-z]{2,}[\w./-]*/gi), (match) => match[0]));
  return [...found].filter((address) => !words.some(({ starts }) => address.startsWith(starts)));
};

/** @param {string} text @returns {string[]} */
const made = (text) =>
  Array.from(
    text.matchAll(/.{0,30}(?:\bnew Function\s*\(|(?<![.\w$])Function\s*\(\s*["'`]|(?<![.\w$])eval\s*\().{0,30}/g),
    (match) => match[0],
  );

/** @returns {Check[]} */
export const audit = () => {
  const dist = join(root, 'dist');
  const one = join(root, 'dist-single/tablework.html');
  const files = [
    ...(existsSync(dist) ? filesOf(dist).filter((path) => /\.(js|css|html|webmanifest|svg)$/.test(path)) : []).map((path) =>
      join(dist, path),
    ),
    ...(existsSync(one) ? [one] : []),
  ];
  if (files.length === 0) return [{ name: 'audit', ok: false, says: 'there is no build; run `npm run build` first' }];
  const checks = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const short = file.slice(root.length);
    const other = strangers(text);
    const code = made(text);
    return [
      { name: `audit: ${short} names no other origin`, ok: other.length === 0, says: other.join(', ') },
      { name: `audit: ${short} makes no code from text`, ok: code.length === 0, says: code.join(' | ') },
    ];
  });
  for (const [name, policy] of /** @type {const} */ ([
    ['header', header],
    ['meta tag', meta],
  ])) {
    const mild = /'unsafe-inline'|'unsafe-eval'|\*|https?:/.exec(policy);
    checks.push({
      name: `audit: the policy in the ${name} starts from nothing`,
      ok: policy.startsWith("default-src 'none'") && mild === null,
      says: mild?.[0] ?? '',
    });
  }
  return checks;
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const checks = audit();
  for (const { name, ok, says } of checks) if (!ok) console.log(`FAIL ${name}: ${says}`);
  console.log(`${checks.filter(({ ok }) => ok).length} of ${checks.length} checks passed`);
  process.exitCode = checks.every(({ ok }) => ok) ? 0 : 1;
}
