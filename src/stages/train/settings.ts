/** The settings of a run in words; those that play no part are left out. */
import { settingsInWords } from '../../core/param.js';
import type { Catalog } from '../../core/protocol.js';
import { project, type RunRecord } from '../../project/index.js';

/** From here on a wait is said aloud, in seconds: what is longer than the first minutes of a lesson. */
export const LONG_S = 300;

/** All settings, or only those that differ from the defaults. */
export const settingsOf = (catalog: Catalog | null, run: RunRecord, changed = false): [string, string][] =>
  settingsInWords(catalog?.models ?? [], run.model, run.params, project.workflow.problem.task, changed);
