/** What the registries call things, for files that leave the app. */
import { settingsInWords } from '../src/core/param.js';
import { metrics } from './evaluate/metrics/index.js';
import { splits } from './evaluate/splits/index.js';
import type { Names } from './export/index.js';
import { models } from './models/index.js';

export const names: Names = {
  metric: (id) => metrics.get(id)?.label ?? id,
  split: (id) => splits.get(id)?.label ?? id,
  settings: (a) => settingsInWords([...models.values()], a.model.id, a.model.params, a.target.task),
};
