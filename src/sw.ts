/**
 * The service worker: keeps every file of the app on the device, and serves it from there and nowhere else.
 * An update is fetched beside the version in use and waits until the page asks for it.
 */
export {};

declare const self: ServiceWorkerGlobalScope;
/** Path → SHA-256 (hex) of every file of this build; filled in by config/precache.mjs. */
declare const PRECACHE: Readonly<Record<string, string>>;
declare const VERSION: string;
/** Headers that let threads share memory (config/policy.mjs). */
declare const ISOLATION: Readonly<Record<string, string>>;

const prefix = 'tablework-';
const name = prefix + VERSION;
const at = (path: string) => new URL(path, self.registration.scope).href;

const digest = async (response: Response): Promise<string> => {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** Takes each file from an older version's cache where it is the same, else from the server; refuses a file that is not what was built. */
const install = async (): Promise<void> => {
  const cache = await caches.open(name);
  for (const [path, hash] of Object.entries(PRECACHE)) {
    const old = await caches.match(at(path));
    if (old && (await digest(old.clone())) === hash) {
      await cache.put(at(path), old);
      continue;
    }
    const fresh = await fetch(at(path), { cache: 'reload', redirect: 'error' });
    if (!fresh.ok) throw new Error(`${path}: the server answered ${String(fresh.status)}`);
    if ((await digest(fresh.clone())) !== hash) throw new Error(`${path}: the server sent another version of this file`);
    await cache.put(at(path), fresh);
  }
};

const activate = async (): Promise<void> => {
  // Another tab may still run the old version and ask for its files; then they stay until the next change.
  if ((await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).length > 1) return self.clients.claim();
  const names = await caches.keys();
  await Promise.all(names.filter((old) => old.startsWith(prefix) && old !== name).map((old) => caches.delete(old)));
  await self.clients.claim();
};

/** Is every file in the cache, byte for byte? Then the app needs no network. */
const verify = async (): Promise<{ ok: boolean; files: number; wrong: string[] }> => {
  const cache = await caches.open(name);
  const wrong: string[] = [];
  for (const [path, hash] of Object.entries(PRECACHE)) {
    const kept = await cache.match(at(path));
    if (!kept || (await digest(kept)) !== hash) wrong.push(path);
  }
  return { ok: wrong.length === 0, files: Object.keys(PRECACHE).length, wrong };
};

/**
 * Any server will do: the headers that pages and workers need come from here. Without them a page that has them may start no worker, so
 * they are put on whatever is answered, an older version's file too. A redirection cannot be written anew, and needs none.
 */
const isolated = (found: Response): Response => {
  if (!found.ok) return found;
  const headers = new Headers(found.headers);
  for (const [header, value] of Object.entries(ISOLATION)) headers.set(header, value);
  return new Response(found.body, { status: found.status, statusText: found.statusText, headers });
};

const answer = async (request: Request): Promise<Response> => {
  const cache = await caches.open(name);
  const kept = await cache.match(request.mode === 'navigate' ? at('index.html') : request.url, { ignoreSearch: true });
  const found = kept ?? (await caches.match(request, { ignoreSearch: true })) ?? (await fetch(request));
  return ['document', 'worker'].includes(request.destination) ? isolated(found) : found;
};

self.addEventListener('install', (event) => {
  event.waitUntil(install());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(activate());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith(answer(request));
});

self.addEventListener('message', (event) => {
  if (event.data === 'update') event.waitUntil(self.skipWaiting());
  if (event.data === 'verify') {
    const [port] = event.ports;
    event.waitUntil(verify().then((result) => port?.postMessage(result)));
  }
});
