/** Where a Chromium-like browser is on this machine, on Linux, macOS and Windows; null when there is none. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'microsoft-edge-stable',
  'chrome',
];

const apps = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

const windows = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
  'Chromium\\Application\\chrome.exe',
];

/** @returns {string | null} */
export const findChromium = () => {
  const { CHROME_PATH, PATH = '', PROGRAMFILES, LOCALAPPDATA, 'PROGRAMFILES(X86)': PROGRAMFILES86 } = process.env;
  if (CHROME_PATH) return existsSync(CHROME_PATH) ? CHROME_PATH : null;
  if (process.platform === 'darwin') return apps.find((path) => existsSync(path)) ?? null;
  if (process.platform === 'win32') {
    const roots = [PROGRAMFILES, PROGRAMFILES86, LOCALAPPDATA].filter((root) => root !== undefined);
    return roots.flatMap((root) => windows.map((path) => join(root, path))).find((path) => existsSync(path)) ?? null;
  }
  const folders = PATH.split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null;
};

/** SwiftShader gives WebGPU without a graphics card: slow, but correct. The sandbox needs rights that root in a container lacks. */
export const chromiumFlags = ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--disable-dev-shm-usage'];
