// Runs all partitions of one build: again where a lease was lost, until it is stopped or poison stops it.
import type { Position } from '#event-store/event-store.js';
import { DomainError } from '#kernel/errors.js';
import type { BuildWriter, ProjectionPorts } from './build-writer.js';
import type { Convoy } from './convoy.js';
import { Projector, type ProjectorOptions, type RetryResult } from './projector.js';
import { partitionOf } from './partition.js';
import type { Build, Checkpoint, DocumentKey } from './read-store.js';

export interface BuildRunOptions extends Omit<ProjectorOptions, 'onApplied'> {
  /** After each batch; the checkpoint is the lowest over the partitions. */
  readonly onProgress: (run: BuildRun, checkpoint: Checkpoint) => void;
  /** Once, when all partitions have reached the head of the log. */
  readonly onCaughtUp: (run: BuildRun) => void;
  /** Poison has stopped the build. */
  readonly onStopped: (run: BuildRun, error: unknown) => void;
}

interface Waiter {
  readonly position: Position;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class BuildRun {
  readonly #projectors: Projector[] = [];
  readonly #checkpoints: (Checkpoint | undefined)[] = [];
  readonly #behind: Set<number>;
  readonly #waiters = new Set<Waiter>();
  readonly #loops: Promise<void>[];
  readonly #stopping = new AbortController();
  /** Why it runs no more, in a sentence; null while it runs. */
  failure: string | null = null;

  constructor(
    readonly build: Omit<Build, 'partition'>,
    private readonly ports: ProjectionPorts,
    private readonly convoy: Convoy,
    private readonly options: BuildRunOptions,
  ) {
    const partitions = Array.from({ length: build.partitions }, (_, partition) => partition);
    this.#behind = new Set(partitions);
    this.#loops = partitions.map((partition) => this.#loop(partition));
  }

  /** The lowest checkpoint over its partitions; undefined before all have moved. */
  get checkpoint(): Checkpoint | undefined {
    const all = this.#checkpoints.filter((each) => each !== undefined);
    return all.length === this.build.partitions ? all.reduce((a, b) => (b.position < a.position ? b : a)) : undefined;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const projector of this.#projectors) projector.stop();
    await Promise.all(this.#loops);
    this.#refuseWaiters('it was stopped');
  }

  /** Resolves when all partitions have reached a position. @throws Error where the build ends before. */
  reached(position: Position): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.add({ position, resolve, reject });
      if (this.#stopping.signal.aborted || this.failure) this.#refuseWaiters(this.failure ?? 'it was stopped');
      else this.#wake();
    });
  }

  /** Runs a piece of work while no partition moves. */
  standStill<T>(work: (writers: readonly BuildWriter[]) => Promise<T>): Promise<T> {
    const hold = (partition: number, writers: readonly BuildWriter[]): Promise<T> => {
      const projector = this.#projectors[partition];
      return projector ? projector.exclusively((writer) => hold(partition + 1, [...writers, writer])) : work(writers);
    };
    return hold(0, []);
  }

  /** Folds documents of a tenant again, while no partition moves. @throws Error where another process has the build by now. */
  refold(tenant: string, documents: readonly DocumentKey[]): Promise<void> {
    return this.standStill(async (writers) => {
      for (const writer of writers) {
        if (!(await writer.refold(tenant, documents, this.options.pace.now())))
          throw new Error(`the projector of "${this.build.view.name}" has lost its build`);
      }
    });
  }

  retryQuarantined(document: DocumentKey): Promise<RetryResult> {
    return this.#projectors[partitionOf(document.tenant, document.key, this.build.partitions)]!.retryQuarantined(document);
  }

  async #loop(partition: number): Promise<void> {
    const { pace } = this.options;
    while (!this.#stopping.signal.aborted) {
      const projector = new Projector({ ...this.build, partition }, this.ports, this.convoy, {
        ...this.options,
        onApplied: (checkpoint, caughtUp) => this.#applied(partition, checkpoint, caughtUp),
      });
      this.#projectors[partition] = projector;
      try {
        if ((await projector.run()) === 'stopped') return;
      } catch (error) {
        if (error instanceof DomainError && error.code === 'read.build-stopped') return this.#fail(error);
        this.options.onTrouble?.(error, 1);
      }
      await pace.sleep(1000, this.#stopping.signal);
    }
  }

  #fail(error: DomainError): void {
    this.failure = error.message;
    this.#refuseWaiters(this.failure);
    this.options.onStopped(this, error);
  }

  #applied(partition: number, checkpoint: Checkpoint, caughtUp: boolean): void {
    this.#checkpoints[partition] = checkpoint;
    const lowest = this.checkpoint;
    if (lowest) this.options.onProgress(this, lowest);
    this.#wake();
    if (caughtUp && this.#behind.delete(partition) && this.#behind.size === 0) this.options.onCaughtUp(this);
  }

  #wake(): void {
    const at = this.checkpoint?.position;
    for (const waiter of this.#waiters) {
      if (at === undefined || at < waiter.position) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  #refuseWaiters(reason: string): void {
    for (const waiter of this.#waiters)
      waiter.reject(new Error(`build ${this.build.number} of "${this.build.view.name}" did not get there: ${reason}`));
    this.#waiters.clear();
  }
}
