/** Tests of parts, store, jobs and kernels in a real Chromium. */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { predictorPlugin } from '../workers/export/predictor/bundle.mjs';
import { chromiumFlags, findChromium } from './chromium.mjs';

const executablePath = findChromium();

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  plugins: [svelte({ configFile: false }), predictorPlugin()],
  // Met only in the middle of a run, where bundling it would load the page again under a test.
  optimizeDeps: { include: ['papaparse', 'fflate'] },
  worker: { format: 'es', plugins: () => [predictorPlugin()] },
  test: {
    name: 'browser',
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 60_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { ...(executablePath === null ? {} : { executablePath }), args: chromiumFlags } }),
      instances: [{ browser: 'chromium', viewport: { width: 1280, height: 800 } }],
    },
  },
});
