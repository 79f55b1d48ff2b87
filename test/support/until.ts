import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until the answer is yes. @throws Error after `ms`. */
export async function until(holds: () => Promise<boolean>, ms = 20_000): Promise<void> {
  for (const deadline = performance.now() + ms; !(await holds()); await pause(10)) {
    if (performance.now() > deadline) throw new Error(`still not so after ${ms} ms: ${holds.toString()}`);
  }
}
