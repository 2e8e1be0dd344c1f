/** Bundles the program of the one-page predictor, with the hashes its policy names; at build time a Vite plugin puts the result in place of `source.ts`. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const entry = fileURLToPath(new URL('../../predictor.ts', import.meta.url));
const sheet = fileURLToPath(new URL('page.css', import.meta.url));

/** @param {string} text */
const hash = (text) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;

/** @returns {Promise<import('./source.js').Predictor>} */
export const bundlePredictor = async () => {
  const made = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    globalName: 'predictor',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const script = made.outputFiles[0]?.text ?? '';
  if (/<\/script|<!--/i.test(script)) throw new Error('The predictor would end its own script element');
  const style = readFileSync(sheet, 'utf8').replaceAll('\r\n', '\n');
  return { script, scriptHash: hash(script), style, styleHash: hash(style) };
};

/** @returns {import('vite').Plugin} */
export const predictorPlugin = () => ({
  name: 'tablework:predictor',
  async load(id) {
    if (!id.replaceAll('\\', '/').split('?')[0]?.endsWith('/workers/export/predictor/source.ts')) return null;
    return `const made = ${JSON.stringify(await bundlePredictor())};\nexport const predictor = () => Promise.resolve(made);\n`;
  },
});
