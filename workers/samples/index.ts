/** The tables a person can begin with: shipped with their licences, or made on this device by seeded code. */
import { registry } from '../../src/core/entry.js';
import { churn, clinic, houses, payments } from './made.js';
import type { Sample } from './sample.js';
import { iris, penguins, weather } from './shipped.js';

export const samples = registry<Sample>(penguins, churn, houses, weather, clinic, payments, iris);
