/** Gets this checkout ready: the right Node, the packages of the lock file, a fresh build. Needs no packages itself, and plain syntax, so that an old Node can read it and say so. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {string} path */
const time = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Ends the program with one sentence on what is wrong and one on what to do. @param {string} message @param {string} hint @returns {never} */
export const giveUp = (message, hint) => {
  console.error(`\n${message}\n${hint}\n`);
  process.exit(1);
};

/** Runs a script of a package with this Node, with no shell in between. @param {string[]} parts @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv }} [how] */
export const node = (parts, how = {}) => {
  const ran = spawnSync(process.execPath, parts, {
    cwd: root,
    stdio: how.quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    env: how.env ?? process.env,
    maxBuffer: 64 * 1024 * 1024,
    encoding: 'utf8',
  });
  return { ok: ran.status === 0, text: `${ran.stdout ?? ''}${ran.stderr ?? ''}` };
};

/** The programs the scripts start, as files of their packages. */
export const programs = {
  vite: 'node_modules/vite/bin/vite.js',
  vitest: 'node_modules/vitest/vitest.mjs',
  eslint: 'node_modules/eslint/bin/eslint.js',
  prettier: 'node_modules/prettier/bin/prettier.cjs',
  tsc: 'node_modules/typescript/bin/tsc',
  svelteCheck: 'node_modules/svelte-check/bin/svelte-check',
  tsx: 'node_modules/tsx/dist/cli.mjs',
  playwright: 'node_modules/playwright-core/cli.js',
};

export const needNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  giveUp(
    `Tablework needs Node.js 20.19 or newer; this is ${process.versions.node}.`,
    'Install a current version from nodejs.org, or with your version manager, and try again.',
  );
};

/** Installs what the lock file names, unless it is there already. */
export const needPackages = () => {
  if (time(join(root, 'node_modules/.package-lock.json')) >= time(join(root, 'package-lock.json'))) return;
  console.log('Installing packages (npm ci) …');
  const npm = process.env.npm_execpath;
  const words = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const ran = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...words], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', words, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (ran.status !== 0)
    giveUp('The packages could not be installed.', 'The lines above say why; most often there is no network. Try again when there is.');
};

/** The newest change under a folder. @param {string} folder @returns {number} */
const newest = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
        (max, entry) => Math.max(max, time(join(entry.parentPath, entry.name))),
        0,
      )
    : 0;

/** Is what was built older than what it is built from? @param {string} built */
export const stale = (built) => {
  const files = ['index.html', 'vite.config.ts', 'package-lock.json'].map((name) => time(join(root, name)));
  const folders = ['src', 'workers', 'public', 'config'].map((name) => newest(join(root, name)));
  return time(join(root, built)) < Math.max(...files, ...folders);
};

/** Builds the edition for a server, unless it is fresh. */
export const needBuild = () => {
  if (!stale('dist/sw.js')) return;
  console.log('Building …');
  if (!node([programs.vite, 'build', '--logLevel', 'warn']).ok) giveUp('The app could not be built.', 'The lines above say why.');
};
