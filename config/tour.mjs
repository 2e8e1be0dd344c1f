/** `npm run tour`: builds when needed, then drives the app through the stops of test/journeys/tour.ts and writes pictures to tour/. */
import { needBuild, needNode, needPackages, node, programs } from './ready.mjs';

needNode();
needPackages();
needBuild();
process.exitCode = node([programs.tsx, 'test/journeys/tour-run.ts', ...process.argv.slice(2)]).ok ? 0 : 1;
