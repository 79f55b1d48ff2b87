// Lets callers go at a fixed rate, all of them together: what is due and finds everybody busy is late, and told.
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

export class Pacer {
  /** When the next turn is due, in milliseconds of `performance.now()`. */
  private due = performance.now();
  private readonly intervalMs: number;

  /** @param rate turns per second */
  constructor(rate: number) {
    this.intervalMs = 1000 / rate;
  }

  /** Resolves when it is this caller's turn. */
  async turn(): Promise<void> {
    const due = this.due;
    this.due += this.intervalMs;
    const early = due - performance.now();
    if (early > 0) await pause(early);
  }

  /** How much the last turns that were due are late, in milliseconds. */
  get behindMs(): number {
    return Math.max(0, performance.now() - this.due);
  }
}
