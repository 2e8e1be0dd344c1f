/** A Vite plugin of our own: finishes the one-file edition — no links to other files, and a policy that names its script and style by hash. */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { single as policy } from './policy.mjs';

/**
 * The contents of every element of one kind.
 * @param {string} html
 * @param {string} tag
 */
const contents = (html, tag) =>
  Array.from(html.matchAll(new RegExp(`<${tag}\\b[^>]*>([\\s\\S]*?)</${tag}>`, 'g')), (match) => match[1] ?? '').filter(
    (text) => text !== '',
  );

/** @param {string} text */
const hash = (text) => createHash('sha256').update(text).digest('base64');

/** The one picture the page shows, and the same inside an address. */
const icon = './icons/icon.svg';

/** @param {string} root */
const inlined = (root) => `data:image/svg+xml;base64,${readFileSync(join(root, 'public/icons/icon.svg')).toString('base64')}`;

/** Files that start workers, for the page and for a worker. */
const starting = ['/src/jobs/spawn.ts', '/workers/hire.ts'];

/**
 * The ways to start workers, exchanged for those of this edition (name.single.ts), which carry them inside or start none.
 * @returns {import('vite').Plugin}
 */
export const singleWorkers = () => ({
  name: 'tablework:single-workers',
  enforce: 'pre',
  async resolveId(source, importer, options) {
    if (!/\/(spawn|hire)\.js$/.test(source)) return null;
    const found = await this.resolve(source, importer, { ...options, skipSelf: true });
    const isOne = found && starting.some((file) => found.id.replaceAll('\\', '/').endsWith(file));
    return isOne ? found.id.replace(/\.ts$/, '.single.ts') : found;
  },
});

/** @returns {import('vite').Plugin[]} */
export const singleFile = () => {
  let folder = '';
  let root = '';
  return [
    {
      name: 'tablework:single-links',
      configResolved(config) {
        root = config.root;
        folder = resolve(root, config.build.outDir);
      },
      transformIndexHtml: {
        order: 'pre',
        handler: (html) => html.replace(/\s*<link rel="(apple-touch-icon|manifest)"[^>]*>/g, '').replaceAll(icon, inlined(root)),
      },
      transform: {
        filter: { id: /\/src\/.*\.(svelte|ts)$/, code: icon },
        handler: (code) => code.replaceAll(icon, inlined(root)),
      },
    },
    singleWorkers(),
    {
      name: 'tablework:single-policy',
      enforce: 'post',
      writeBundle: {
        order: 'post',
        handler() {
          const built = join(folder, 'index.html');
          const html = readFileSync(built, 'utf8').replaceAll('\r\n', '\n');
          const content = policy(contents(html, 'script').map(hash), contents(html, 'style').map(hash));
          const tag = `<meta http-equiv="Content-Security-Policy" content="${content}" />`;
          writeFileSync(
            built,
            html.replace('<meta charset="utf-8" />', () => `<meta charset="utf-8" />\n    ${tag}`),
          );
          renameSync(built, join(folder, 'tablework.html'));
        },
      },
    },
  ];
};
