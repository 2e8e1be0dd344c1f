/** Every kind of form there is. A new kind is its interface in the core, one file here, and one line below. */
import type { Form } from '../../src/core/form.js';
import { additiveKit } from './additive.js';
import { blendKit } from './blend.js';
import { calibratedKit } from './calibrated.js';
import { encodedKit } from './encoded.js';
import { gaussiansKit } from './gaussians.js';
import { kernelsKit } from './kernels.js';
import type { AnyKit, Kit } from './kit.js';
import { layersKit } from './layers.js';
import { linearKit } from './linear.js';
import { networkKit } from './network.js';
import { neighboursKit } from './neighbours.js';
import { rulesKit } from './rules.js';
import { stackKit } from './stack.js';
import { processKit } from './process.js';
import { treesKit } from './trees-kit.js';

const kits: { readonly [K in Form['form']]: Kit<Extract<Form, { form: K }>> } = {
  linear: linearKit,
  trees: treesKit,
  layers: layersKit,
  network: networkKit,
  neighbours: neighboursKit,
  kernels: kernelsKit,
  process: processKit,
  gaussians: gaussiansKit,
  additive: additiveKit,
  rules: rulesKit,
  blend: blendKit,
  encoded: encodedKit,
  stack: stackKit,
  calibrated: calibratedKit,
};

export const kitOf = (form: Form): AnyKit => kits[form.form] as unknown as AnyKit;

export const kitNamed = (name: unknown): AnyKit | undefined =>
  typeof name === 'string' && Object.hasOwn(kits, name) ? (kits[name as Form['form']] as unknown as AnyKit) : undefined;
