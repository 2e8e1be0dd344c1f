/** `npm start`: installs and builds what is missing, serves the app on this machine, and opens a browser where there is one. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { needBuild, needNode, needPackages, root } from './ready.mjs';
import { serve } from './serve.mjs';

needNode();
needPackages();
needBuild();

const { url, close } = await serve(join(root, 'dist'), Number(process.env.PORT ?? 4173));
console.log(`\nTablework is at ${url}\nIt computes on this device only. Stop with Ctrl+C.`);

/** The system's own way to open an address; no shell, and no failure when there is none. */
const open = () => {
  const { CI, DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (CI || process.argv.includes('--no-open')) return;
  const { platform } = process;
  if (platform !== 'darwin' && platform !== 'win32' && !DISPLAY && !WAYLAND_DISPLAY) return;
  /** @type {[string, string[]]} */
  const [program, words] =
    platform === 'darwin'
      ? ['open', [url]]
      : platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]];
  spawn(program, words, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
};
open();

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => void close().then(() => process.exit(0)));
}
