/** Takes the picture of the README: a judged model of the churn sample, 1440 × 900, light. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../config/ready.mjs';
import { openApp } from './app.js';
import { choose, judge, pose, sample, strip, train, untilHome, untilPosed, PATIENCE } from './walk.js';

const app = await openApp('server', { colorScheme: 'light', reducedMotion: 'reduce' });
const { page } = app;
try {
  await untilHome(page);
  await sample(page, 'Customer churn');
  await untilPosed(page);
  await pose(page, 'roc_auc', '0.8');
  await train(page, ['Logistic regression', 'Decision tree', 'Gradient boosting']);
  await choose(page, 'Gradient boosting');
  await judge(page);
  await strip(page)
    .getByText(/: done$/)
    .waitFor({ state: 'detached', timeout: PATIENCE });
  mkdirSync(join(root, 'docs'), { recursive: true });
  await page.screenshot({ path: join(root, 'docs/tablework.png') });
  console.log('docs/tablework.png');
} finally {
  await app.close();
}
