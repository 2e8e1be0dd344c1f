/** A small web server for the built app: this machine only, no packages, strict headers. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, resolve, sep } from 'node:path';
import { header, isolation } from './policy.mjs';

/** @type {Record<string, string>} */
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/**
 * The file an address names, or null: never a file outside the folder, never a folder.
 * @param {string} root absolute
 * @param {string} address as the request gives it
 */
const fileAt = (root, address) => {
  /** @type {string} */
  let path;
  try {
    path = decodeURIComponent(address.replace(/[?#].*$/s, ''));
  } catch {
    return null;
  }
  if (!path.startsWith('/') || path.includes('\0')) return null;
  const file = resolve(root, `.${path.endsWith('/') ? `${path}index.html` : path}`);
  if (!file.startsWith(root + sep)) return null;
  return existsSync(file) && statSync(file).isFile() ? file : null;
};

/**
 * Serves a folder on 127.0.0.1, at the first free port from the one asked for (0: any).
 * @param {string} folder
 * @param {number} port
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export const serve = async (folder, port) => {
  const root = resolve(folder);
  const server = createServer((request, response) => {
    response.setHeader('Content-Security-Policy', header);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
    // A name that only points here (DNS rebinding) must not reach the app.
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (host !== '127.0.0.1' && host !== 'localhost') {
      response.writeHead(421).end('This server answers to 127.0.0.1 and localhost only.');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    const file = fileAt(root, request.url ?? '/');
    if (file === null) {
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('There is no such file here.');
      return;
    }
    // Names under assets/ carry a hash of their contents; everything else may change under the same name.
    const hashed = file.startsWith(resolve(root, 'assets') + sep);
    response.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Length': statSync(file).size,
      'Cache-Control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    if (request.method === 'HEAD') response.end();
    else
      createReadStream(file)
        .on('error', () => response.destroy())
        .pipe(response);
  });
  const taken = await listen(server, port);
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 * @returns {Promise<number>} the port taken
 */
const listen = (server, port) =>
  new Promise((done, fail) => {
    /** @param {NodeJS.ErrnoException} error */
    const next = (error) => {
      if (error.code !== 'EADDRINUSE' || port === 0) fail(error);
      else server.listen(++port, '127.0.0.1');
    };
    server.on('error', next);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', next);
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
