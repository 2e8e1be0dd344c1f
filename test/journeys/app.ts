/** The built app in a real Chromium, watched: no foreign request, no error on the console, no policy broken, long tasks noted. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { chromiumFlags, findChromium } from '../../config/chromium.mjs';
import { root } from '../../config/ready.mjs';
import { serve } from '../../config/serve.mjs';

export interface LongTask {
  /** ms since the page began. */
  readonly start: number;
  readonly ms: number;
}

export interface App {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly url: string;
  /** Errors of console and page, and refusals of the policy. A journey ends with `expect(app.errors).toEqual([])`. */
  readonly errors: string[];
  /** Requests to anything but the app itself. All are blocked; there must be none. */
  readonly foreign: string[];
  /** Another tab of the same browser, watched like the first and brought to the app. */
  tab(): Promise<Page>;
  /** Tasks that held the page for more than 100 ms since the last call. */
  longTasks(page?: Page): Promise<readonly LongTask[]>;
  /** Waits until the service worker says that every file is on the device. */
  untilOffline(): Promise<void>;
  /** Cuts the network: the server stops and the browser is told that there is none. */
  cutNetwork(): Promise<void>;
  close(): Promise<void>;
}

export type Edition = 'server' | 'file';

/** Where dist/ and dist-single/ are: this checkout, or a place of its own for a build that others must not disturb. */
export const built = process.env.TABLEWORK_BUILT ?? root;

/** The one-file edition as the address a double click opens. */
export const fileUrl = pathToFileURL(join(built, 'dist-single/tablework.html')).href;

const launch = async (): Promise<Browser> => {
  const executablePath = findChromium();
  return chromium.launch({ headless: true, args: chromiumFlags, ...(executablePath === null ? {} : { executablePath }) });
};

declare global {
  interface Window {
    longTasks?: LongTask[];
  }
}

/** Runs in the page before anything else does. */
const watch = (): void => {
  const tasks: LongTask[] = [];
  window.longTasks = tasks;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) if (task.duration > 100) tasks.push({ start: task.startTime, ms: task.duration });
  }).observe({ type: 'longtask', buffered: true });
  addEventListener('securitypolicyviolation', (event) => {
    console.error(`The policy refused ${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
  });
};

/** `folder` is what is served: the build, unless a journey brings a changed copy of it. */
export const openApp = async (
  edition: Edition = 'server',
  options: BrowserContextOptions = {},
  folder = join(built, 'dist'),
): Promise<App> => {
  const needed = edition === 'server' ? join(folder, 'sw.js') : join(built, 'dist-single/tablework.html');
  if (!existsSync(needed)) throw new Error(`There is no ${needed}; run \`npm run build\` and \`npm run build:single\` first.`);
  const server = edition === 'server' ? await serve(folder, 0) : null;
  const url = server?.url ?? fileUrl;
  const browser = await launch();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, ...options });
  const errors: string[] = [];
  const foreign: string[] = [];
  const own = (address: string) => address.startsWith(url) || /^(data|blob|about):/.test(address);
  await context.addInitScript(watch);
  // Only looks, so that the service worker's own requests stay as they are; what is foreign is refused.
  await context.route(
    (address) => !own(address.href),
    (route) => {
      foreign.push(route.request().url());
      return route.abort();
    },
  );
  const tab = async (): Promise<Page> => {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
    page.on('worker', (worker) => {
      worker.on('console', (message) => {
        if (message.type() === 'error') errors.push(`worker: ${message.text()}`);
      });
    });
    await page.goto(url);
    return page;
  };
  const page = await tab();
  let serving = server !== null;
  const stop = async () => {
    if (serving) await server?.close();
    serving = false;
  };
  return {
    page,
    context,
    url,
    errors,
    foreign,
    tab,
    longTasks: (of = page) => of.evaluate(() => window.longTasks?.splice(0) ?? []),
    untilOffline: async () => {
      const verdict = await page.evaluate(async () => {
        const { active } = await navigator.serviceWorker.ready;
        return new Promise<{ ok: boolean; wrong: string[] }>((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = (event: MessageEvent<{ ok: boolean; wrong: string[] }>) => resolve(event.data);
          active?.postMessage('verify', [port2]);
        });
      });
      if (!verdict.ok) throw new Error(`Not on the device: ${verdict.wrong.join(', ')}`);
    },
    cutNetwork: async () => {
      await stop();
      await context.setOffline(true);
    },
    close: async () => {
      await browser.close();
      await stop();
    },
  };
};
