/** Rules as a table of sentences. */
import type { Rules } from '../../../src/core/form.js';
import type { RulesPicture } from '../../../src/core/inside.js';
import { ruleLines } from '../rules.js';
import type { Naming } from './naming.js';

export const rulesPicture = (form: Rules, naming: Naming): RulesPicture => ({
  kind: 'rules',
  ordered: form.ordered,
  rules: ruleLines(form, naming),
});
