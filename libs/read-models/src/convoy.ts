// Builds that have caught up go on together: what is new in the log is read and decoded once for all of them, each is handed
// what it folds, and those that it does not concern move their checkpoints together.
import { START, type Position, type StoredEvent, type SubscriptionBatch } from '#event-store/event-store.js';
import type { RecordedEvent } from '#kernel/context.js';
import { BuildLost, BuildWriter, type PoisonRule, type ProjectionPorts } from './build-writer.js';
import { breathe, type Pace } from './pace.js';

/** One partition of one build, as its projector hands it over. */
export interface Rider {
  readonly writer: BuildWriter;
  readonly poisonRule: () => PoisonRule;
  /** Its checkpoint has moved. */
  readonly moved: (caughtUp: boolean) => void;
  /** It is taken along no more. What is wrong it meets again alone, where it is tried again; the others go on. */
  readonly left: (error: unknown) => void;
}

/** What a batch holds for a rider. */
interface Share {
  readonly rider: Rider;
  readonly events: readonly StoredEvent[];
}

/** All wait for the slowest of a batch: who has more to do at a time is not caught up. */
const BATCH = 500;

export class Convoy {
  readonly #riders = new Set<Rider>();
  /** Up to which the batches have been handed out. */
  #position: Position = START;
  #reading: { readonly stop: AbortController; readonly end: Promise<void> } | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly ports: ProjectionPorts,
    private readonly pace: Pick<Pace, 'now'>,
  ) {}

  /** Takes a build along that has caught up. What was handed out meanwhile it folds first. */
  join(rider: Rider): Promise<void> {
    return this.#inTurn(async () => {
      const { writer, poisonRule } = rider;
      this.#reading ??= this.#readFrom(writer.checkpoint.position);
      this.#riders.add(rider);
      if (writer.checkpoint.position >= this.#position) return;
      const gap = () => writer.advanceTo(this.#position, () => this.pace.now(), poisonRule());
      if (await this.#takes(rider, gap)) rider.moved(true);
    });
  }

  /** Once it has answered, nothing here moves the build. Answers whether it was taken along until then. */
  async leave(rider: Rider): Promise<boolean> {
    const reading = this.#reading;
    const rode = await this.#inTurn(async () => this.#remove(rider));
    if (this.#riders.size === 0) await reading?.end;
    return rode;
  }

  #remove(rider: Rider): boolean {
    const rode = this.#riders.delete(rider);
    if (this.#riders.size === 0) {
      this.#reading?.stop.abort();
      this.#reading = undefined;
    }
    return rode;
  }

  #readFrom(after: Position) {
    this.#position = after;
    const stop = new AbortController();
    return { stop, end: this.#read(after, stop.signal) };
  }

  async #read(after: Position, signal: AbortSignal): Promise<void> {
    let reason: unknown = new Error('the subscription ended');
    try {
      for await (const batch of this.ports.events.subscribe({ after, batchSize: BATCH, signal })) {
        await this.#inTurn(async () => signal.aborted || this.#handOut(batch));
        await breathe();
      }
    } catch (error) {
      reason = error;
    }
    await this.#inTurn(async () => {
      if (!signal.aborted) for (const rider of this.#riders) this.#dismiss(rider, reason);
    });
  }

  async #handOut({ events, position, caughtUp }: SubscriptionBatch): Promise<void> {
    const behind = [...this.#riders].filter(({ writer }) => writer.checkpoint.position < position);
    const shares = behind.map((rider) => ({ rider, events: events.filter((event) => rider.writer.wants(event)) }));
    const busy = shares.filter((share) => share.events.length > 0);
    const idle = shares.filter((share) => share.events.length === 0).map(({ rider }) => rider);
    const decoded = this.#decoded(busy);
    const passed = BuildWriter.passTogether(
      idle.map(({ writer }) => writer),
      position,
    );
    const now = this.pace.now();
    await Promise.all([
      ...idle.map((rider, i) => this.#takes(rider, async () => (await passed)[i]!)),
      ...busy.map(({ rider, events: own }) =>
        this.#takes(rider, async () => rider.writer.fold(await decoded(own), position, now, rider.poisonRule())),
      ),
    ]);
    this.#position = position;
    for (const rider of behind) if (this.#riders.has(rider)) rider.moved(caughtUp);
  }

  /** Each event once, whoever wants it. */
  #decoded(shares: readonly Share[]): (events: readonly StoredEvent[]) => Promise<readonly RecordedEvent[]> {
    const wanted = [...new Set(shares.flatMap(({ events }) => events))];
    const known = this.ports.decode(wanted).then((all) => new Map(all.map((event, i) => [wanted[i]!, event])));
    return async (events) => {
      const found = await known;
      return events.map((event) => found.get(event)!);
    };
  }

  /** Runs a step of a rider. Where it fails, or the build is another's by now, the rider is dismissed. */
  async #takes(rider: Rider, step: () => Promise<boolean>): Promise<boolean> {
    try {
      if (await step()) return true;
      this.#dismiss(rider, new BuildLost());
    } catch (error) {
      this.#dismiss(rider, error);
    }
    return false;
  }

  #dismiss(rider: Rider, error: unknown): void {
    if (this.#remove(rider)) rider.left(error);
  }

  /** Steps, arrivals and departures: one after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(work);
    this.#turn = next.catch(() => undefined);
    return next;
  }
}
