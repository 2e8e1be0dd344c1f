/** Property tests draw the same cases every time; `SEED=2 npx vitest run …` draws others. */
import { configureGlobal } from 'fast-check';

configureGlobal({ seed: Number(process.env.SEED ?? 1) });
