/** `npm run types`: checks the three worlds — page, workers, Node — each by its own tsconfig. */
import { node, programs } from './ready.mjs';

const checks = [
  [programs.svelteCheck, '--workspace', '.', '--tsconfig', './config/tsconfig.page.json', '--fail-on-warnings', '--output', 'human'],
  [programs.tsc, '-p', 'config/tsconfig.worker.json'],
  [programs.tsc, '-p', 'config/tsconfig.node.json'],
];
const failed = checks.filter((words) => !node(words).ok).length;
process.exitCode = failed === 0 ? 0 : 1;
