/** A hand: a thread that helps a train worker with one fit. */
import { help, type Sent } from './hand.js';

addEventListener('message', ({ data }: MessageEvent<Sent>) => help(data));
