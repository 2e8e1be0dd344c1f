/** Photographs the gallery: node test/browser/gallery/shoot.mjs [parts|charts] [width …] → tour/parts/*.png */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';
import { findChromium } from '../../../config/chromium.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const executablePath = findChromium();
if (executablePath === null) throw new Error('No Chromium found; set CHROME_PATH');
const what = process.argv[2] ? [process.argv[2]] : ['parts', 'charts'];
const widths = process.argv.length > 3 ? process.argv.slice(3).map(Number) : [390, 1440];

const server = await createServer({
  root,
  configFile: false,
  plugins: [svelte()],
  logLevel: 'error',
  cacheDir: `${root}/node_modules/.vite-gallery`,
  server: { host: '127.0.0.1', port: 0, watch: null },
});
await server.listen();
const base = server.resolvedUrls?.local[0] ?? '';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
mkdirSync(`${root}/tour/parts`, { recursive: true });
try {
  for (const show of what) {
    for (const theme of ['light', 'dark']) {
      for (const width of widths) {
        const page = await browser.newPage({ viewport: { width, height: 900 } });
        page.on('pageerror', (e) => console.error(show, theme, width, e.message));
        page.on('console', (m) => m.type() === 'error' && console.error(m.text()));
        await page.goto(`${base}test/browser/gallery/index.html?show=${show}&theme=${theme}`, { waitUntil: 'networkidle' });
        await page.waitForTimeout(400);
        const spill = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (spill > 0) console.error(`${show} ${theme} ${width}: ${spill} px wider than the window`);
        await page.screenshot({ path: `${root}/tour/parts/${show}-${theme}-${width}.png`, fullPage: true });
        await page.close();
      }
    }
  }
} finally {
  await browser.close();
  await server.close();
}
