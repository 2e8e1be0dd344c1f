/** The engine from a terminal: reads, calls, prints. It holds no logic of its own. */
import { answer } from './lab/commands.js';

const { out, err, code } = await answer(process.argv.slice(2));
if (err) process.stderr.write(`${err}\n`);
if (out) process.stdout.write(`${out}\n`);
process.exitCode = code;
