/** `npm run picture`: builds when needed, then takes the picture of the README, docs/tablework.png. */
import { needBuild, needNode, needPackages, node, programs } from './ready.mjs';

needNode();
needPackages();
needBuild();
process.exitCode = node([programs.tsx, 'test/journeys/picture-run.ts']).ok ? 0 : 1;
