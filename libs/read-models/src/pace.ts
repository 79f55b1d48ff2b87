// How time passes for what waits and retries. Injected, so that tests wait for nothing.
import type { Clock } from '#kernel/clock.js';

export interface Pace extends Clock {
  /** Returns after `ms`, or as soon as the signal is aborted; it never throws. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to below 1; spreads retries. */
  random(): number;
}

/** Real time, with the instants of a clock. */
export function paceOf(clock: Clock): Pace {
  return { now: () => clock.now(), sleep, random: Math.random };
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}

/**
 * Lets the rest of the thread have its turn. An embedded store answers at once: a long catch-up would
 * otherwise keep timers and messages waiting until its end.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** How long to wait before try number `attempt` + 1: doubled each time up to `most`, between half and all of it. */
export function backoff(pace: Pace, attempt: number, first: number, most: number): number {
  const whole = Math.min(most, first * 2 ** Math.min(attempt - 1, 30));
  return Math.round(whole * (0.5 + pace.random() / 2));
}

/** An instant so many milliseconds later. */
export function later(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString();
}
