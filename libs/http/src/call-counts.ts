// How often something was done within a minute, by key, in memory.

interface Window {
  count: number;
  readonly endsAt: number;
}

/**
 * Each key has windows of its own, which begin with its first call. A key takes 150 bytes and no timer: with a million
 * licenses some 100,000 keys count at the same time, for which a library that keeps a timer for each takes 80 MiB.
 */
export class CallCounts {
  /** Windows that began in this turn of `ms`, and in the one before: whatever is older has ended. */
  private current = new Map<string, Window>();
  private before = new Map<string, Window>();
  private turnsAt = 0;

  /** @param ms how long a window lasts */
  constructor(private readonly ms: number) {}

  /** Counts one call at `now`; answers the calls in its window, and in how many milliseconds that ends. */
  add(key: string, now: number): { readonly count: number; readonly endsIn: number } {
    this.turn(now);
    let window = this.current.get(key) ?? this.before.get(key);
    if (!window || window.endsAt <= now) {
      window = { count: 0, endsAt: now + this.ms };
      this.current.set(key, window);
    }
    window.count += 1;
    return { count: window.count, endsIn: window.endsAt - now };
  }

  private turn(now: number): void {
    if (now < this.turnsAt) return;
    this.before = now < this.turnsAt + this.ms ? this.current : new Map<string, Window>();
    this.current = new Map<string, Window>();
    this.turnsAt = now + this.ms;
  }
}
