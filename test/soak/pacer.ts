// Lets callers go at a fixed rate, all of them together: what is due and finds everybody busy is late, and told. Until
// it begins, everybody goes on at once.
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

export class Pacer {
  /** When the next turn is due, in milliseconds of `performance.now()`; null before the beginning. */
  private due: number | null = null;
  private readonly intervalMs: number;

  /** @param rate turns per second */
  constructor(rate: number) {
    this.intervalMs = 1000 / rate;
  }

  begin(): void {
    this.due = performance.now();
  }

  /** Resolves when it is this caller's turn. */
  async turn(): Promise<void> {
    const { due } = this;
    if (due === null) return;
    this.due = due + this.intervalMs;
    const early = due - performance.now();
    if (early > 0) await pause(early);
  }

  /** How much the last turns that were due are late, in milliseconds. */
  get behindMs(): number {
    return this.due === null ? 0 : Math.max(0, performance.now() - this.due);
  }
}
