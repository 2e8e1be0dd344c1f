/** Our own server: strict headers on everything, nothing outside its folder, nobody but this machine. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { header, meta, single } from '../../../config/policy.mjs';
import { serve } from '../../../config/serve.mjs';

let folder = '';
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tablework-serve-'));
  mkdirSync(join(folder, 'dist/assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'dist/index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'dist/sw.js'), '');
  writeFileSync(join(folder, 'dist/assets/a-12345678.js'), 'export {};');
  server = await serve(join(folder, 'dist'), 0);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** A raw request: `fetch` would tidy the path and set the host itself. */
const ask = (path: string, options: { method?: string; host?: string } = {}) =>
  new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const sent = request(
      { hostname, port, path, method: options.method ?? 'GET', headers: { Host: options.host ?? `127.0.0.1:${port}` } },
      (got) => {
        let body = '';
        got.on('data', (part: Buffer) => (body += part.toString()));
        got.on('end', () => resolve({ status: got.statusCode ?? 0, headers: got.headers, body }));
      },
    );
    sent.on('error', reject);
    sent.end();
  });

describe('the server', () => {
  it('sends the policy and the right type', async () => {
    const { status, headers, body } = await ask('/');
    expect(status).toBe(200);
    expect(body).toBe('<!doctype html>');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toBe(header);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect((await ask('/assets/a-12345678.js?x=1')).headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it('lets browsers keep hashed files for ever, and ask again for all others', async () => {
    expect((await ask('/assets/a-12345678.js')).headers['cache-control']).toContain('immutable');
    for (const path of ['/', '/index.html', '/sw.js']) expect((await ask(path)).headers['cache-control']).toBe('no-cache');
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/..%5csecret.txt',
    '//secret.txt',
    '/assets',
    '/%00',
    '/%',
    '/nothing',
  ])('has no %s', async (path) => {
    const { status, body } = await ask(path);
    expect(status).toBe(404);
    expect(body).not.toContain('secret');
  });

  it('refuses other methods and other names for this machine', async () => {
    expect((await ask('/', { method: 'POST' })).status).toBe(405);
    expect((await ask('/', { host: 'evil.example' })).status).toBe(421);
    expect((await ask('/', { method: 'HEAD' })).body).toBe('');
  });

  it('takes the next port when one is taken', async () => {
    const port = Number(new URL(server.url).port);
    const second = await serve(join(folder, 'dist'), port);
    expect(Number(new URL(second.url).port)).toBeGreaterThan(port);
    await second.close();
  });
});

describe('the policy', () => {
  it('is as strict in all three places', () => {
    for (const policy of [header, meta, single(['abc'], ['def'])]) {
      expect(policy).toMatch(/^default-src 'none'; /);
      expect(policy).not.toMatch(/unsafe-inline|\*|https?:/);
      expect(policy).not.toMatch(/'unsafe-eval'/);
      expect(policy).toContain("form-action 'none'");
    }
    expect(header).toContain("frame-ancestors 'none'");
    expect(single(['abc'], [])).toContain("script-src 'sha256-abc' blob: 'wasm-unsafe-eval'");
  });
});
