// Trying until it works, for what must neither skip nor give up.
import { backoff, type Pace } from './pace.js';

/** Thrown where the work was stopped while it waited; whoever stopped it knows. */
export class Stopped extends Error {}

export interface Patience {
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** Something failed and is tried again; `attempt` counts from 1. */
  readonly onTrouble?: (error: unknown, attempt: number) => void;
  /** Errors that no repetition heals. */
  readonly hopeless?: (error: unknown) => boolean;
}

/** Tries for ever, with growing pauses up to 10 s. @throws Stopped where the signal was aborted; what is hopeless. */
export async function patiently<T>(patience: Patience, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    if (patience.signal.aborted) throw new Stopped();
    try {
      return await work();
    } catch (error) {
      if (error instanceof Stopped) throw error;
      await pause(patience, error, attempt);
    }
  }
}

/** Tells of a trouble and waits before the next try. @throws Stopped where the signal was aborted; what is hopeless. */
export async function pause({ pace, signal, onTrouble, hopeless }: Patience, error: unknown, attempt: number): Promise<void> {
  if (signal.aborted) throw new Stopped();
  if (hopeless?.(error)) throw error;
  onTrouble?.(error, attempt);
  await pace.sleep(backoff(pace, attempt, 100, 10_000), signal);
}
