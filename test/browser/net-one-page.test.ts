/** The one-page predictor in a real browser, under its own policy: the form, a pasted table, and names that would like to be markup. */
import { expect, it } from 'vitest';
import { predictColumns } from '../../workers/apply.js';
import { exportArtifact } from '../../workers/export/index.js';
import { writeCsv } from '../../workers/read/write.js';
import { artifactOf, EVIL, tableOf, textRows } from '../unit/export/artifacts.js';

async function until<T>(look: () => T | null | undefined | false): Promise<T> {
  for (let i = 0; i < 200; i++) {
    const found = look();
    if (found) return found;
    await new Promise((r) => setTimeout(r, 25));
  }
  throw new Error('It never came');
}

it('predicts one row and many, and runs nothing but itself', async () => {
  const a = await artifactOf('logistic', 'two');
  const { bytes } = await exportArtifact('html', a, null);
  const frame = document.createElement('iframe');
  frame.src = URL.createObjectURL(new Blob([bytes], { type: 'text/html' }));
  document.body.append(frame);
  const page = await until(() => (frame.contentDocument?.getElementById('fields')?.childElementCount ? frame.contentDocument : null));
  const violations: string[] = [];
  page.addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective));

  const fresh = tableOf(8, 5);
  const expected = predictColumns(a, fresh.columns);
  const row = textRows(fresh)[0]!;
  a.inputs.forEach((input, i) => {
    const field = page.getElementById(`input-${i}`) as HTMLInputElement;
    expect(page.querySelector(`label[for="input-${i}"]`)!.textContent).toBe(input.name);
    field.value = row[input.name]!;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  const share = (level: number) => `${(100 * expected[level]!).toFixed(1)} %`;
  const answer = page.getElementById('answer')!;
  await until(() => answer.textContent.includes(share(0)) && answer.textContent.includes(share(1)));

  (page.getElementById('paste') as HTMLTextAreaElement).value = [...writeCsv(fresh)].join('');
  page.querySelector<HTMLButtonElement>('#pasted button')!.click();
  const link = await until(() => page.getElementById('download') as HTMLAnchorElement | null);
  expect(page.getElementById('rows')!.textContent).toContain('8 of 8 rows predicted');
  expect(link.download).toBe('pasted-predictions.csv');
  expect(page.body.textContent).toContain(EVIL);
  expect(page.querySelector('img')).toBeNull();

  // The policy holds: a style attribute and an image would be refused.
  const image = page.createElement('img');
  image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';
  page.body.append(image);
  await until(() => violations.includes('img-src'));
  frame.remove();
});
