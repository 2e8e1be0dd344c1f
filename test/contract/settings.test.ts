/** Whatever its settings are and whatever the table is like, a model refuses with a Problem or gives a form that is sound. */
import { describe, expect, it } from 'vitest';
import { models } from '../../workers/models/index.js';
import { plain } from '../../workers/models/plain.js';
import { drawCase, streamOf, tryOut } from './drawn.js';

const DRAWS = 12;

describe.each([...models])('%s', (id, m) => {
  it('is sound, stops, goes on and repeats itself with any legal settings', async () => {
    let refused = 0;
    for (let i = 0; i < DRAWS; i++) {
      const drawn = drawCase(m, streamOf(id, i), plain, 40);
      try {
        if (await tryOut(m, drawn)) refused++;
      } catch (error) {
        const { X, target, values } = drawn;
        if (error instanceof Error)
          error.message = `draw ${i} (${X.rows} × ${X.cols}, ${target.task}, ${JSON.stringify(values)}): ${error.message}`;
        throw error;
      }
    }
    expect(refused).toBeLessThan(DRAWS - 2);
  });
});
