/**
 * Two editions of one app. `vite build` → dist/: many small files for a web server, kept offline by a service worker.
 * `vite build --mode single` → dist-single/tablework.html: one file that opens from a disk.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';
import { isolation, meta } from './config/policy.mjs';
import { precache } from './config/precache.mjs';
import { singleFile, singleWorkers } from './config/single.mjs';
import { predictorPlugin } from './workers/export/predictor/bundle.mjs';

const policyTag: Plugin = {
  name: 'tablework:policy',
  apply: 'build', // the development server injects scripts and styles of its own
  transformIndexHtml: () => [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: meta }, injectTo: 'head-prepend' }],
};

export default defineConfig(({ mode }) => {
  const single = mode === 'single';
  return {
    base: './',
    publicDir: single ? false : 'public',
    plugins: [
      svelte({ configFile: false }),
      predictorPlugin(),
      ...(single ? [...singleFile(), viteSingleFile()] : [policyTag, precache('src/sw.ts')]),
    ],
    worker: { format: single ? 'iife' : 'es', plugins: () => [predictorPlugin(), ...(single ? [singleWorkers()] : [])] },
    build: {
      outDir: single ? 'dist-single' : 'dist',
      target: 'es2022',
      modulePreload: { polyfill: false },
      assetsInlineLimit: single ? 100_000_000 : 0,
      cssCodeSplit: !single,
      chunkSizeWarningLimit: 10_000,
      reportCompressedSize: false,
      rolldownOptions: { checks: { bundlerTimings: false } },
    },
    server: { host: '127.0.0.1', headers: isolation },
    preview: { host: '127.0.0.1', headers: isolation },
  };
});
