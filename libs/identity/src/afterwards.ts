// Work that is done once the answer is on its way: what takes longer for somebody who exists than for somebody who
// does not must not be waited for by whoever asks.
export class Afterwards {
  private readonly running = new Set<Promise<void>>();

  /** @param onTrouble is told of work that failed; nobody else is there to be told */
  constructor(private readonly onTrouble: (error: unknown) => void) {}

  /** Begins the work in a later turn of the event loop, and returns at once. */
  do(work: () => Promise<unknown>): void {
    const done = new Promise<void>((resolve) => setImmediate(resolve)).then(work).then(() => undefined, this.onTrouble);
    this.running.add(done);
    void done.finally(() => this.running.delete(done));
  }

  /** Waits until nothing is under way; before the stores close. */
  async drained(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }
}
