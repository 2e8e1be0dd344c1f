/** The Content-Security-Policy: one declaration for our server's header, the page's meta tag and the single file. */

/** @param {Record<string, string>} parts */
const join = (parts) =>
  Object.entries(parts)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');

const page = {
  'default-src': "'none'",
  // WebAssembly kernels and TensorFlow.js' wasm backend need 'wasm-unsafe-eval'; JavaScript's eval stays shut.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'font-src': "'self'",
  'worker-src': "'self' blob:",
  'connect-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** For the meta tag: browsers ignore frame-ancestors there and say so on the console. */
export const meta = join(page);

/** For the header of every page our server sends. */
export const header = join({ ...page, 'frame-ancestors': "'none'" });

/**
 * For the one-file edition: no origin at all, so the inline script and style are named by their hashes.
 * Workers and downloads live at blob: addresses, and nothing may be fetched from anywhere.
 * @param {string[]} scripts sha256 digests, base64
 * @param {string[]} styles sha256 digests, base64
 */
export const single = (scripts, styles) =>
  join({
    ...page,
    'script-src': [...scripts.map((hash) => `'sha256-${hash}'`), 'blob:', "'wasm-unsafe-eval'"].join(' '),
    'style-src': styles.length > 0 ? styles.map((hash) => `'sha256-${hash}'`).join(' ') : "'none'",
    'img-src': 'data: blob:',
    'font-src': 'data:',
    'worker-src': 'blob:',
    'connect-src': 'data: blob:',
    'manifest-src': "'none'",
  });

/** Headers that let the page's threads share memory: it opens nothing of another origin, and nothing of another origin opens it. */
export const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
