// Turns the events that a reactor reacts to into due work, and remembers up to where.
import { START, type Position, type StoredEvent } from '#event-store/event-store.js';
import type { Json } from '#kernel/json.js';
import type { RecordStore } from '#records/record-store.js';
import type { Decode, EventLog } from './build-writer.js';
import { breathe, later } from './pace.js';
import { patiently, type Patience } from './patience.js';
import { reactionsTo, workKey, type Reactor, type WorkReference } from './reactor.js';

export interface ReactorPorts {
  readonly events: EventLog & {
    readStream(stream: string, options: { from: number; limit: number }): Promise<readonly StoredEvent[]>;
  };
  readonly records: RecordStore;
  readonly decode: Decode;
}

/** The space of records in which reactors keep their checkpoints. */
const REACTOR_SPACE = 'reactor';

const BATCH = 500;
/** How long a checkpoint that no work depends on may stay unwritten: after a crash those events are looked at again. */
const IDLE_MS = 10_000;

/** Another process has moved the checkpoint. */
class CheckpointLost extends Error {}

export class ReactorFeeder<Work extends Json> {
  readonly #waiters = new Set<{ readonly position: Position; readonly resolve: () => void }>();
  #position: Position = '';
  #version = 0;
  #writtenAt = '';

  constructor(
    private readonly reactor: Reactor<Work>,
    private readonly ports: ReactorPorts,
    private readonly patience: Patience,
    private readonly onScheduled: () => void,
  ) {}

  /** Feeds until the signal. @throws Stopped, CheckpointLost. */
  async run(): Promise<void> {
    const { events } = this.ports;
    const { signal } = this.patience;
    const keep = { ...this.patience, hopeless: (error: unknown) => error instanceof CheckpointLost };
    await patiently(keep, () => this.#load());
    await patiently(keep, async () => {
      for await (const batch of events.subscribe({
        after: this.#position,
        categories: this.reactor.categories,
        batchSize: BATCH,
        signal,
      })) {
        await patiently(keep, () => this.#feed(batch.events, batch.position));
      }
      if (!signal.aborted) throw new Error('the subscription ended');
    });
  }

  async #load(): Promise<void> {
    const entry = await this.ports.records.get<{ position: Position }>(
      REACTOR_SPACE,
      this.reactor.name,
      this.patience.pace.now(),
    );
    this.#version = entry?.version ?? 0;
    this.#position = entry?.value.position ?? (this.reactor.from === 'now' ? await this.ports.events.head() : START);
    this.#writtenAt = this.patience.pace.now();
    if (!entry) await this.#write(this.#position);
  }

  /** Work first, then the checkpoint: what a crash leaves between the two is scheduled again under the same keys. */
  async #feed(stored: readonly StoredEvent[], position: Position): Promise<void> {
    const { records, decode } = this.ports;
    const now = this.patience.pace.now();
    let scheduled = 0;
    for (const event of await decode(stored.filter(({ type }) => this.reactor.on[type]))) {
      const { stream, revision, meta } = event;
      for (let item = 0; item < this.#count(event); item++) {
        const reference: WorkReference = { stream, revision, position: event.position, item };
        await records.schedule(this.reactor.name, workKey(meta.eventId, item), reference, now);
        scheduled++;
      }
    }
    if (scheduled > 0 || now >= later(this.#writtenAt, IDLE_MS)) await this.#write(position);
    this.#position = position;
    this.#wake();
    if (scheduled > 0) this.onScheduled();
    await breathe();
  }

  /** A reaction that throws counts as one piece: the worker meets the same error, tries again, and parks it. */
  #count(event: Parameters<typeof reactionsTo>[1]): number {
    try {
      return reactionsTo(this.reactor, event).length;
    } catch {
      return 1;
    }
  }

  async #write(position: Position): Promise<void> {
    const now = this.patience.pace.now();
    const version = await this.ports.records.put(REACTOR_SPACE, this.reactor.name, { position }, now, {
      expectedVersion: this.#version,
    });
    if (version === null) throw new CheckpointLost(`the reactor ${this.reactor.name} runs in another process too`);
    this.#version = version;
    this.#writtenAt = now;
  }

  #wake(): void {
    for (const waiter of this.#waiters) if (waiter.position <= this.#position) waiter.resolve();
  }

  /**
   * Resolves when the checkpoint is past a position, or at the signal. Work is begun only then: done
   * earlier, it would be forgotten, and scheduled once more by the feeding that a crash had cut short.
   */
  async passed(position: Position): Promise<void> {
    const { signal } = this.patience;
    if (position <= this.#position || signal.aborted) return;
    await new Promise<void>((done) => {
      const waiter = { position, resolve };
      function resolve() {
        signal.removeEventListener('abort', resolve);
        waiters.delete(waiter);
        done();
      }
      const waiters = this.#waiters;
      waiters.add(waiter);
      signal.addEventListener('abort', resolve);
    });
  }
}
