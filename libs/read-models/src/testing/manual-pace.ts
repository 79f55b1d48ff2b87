// Time that moves when a test says so, and waiting for what happens instead of for time.
import { later, type Pace } from '../pace.js';
import { NOW } from './plain-things.js';

interface Sleeper {
  readonly until: string;
  readonly wake: () => void;
}

export class ManualPace implements Pace {
  #now = NOW;
  readonly #sleepers = new Set<Sleeper>();

  now(): string {
    return this.#now;
  }

  random(): number {
    return 0.5;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { until: later(this.#now, ms), wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        resolve();
      });
    });
  }

  /** How long the sleepers still want to sleep, in milliseconds, shortest first. */
  get sleeping(): readonly number[] {
    return [...this.#sleepers].map(({ until }) => Date.parse(until) - Date.parse(this.#now)).sort((a, b) => a - b);
  }

  advance(ms: number): void {
    this.#now = later(this.#now, ms);
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

/** Waits until something holds; the test's own time-out is the limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
