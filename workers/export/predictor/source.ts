/**
 * The bundled program and style of the one-page predictor. As it stands this runs in Node, where it bundles on the spot;
 * in a build for the browser the plugin in `bundle.mjs` exchanges this file for the finished text.
 */
export interface Predictor {
  readonly script: string;
  readonly style: string;
  /** Sources for the page's policy. */
  readonly scriptHash: string;
  readonly styleHash: string;
}

let made: Promise<Predictor> | null = null;
const bundler = './bundle.mjs';

export const predictor = (): Promise<Predictor> =>
  (made ??= import(/* @vite-ignore */ bundler).then((m: { bundlePredictor(): Promise<Predictor> }) => m.bundlePredictor()));
