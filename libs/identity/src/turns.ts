/** Lets some work at a time go on, and a bounded number of others wait for their turn, first come first served. */
export class Turns {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly atATime: number,
    private readonly mostWaiting: number,
    private readonly refuse: () => never,
  ) {}

  /** @throws what `refuse` throws where too many wait already */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.atATime) this.running++;
    else {
      if (this.waiting.length >= this.mostWaiting) this.refuse();
      // Whoever finishes hands his place on.
      await new Promise<void>((resume) => this.waiting.push(resume));
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
