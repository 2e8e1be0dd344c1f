/** Run in a process of its own: fits every model on the ordinary cases and prints the forms byte for byte. */
import { checked } from '../../src/core/param.js';
import { models } from '../../workers/models/index.js';
import { bytesOf, context, ordinary, quickParams, suited } from './cases.js';

async function main(): Promise<void> {
  const out: [string, string][] = [];
  for (const [id, m] of models) {
    for (const { name, X, target } of ordinary(m.tasks).map((c) => suited(m, c))) {
      out.push([`${id} ${name}`, bytesOf(await m.fit(X, target, checked(m.params, quickParams(m)), context()))]);
    }
  }
  process.stdout.write(JSON.stringify(out));
}
void main();
