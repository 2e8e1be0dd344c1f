/** A Vite plugin of our own: lists every built file with its hash and writes the service worker around that list. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { transform } from 'esbuild';
import { isolation } from './policy.mjs';

/**
 * Every file under a folder, by its path with forward slashes, in a fixed order.
 * @param {string} folder
 * @returns {string[]}
 */
export const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();

/** @param {string | Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * @param {string} source the service worker in TypeScript
 * @returns {import('vite').Plugin}
 */
export const precache = (source) => {
  let folder = '';
  return {
    name: 'tablework:precache',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    writeBundle: {
      order: 'post',
      async handler() {
        const files = filesOf(folder).filter((path) => path !== 'sw.js' && !path.endsWith('.map'));
        const list = Object.fromEntries(files.map((path) => [path, sha256(readFileSync(join(folder, path)))]));
        const define = {
          ISOLATION: JSON.stringify(isolation),
          PRECACHE: JSON.stringify(list),
          VERSION: JSON.stringify(sha256(JSON.stringify(list)).slice(0, 16)),
        };
        const { code } = await transform(readFileSync(source, 'utf8'), {
          loader: 'ts',
          target: 'es2022',
          format: 'iife',
          minify: true,
          define,
        });
        writeFileSync(join(folder, 'sw.js'), code);
      },
    },
  };
};
