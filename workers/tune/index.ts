/** Every sampler. */
import { registry } from '../../src/core/entry.js';
import type { Sampler } from '../../src/core/sampler.js';
import { gridSampler } from './samplers/grid.js';
import { randomSampler } from './samplers/random.js';
import { tpeSampler } from './samplers/tpe.js';

export const samplers = registry<Sampler>(tpeSampler, randomSampler, gridSampler);
