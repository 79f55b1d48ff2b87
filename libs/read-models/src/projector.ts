// Keeps one partition of one build up with the log, under a lease: it catches up alone, then goes along with the others
// (`Convoy`) until something is to be done with its build alone, or fails.
import type { SubscriptionBatch } from '#event-store/event-store.js';
import { DomainError } from '#kernel/errors.js';
import { BuildLost, BuildWriter, type PoisonRule, type ProjectionPorts } from './build-writer.js';
import type { Convoy, Rider } from './convoy.js';
import { Inbox } from './inbox.js';
import { breathe, later, type Pace } from './pace.js';
import { patiently, pause, Stopped, type Patience } from './patience.js';
import type { Build, Checkpoint, DocumentKey } from './read-store.js';

export interface ProjectorOptions {
  /** Who holds the lease. In embedded mode always the same, so that a restart need not wait for its own lease to run out. */
  readonly owner: string;
  readonly pace: Pace;
  /** Default 30 s. */
  readonly leaseMs?: number;
  /** The most events of a batch, in catching up; live batches are as small as what was appended. Default 2,000. */
  readonly batchSize?: number;
  /** Asked with each batch. */
  readonly poisonRule: () => PoisonRule;
  /** After each batch. */
  readonly onApplied?: (checkpoint: Checkpoint, caughtUp: boolean) => void;
  /** Something failed and is tried again; `attempt` counts from 1. */
  readonly onTrouble?: (error: unknown, attempt: number) => void;
}

/** `stopped` on demand; `lost`: another owner has the build, or had it meanwhile. */
export type ProjectorEnd = 'stopped' | 'lost';

export interface RetryResult {
  readonly restored: boolean;
  readonly error: string | null;
}

type Message =
  | { readonly kind: 'batch'; readonly result: IteratorResult<SubscriptionBatch> }
  | { readonly kind: 'broken'; readonly error: unknown }
  | { readonly kind: 'job'; readonly run: (writer: BuildWriter | null) => Promise<void> }
  | { readonly kind: 'renew' }
  | { readonly kind: 'stop' };

export class Projector {
  readonly #inbox = new Inbox<Message>();
  readonly #stopping = new AbortController();
  readonly #patience: Patience;
  #ended = false;

  constructor(
    readonly build: Build,
    private readonly ports: ProjectionPorts,
    private readonly convoy: Convoy,
    private readonly options: ProjectorOptions,
  ) {
    const { pace, onTrouble } = options;
    const hopeless = (error: unknown) =>
      error instanceof BuildLost || (error instanceof DomainError && error.code === 'read.build-stopped');
    this.#patience = { pace, onTrouble, hopeless, signal: this.#stopping.signal };
  }

  /**
   * Waits for the lease, then works until it is stopped or has lost the build. Errors of stores are
   * tried again for ever, nothing is skipped. Runs once.
   * @throws `read.build-stopped` where poison stops the build.
   */
  async run(): Promise<ProjectorEnd> {
    try {
      const epoch = await this.#takeLease();
      try {
        const writer = await this.#patiently(() => BuildWriter.open(this.build, epoch, this.ports));
        await this.#work(writer, epoch);
      } finally {
        // Nobody waits for a lease that runs out by itself.
        await this.ports.reads.release(this.build, this.options.owner).catch(() => undefined);
      }
    } catch (error) {
      if (error instanceof Stopped) return 'stopped';
      if (error instanceof BuildLost) return 'lost';
      throw error;
    } finally {
      await this.#end();
    }
    return 'stopped';
  }

  /** Finishes the batch under way; `run` then gives the lease back and returns. */
  stop(): void {
    this.#stopping.abort();
    this.#inbox.push({ kind: 'stop' });
  }

  /** Runs a piece of work between two batches; the build stands still meanwhile. @throws Error where the build is not run here. */
  exclusively<T>(work: (writer: BuildWriter) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = async (writer: BuildWriter | null): Promise<void> => {
        if (writer) return work(writer).then(resolve, reject);
        reject(new Error(`build ${this.build.number} of "${this.build.view.name}" is not run here`));
      };
      if (this.#ended) void run(null);
      else this.#inbox.push({ kind: 'job', run });
    });
  }

  /** Folds a document that was set aside from the log again, and ends its quarantine if that works now. */
  async retryQuarantined(document: DocumentKey): Promise<RetryResult> {
    const result = await this.exclusively((writer) => writer.retry(document, this.options.pace.now()));
    if (!result) throw new Error(`the projector of "${this.build.view.name}" has lost its build`);
    return result;
  }

  async #work(writer: BuildWriter, epoch: number): Promise<void> {
    const rider = this.#rider(writer);
    let alone = this.#subscribe(writer);
    let failures = 0;
    this.#renewLater();
    try {
      for (;;) {
        const message = await this.#inbox.take();
        if (this.#stopping.signal.aborted) return;
        if (message.kind === 'renew') await this.#renew(epoch);
        else if (message.kind === 'job') {
          const rode = await this.convoy.leave(rider);
          await message.run(writer);
          if (rode) alone = this.#subscribe(writer);
        } else if (message.kind === 'batch' && !message.result.done) {
          failures = 0;
          const { caughtUp } = message.result.value;
          await this.#apply(writer, message.result.value);
          if (!caughtUp) this.#next(alone);
          else {
            await alone.return?.();
            await this.convoy.join(rider);
          }
        } else if (message.kind !== 'stop') {
          await pause(
            this.#patience,
            message.kind === 'broken' ? message.error : new Error('the subscription ended'),
            ++failures,
          );
          alone = this.#subscribe(writer);
        }
      }
    } finally {
      // The signal ends a subscription that waits; one that left its loop must not keep anything open.
      this.#stopping.abort();
      await this.convoy.leave(rider);
      await alone.return?.().catch(() => undefined);
    }
  }

  #rider(writer: BuildWriter): Rider {
    const { poisonRule, onApplied } = this.options;
    return {
      writer,
      poisonRule,
      moved: (caughtUp) => onApplied?.(writer.checkpoint, caughtUp),
      left: (error) => this.#inbox.push({ kind: 'broken', error }),
    };
  }

  async #apply(writer: BuildWriter, { events, position, caughtUp }: SubscriptionBatch): Promise<void> {
    const { pace, poisonRule, onApplied } = this.options;
    if (!(await this.#patiently(() => writer.advance(events, position, pace.now(), poisonRule())))) throw new BuildLost();
    onApplied?.(writer.checkpoint, caughtUp);
    await breathe();
  }

  #subscribe(writer: BuildWriter): AsyncIterator<SubscriptionBatch> {
    const { categories } = this.build.view;
    const options = {
      categories,
      after: writer.checkpoint.position,
      batchSize: this.options.batchSize ?? 2000,
      signal: this.#stopping.signal,
    };
    const batches = this.ports.events.subscribe(options)[Symbol.asyncIterator]();
    this.#next(batches);
    return batches;
  }

  #next(batches: AsyncIterator<SubscriptionBatch>): void {
    batches.next().then(
      (result) => this.#inbox.push({ kind: 'batch', result }),
      (error: unknown) => this.#inbox.push({ kind: 'broken', error }),
    );
  }

  get #leaseMs(): number {
    return this.options.leaseMs ?? 30_000;
  }

  #acquire(): Promise<number | null> {
    const now = this.options.pace.now();
    return this.ports.reads.acquire(this.build, this.options.owner, now, later(now, this.#leaseMs));
  }

  async #takeLease(): Promise<number> {
    for (;;) {
      const epoch = await this.#patiently(() => this.#acquire());
      if (epoch !== null) return epoch;
      await this.#refuseJobs();
      await this.options.pace.sleep(this.#leaseMs / 3, this.#stopping.signal);
      if (this.#stopping.signal.aborted) throw new Stopped();
    }
  }

  async #renew(epoch: number): Promise<void> {
    if ((await this.#patiently(() => this.#acquire())) !== epoch) throw new BuildLost();
    this.#renewLater();
  }

  #renewLater(): void {
    void this.options.pace.sleep(this.#leaseMs / 3, this.#stopping.signal).then(() => this.#inbox.push({ kind: 'renew' }));
  }

  #patiently<T>(work: () => Promise<T>): Promise<T> {
    return patiently(this.#patience, work);
  }

  async #end(): Promise<void> {
    this.#ended = true;
    await this.#refuseJobs();
  }

  async #refuseJobs(): Promise<void> {
    for (const message of this.#inbox.drain()) if (message.kind === 'job') await message.run(null);
  }
}
