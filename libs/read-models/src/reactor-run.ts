// Runs a reactor in one process at a time: feeds due work from the log and does it, at least once.
import type { Json } from '#kernel/json.js';
import { later, type Pace } from './pace.js';
import { patiently, Stopped, type Patience } from './patience.js';
import { ReactorFeeder, type ReactorPorts } from './reactor-feeder.js';
import { ReactorWorker, type WorkOptions } from './reactor-worker.js';
import type { Effect, Reactor } from './reactor.js';

export interface ReactorRunOptions extends WorkOptions {
  /** Who holds the lease; in embedded mode always the same. */
  readonly owner: string;
  readonly pace: Pace;
  /** Default 30 s. */
  readonly leaseMs?: number;
  /** How many pieces of work are done side by side. Default 1. */
  readonly lanes?: number;
  readonly onTrouble?: (error: unknown, attempt: number) => void;
}

export class ReactorRun<Work extends Json> {
  readonly #stopping = new AbortController();

  constructor(
    readonly reactor: Reactor<Work>,
    private readonly effect: Effect<Work>,
    private readonly ports: ReactorPorts,
    private readonly options: ReactorRunOptions,
  ) {}

  /** Works until {@link stop}; stands by while another process has the reactor. */
  async run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#underLease();
      } catch (error) {
        if (error instanceof Stopped) return;
        this.options.onTrouble?.(error, 1);
      }
    }
  }

  /** Finishes the effects under way. */
  stop(): void {
    this.#stopping.abort();
  }

  async #underLease(): Promise<void> {
    const { pace, owner, onTrouble, lanes = 1, leaseMs = 30_000 } = this.options;
    const outer: Patience = { pace, onTrouble, signal: this.#stopping.signal };
    const epoch = await patiently(outer, () => this.#acquire());
    if (epoch === null) return pace.sleep(leaseMs / 3, this.#stopping.signal);
    const lost = new AbortController();
    const patience = { ...outer, signal: AbortSignal.any([this.#stopping.signal, lost.signal]) };
    const feeder = new ReactorFeeder(this.reactor, this.ports, patience, () => workers.forEach((worker) => worker.nudge()));
    const passed = (position: string) => feeder.passed(position);
    const workers = Array.from(
      { length: lanes },
      () => new ReactorWorker(this.reactor, this.effect, this.ports, { ...this.options, patience, passed }),
    );
    const parts = [feeder.run(), this.#renew(epoch, patience), ...workers.map((worker) => worker.run())];
    // The first part to end ends the others; each finishes what it has under way.
    const ended = await Promise.allSettled(parts.map((part) => part.finally(() => lost.abort())));
    await this.ports.records.releaseLease(this.#lease, owner).catch(() => undefined);
    for (const end of ended) if (end.status === 'rejected' && !(end.reason instanceof Stopped)) onTrouble?.(end.reason, 1);
  }

  get #lease(): string {
    return `reactor:${this.reactor.name}`;
  }

  #acquire(): Promise<number | null> {
    const now = this.options.pace.now();
    return this.ports.records.acquireLease(this.#lease, this.options.owner, now, later(now, this.options.leaseMs ?? 30_000));
  }

  /** Returns once the lease is another's. */
  async #renew(epoch: number, patience: Patience): Promise<void> {
    while (!patience.signal.aborted) {
      await patience.pace.sleep((this.options.leaseMs ?? 30_000) / 3, patience.signal);
      if ((await patiently(patience, () => this.#acquire())) !== epoch) return;
    }
  }
}
