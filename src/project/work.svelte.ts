/** Running work as the strip at the bottom shows it: progress, time left, the live curve, stop and cancel. */
import { Problem, type ProblemData } from '../core/problem.js';
import type { CurvePoint, News } from '../core/protocol.js';
import type { Running } from '../jobs/index.js';

export type WorkState = 'waiting' | 'running' | 'stopping' | 'done' | 'failed' | 'cancelled';

export class Work {
  readonly id: number;
  readonly label: string;
  /** What it is for: 'train:ridge', 'tune', 'read' … screens find their own by this. */
  readonly topic: string;
  state = $state<WorkState>('waiting');
  /** 0…1. */
  done = $state(0);
  detail = $state('');
  notes = $state.raw<readonly string[]>([]);
  curve = $state.raw<readonly CurvePoint[]>([]);
  problem = $state.raw<ProblemData | null>(null);
  /** Seconds left, once there is enough to tell. */
  left = $state<number | null>(null);
  private began = 0;
  private running: Pick<Running<unknown>, 'stop' | 'cancel'> | null = null;
  private points: CurvePoint[] = [];
  private drawing = false;

  constructor(id: number, label: string, topic: string) {
    this.id = id;
    this.label = label;
    this.topic = topic;
  }

  get active(): boolean {
    return this.state === 'waiting' || this.state === 'running' || this.state === 'stopping';
  }

  readonly tell = (news: News): void => {
    if (this.state === 'waiting') {
      this.state = 'running';
      this.began = performance.now();
    }
    if (news.kind === 'progress') {
      this.done = news.of ? news.done / news.of : 0;
      this.detail = news.label;
      const passed = (performance.now() - this.began) / 1000;
      this.left = this.done > 0.02 && passed > 1 ? (passed * (1 - this.done)) / this.done : null;
    } else if (news.kind === 'curve') {
      const { part, done, train, valid } = news;
      this.points.push({ part, done, train, valid });
      // One redraw a frame at most, however many points come.
      if (!this.drawing) {
        this.drawing = true;
        requestAnimationFrame(() => {
          this.drawing = false;
          this.curve = this.points.slice(-2000);
        });
      }
    } else this.notes = [...this.notes, news.text];
  };

  attach(running: Pick<Running<unknown>, 'stop' | 'cancel'>): void {
    this.running = running;
  }
  /** Steps of a work of several jobs: how far it is. */
  advance(done: number, detail: string): void {
    this.tell({ kind: 'progress', done, of: 1, label: detail });
  }
  stop(): void {
    if (!this.active) return;
    this.state = 'stopping';
    this.running?.stop();
  }
  cancel(): void {
    this.running?.cancel();
  }
  end(error?: unknown): void {
    this.curve = this.points.slice(-2000);
    if (error === undefined) {
      this.state = 'done';
      this.done = 1;
    } else if (error instanceof Problem && (error.code === 'job/cancelled' || error.code === 'read/cancelled')) this.state = 'cancelled';
    else {
      this.state = 'failed';
      this.problem =
        error instanceof Problem
          ? error.toJSON()
          : new Problem('job/crashed', { why: error instanceof Error ? error.message : String(error) }).toJSON();
    }
  }
}

class Works {
  list = $state.raw<readonly Work[]>([]);
  private next = 1;

  begin(label: string, topic: string): Work {
    const work = new Work(this.next++, label, topic);
    // Trying again answers what failed before.
    this.list = [...this.list.filter((w) => !(w.state === 'failed' && w.topic === topic)), work];
    return work;
  }
  dismiss(work: Work): void {
    if (!work.active) this.list = this.list.filter((w) => w !== work);
  }
  /** Those of a topic, newest last. */
  of(topic: string): Work[] {
    return this.list.filter((w) => w.topic === topic || w.topic.startsWith(`${topic}:`));
  }
  get busy(): boolean {
    return this.list.some((w) => w.active);
  }
  /** Runs a job from start to end under a work of its own; failures stay visible in the strip and are thrown on. */
  async run<T>(label: string, topic: string, begin: (work: Work) => Running<T>): Promise<T> {
    const work = this.begin(label, topic);
    try {
      const running = begin(work);
      work.attach(running);
      const result = await running.result;
      work.end();
      return result;
    } catch (error) {
      work.end(error);
      throw error;
    }
  }
}

export const works = new Works();
