/**
 * `npm test`: everything, in order, counted. Installs what is missing (packages, a browser) and ends with one line, “N passed, N failed”.
 * `npm test -- --only unit,browser` runs those stages alone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium } from './chromium.mjs';
import { giveUp, needNode, needPackages, node, programs, root, stale } from './ready.mjs';

needNode();
needPackages();

let passed = 0;
let failed = 0;
let skipped = 0;

/** One thing that is right or wrong. @param {string} name @param {boolean} ok @param {string} [says] */
const count = (name, ok, says = '') => {
  if (ok) passed++;
  else failed++;
  if (!ok || says) console.log(`${ok ? '  ok  ' : '  FAIL'} ${name}${says ? `: ${says}` : ''}`);
};

/** A program that is right or wrong as a whole. @param {string} name @param {string[]} parts */
const whole = (name, parts) => {
  const { ok, text } = node(parts, { quiet: true });
  if (!ok) console.log(text);
  count(name, ok);
};

/** Runs one vitest configuration and adds up its report. @param {string} name @param {string[]} words */
const suite = (name, words) => {
  const folder = join(root, '.cache');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  rmSync(file, { force: true });
  const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' };
  const { ok } = node([programs.vitest, 'run', ...words, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], { env });
  if (!existsSync(file)) {
    count(name, false, 'it ended without a report');
    return;
  }
  /** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, testResults: { status: string, name: string, assertionResults: unknown[] }[] }} */
  const report = JSON.parse(readFileSync(file, 'utf8'));
  // A file that could not even be loaded has no tests of its own to count.
  const broken = report.testResults.filter((result) => result.status === 'failed' && result.assertionResults.length === 0);
  passed += report.numPassedTests;
  skipped += report.numPendingTests;
  failed += report.numFailedTests + broken.length;
  console.log(`  ${report.numPassedTests} passed, ${report.numFailedTests + broken.length} failed, ${report.numPendingTests} skipped`);
  // An error outside any test: vitest fails, its counts do not say so.
  if (!ok && report.numFailedTests + broken.length === 0) count(name, false, 'an error outside the tests; see above');
  if (report.numPassedTests === 0 && report.numFailedTests === 0) count(name, false, 'it found no test');
};

/** Finds a browser, or installs one: Debian's where we may, Playwright's else. */
const needBrowser = async () => {
  /** @type {{ chromium: { executablePath(): string } }} */
  const { chromium } = await import('playwright-core');
  const there = () => findChromium() !== null || existsSync(chromium.executablePath());
  if (there()) return true;
  console.log('  Installing a browser for the tests …');
  if (process.platform === 'linux' && existsSync('/usr/bin/apt-get')) {
    const before = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
    for (const words of [
      ['apt-get', 'update', '-q'],
      ['apt-get', 'install', '-y', '-q', 'chromium'],
    ]) {
      const [program = '', ...rest] = [...before, ...words];
      spawnSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    }
    if (there()) return true;
  }
  node([programs.playwright, 'install', 'chromium']);
  return there();
};

/** @param {string} name @param {string[]} words @param {string} built */
const build = (name, words, built) => {
  whole(name, [programs.vite, 'build', '--logLevel', 'warn', ...words]);
  return existsSync(join(root, built));
};

/** @param {string} file @param {string} name */
const checks = async (file, name) => {
  /** @type {Record<string, () => { name: string, ok: boolean, says: string }[]>} */
  const module = await import(pathToFileURL(join(root, 'config', file)).href);
  for (const check of module[name]?.() ?? []) count(check.name, check.ok, check.ok && name === 'audit' ? '' : check.says);
};

let browser = false;
/** @type {[string, () => unknown][]} */
const stages = [
  ['format', () => whole('format', [programs.prettier, '--check', '--log-level', 'warn', '.'])],
  ['lint', () => whole('lint', [programs.eslint, '--config', 'config/eslint.config.js', '--max-warnings', '0', '.'])],
  [
    'types',
    () => {
      whole('types of the page', [
        programs.svelteCheck,
        '--workspace',
        '.',
        '--tsconfig',
        './config/tsconfig.page.json',
        '--fail-on-warnings',
      ]);
      whole('types of the workers', [programs.tsc, '-p', 'config/tsconfig.worker.json']);
      whole('types of tests and scripts', [programs.tsc, '-p', 'config/tsconfig.node.json']);
    },
  ],
  ['unit', () => suite('unit', [])],
  ['build', () => build('build', [], 'dist/sw.js')],
  ['single', () => build('one-file build', ['--mode', 'single'], 'dist-single/tablework.html')],
  ['size', () => checks('size.mjs', 'checkSize')],
  ['audit', () => checks('audit.mjs', 'audit')],
  [
    'browser',
    () => {
      if (browser) suite('browser', ['--config', 'config/vitest.browser.ts']);
      else count('browser', false, 'no Chromium, and none could be installed; name one in CHROME_PATH');
    },
  ],
  [
    'journeys',
    () => {
      if (stale('dist/sw.js')) build('build', [], 'dist/sw.js');
      if (stale('dist-single/tablework.html')) build('one-file build', ['--mode', 'single'], 'dist-single/tablework.html');
      if (browser) suite('journeys', ['--config', 'config/vitest.journeys.ts']);
      else count('journeys', false, 'no Chromium, and none could be installed; name one in CHROME_PATH');
    },
  ],
];

const at = process.argv.indexOf('--only');
const only = at < 0 ? stages.map(([name]) => name) : (process.argv[at + 1] ?? '').split(',');
const unknown = only.filter((name) => !stages.some(([stage]) => stage === name));
if (unknown.length > 0) giveUp(`There is no stage “${unknown.join(', ')}”.`, `The stages are ${stages.map(([name]) => name).join(', ')}.`);

if (only.includes('browser') || only.includes('journeys')) browser = await needBrowser();
for (const [name, run] of stages) {
  if (!only.includes(name)) continue;
  const start = performance.now();
  console.log(`\n${name}`);
  await run();
  console.log(`  ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

if (skipped > 0) console.log(`\n${skipped} skipped, each with its reason above or in its file`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
