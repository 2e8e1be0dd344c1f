/** Cleans the blanks, and if wanted the case, of texts. */
import { choice } from '../../src/core/param.js';
import { columnStep } from '../../src/core/step.js';
import { listed, mapLevels } from './columns.js';

type Learnt = { readonly names: readonly string[] };

export const trimText = columnStep({
  id: 'trim-text',
  version: 1,
  type: 'column',
  screen: 'clean',
  kinds: ['category', 'text'],
  label: 'Trim blanks',
  help: 'Takes away blanks at both ends and makes one of several in a row, so that “ yes” and “yes” are the same. A cell of blanks only becomes missing.',
  source: 'Kandel et al., “Wrangler”, CHI (2011).',
  params: {
    case: choice({
      label: 'Letters',
      help: 'Whether capitals matter.',
      default: 'keep',
      options: { keep: 'As they are', lower: 'All small', upper: 'All capital' },
    }),
  },
  learn: (columns): Learnt => ({ names: columns.map((c) => c.name) }),
  apply(columns, _state, params) {
    return columns.map((c) =>
      mapLevels(c, (text) => {
        const t = text.replace(/\s+/gu, ' ').trim();
        return params.case === 'lower' ? t.toLowerCase() : params.case === 'upper' ? t.toUpperCase() : t;
      }),
    );
  },
  says: (on, params) =>
    `Trim blanks in ${listed(on)}${params.case === 'keep' ? '' : params.case === 'lower' ? ' and write all letters small' : ' and write all letters capital'}`,
  learnt: () => 'Nothing to learn: the rule is the same for every row.',
});
