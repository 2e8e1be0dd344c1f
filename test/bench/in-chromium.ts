/** A piece of our code in Chromium, with this machine's graphics card or, for `software`, the processor that plays one. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../../config/chromium.mjs';

/** `code`: TypeScript that imports from the root and leaves functions on globalThis, for `work` to call. */
export async function inChromium(code: string, software: boolean, work: (page: Page) => Promise<void>): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('../..', import.meta.url)), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  });
  // WebGPU is there for secure addresses alone, and this machine's own counts as one.
  const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<!doctype html><title>bench</title>'));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      ...(software ? ['--use-webgpu-adapter=swiftshader'] : ['--ignore-gpu-blocklist', '--enable-features=Vulkan']),
    ],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.addScriptTag({ content: outputFiles[0]!.text });
    await work(page);
  } finally {
    await browser.close();
    server.close();
  }
}
