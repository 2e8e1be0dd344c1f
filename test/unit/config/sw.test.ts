/** The service worker at work on made-up caches: every page and worker it answers carries the headers that let threads share memory. */
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { transform } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { isolation } from '../../../config/policy.mjs';

const origin = 'https://example.test';
const file = new URL('../../../src/sw.ts', import.meta.url);
let code = '';
beforeAll(async () => {
  const define = { ISOLATION: JSON.stringify(isolation), PRECACHE: '{}', VERSION: '"new"' };
  ({ code } = await transform(readFileSync(file, 'utf8'), { loader: 'ts', format: 'iife', define }));
});

type Files = Record<string, Response>;
interface Asked {
  readonly path: string;
  readonly destination: string;
  readonly mode?: string;
}

/** What the service worker of version “new” answers, with these files in the caches of versions, and these on the server. */
async function answered(caches: Record<string, Files>, server: Files, { path, destination, mode = 'same-origin' }: Asked) {
  const url = (of: string | { url: string }) => new URL(typeof of === 'string' ? of : of.url, origin).pathname;
  const find = (files: Files | undefined, of: string | { url: string }) => Promise.resolve(files?.[url(of)]?.clone());
  const listeners: Record<string, (event: object) => void> = {};
  const first = async (of: string | { url: string }) => {
    for (const files of Object.values(caches)) {
      const found = await find(files, of);
      if (found) return found;
    }
    return undefined;
  };
  runInNewContext(code, {
    self: {
      registration: { scope: `${origin}/` },
      location: { origin },
      addEventListener: (name: string, act: (event: object) => void) => (listeners[name] = act),
    },
    caches: { open: (name: string) => Promise.resolve({ match: (of: string) => find(caches[name], of) }), match: first },
    fetch: (of: { url: string }) => find(server, of),
    URL,
    Headers,
    Response,
  });
  const given: Promise<Response>[] = [];
  const request = { url: `${origin}${path}`, method: 'GET', destination, mode };
  listeners['fetch']!({ request, respondWith: (answer: Promise<Response>) => given.push(answer) });
  const answer = await given[0]!;
  const headers = Object.keys(isolation).map((name) => answer.headers.get(name));
  return { answer, isolated: headers.every((value, i) => value === Object.values(isolation)[i]), bare: headers.every((v) => v === null) };
}

const plain = (body: string) => new Response(body, { headers: { 'Content-Type': 'text/javascript' } });

describe('headers for threads', () => {
  it.each([
    ['a page', { path: '/any/where', destination: 'document', mode: 'navigate' }, 'page'],
    ['a worker', { path: '/assets/train.js', destination: 'worker' }, 'train'],
  ])('%s has them, whatever the server sent', async (_, asked, body) => {
    const kept = { '/index.html': plain('page'), '/assets/train.js': plain('train') };
    const { answer, isolated } = await answered({ 'tablework-new': kept }, {}, asked);
    expect(isolated).toBe(true);
    expect(await answer.text()).toBe(body);
    expect(answer.headers.get('Content-Type')).toBe('text/javascript');
  });

  it('a tab that still runs the version before can start its workers, after another tab has brought the new one', async () => {
    const caches = { 'tablework-new': {}, 'tablework-old': { '/assets/train-old.js': plain('old') } };
    const { answer, isolated } = await answered(caches, {}, { path: '/assets/train-old.js', destination: 'worker' });
    expect(await answer.text()).toBe('old');
    expect(isolated).toBe(true);
  });

  it('so can one whose file is on the server alone', async () => {
    const { isolated } = await answered({}, { '/assets/late.js': plain('late') }, { path: '/assets/late.js', destination: 'worker' });
    expect(isolated).toBe(true);
  });

  it('other files come as they are, and so does what is not a file', async () => {
    const kept = { 'tablework-new': { '/assets/a.js': plain('a') } };
    expect((await answered(kept, {}, { path: '/assets/a.js', destination: 'script' })).bare).toBe(true);
    const refused = new Response('no such file', { status: 404 });
    const { answer } = await answered({}, { '/gone': refused }, { path: '/gone', destination: 'worker' });
    expect(answer.status).toBe(404);
    // A redirection that was not followed: status 0, which no response can be made with.
    const away = Object.defineProperties(Response.error(), { clone: { value: () => away } }) as Response;
    expect((await answered({}, { '/away': away }, { path: '/away', destination: 'document', mode: 'navigate' })).answer).toBe(away);
  });
});
