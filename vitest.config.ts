/** Tests that need no browser: units, contracts, goldens and hostile files. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte({ configFile: false })],
  test: {
    name: 'node',
    environment: 'node',
    include: ['test/{unit,contract,golden,hostile,old}/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
