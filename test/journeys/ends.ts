/** What every journey ends with: a picture where it failed, and a look at what the console and the network saw. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { root } from '../../config/ready.mjs';
import type { App } from './app.js';

/** A journey that failed leaves a picture of where it was in .cache/. */
export async function picture(app: App | null, name: string): Promise<void> {
  const folder = join(root, '.cache/journeys');
  mkdirSync(folder, { recursive: true });
  const pages = (app?.context.pages() ?? []).filter((p) => !p.isClosed());
  for (const [i, page] of pages.entries())
    await page.screenshot({ path: join(folder, `${name.replace(/[^\w]+/g, '-').slice(0, 100)}-${i}.png`) }).catch(() => undefined);
}

/** Nothing was said on the console, nobody else was asked. Long tasks are told, not judged: a busy machine makes them. */
export async function clean(app: App, name: string): Promise<void> {
  const pages = app.context.pages().filter((p) => !p.isClosed());
  const tasks = (await Promise.all(pages.map((p) => app.longTasks(p)))).flat();
  if (tasks.length) {
    const worst = tasks.toSorted((a, b) => b.ms - a.ms).slice(0, 5);
    console.log(
      `${name}: ${tasks.length} tasks over 100 ms, the longest ${worst.map((t) => `${Math.round(t.ms)} ms at ${(t.start / 1000).toFixed(1)} s`).join(', ')}`,
    );
  }
  const errors = app.errors.splice(0);
  const foreign = app.foreign.splice(0);
  expect(errors).toEqual([]);
  expect(foreign).toEqual([]);
}
