// Claims due work of a reactor and does it: completed, tried again later, or parked.
import type { RecordedEvent } from '#kernel/context.js';
import type { Json } from '#kernel/json.js';
import type { ClaimedWork } from '#records/record-store.js';
import { backoff, breathe, later } from './pace.js';
import { patiently, type Patience } from './patience.js';
import type { ReactorPorts } from './reactor-feeder.js';
import { reactionsTo, type Effect, type Reactor, type WorkReference } from './reactor.js';

export interface WorkOptions {
  /** After so many attempts the work is parked. Default 10. */
  readonly maxAttempts?: number;
  /** Before the second attempt; doubled each time. Default 1 s. */
  readonly firstRetryMs?: number;
  /** Default 1 h. */
  readonly longestRetryMs?: number;
  /** How long an effect may take before another worker takes the work over. Default 60 s. */
  readonly claimMs?: number;
  /** A piece of work was given up until somebody asks for it again. */
  readonly onParked?: (key: string, error: string) => void;
}

type Claimed = ClaimedWork<WorkReference>;

/** How often due work is looked for where nothing was scheduled meanwhile. */
const LOOK_MS = 1000;

export class ReactorWorker<Work extends Json> {
  #sleep = new AbortController();
  #nudged = false;

  constructor(
    private readonly reactor: Reactor<Work>,
    private readonly effect: Effect<Work>,
    private readonly ports: ReactorPorts,
    private readonly options: WorkOptions & { readonly patience: Patience; readonly passed: (position: string) => Promise<void> },
  ) {}

  /** One piece after the other, until the signal; the effect under way is finished. @throws Stopped. */
  async run(): Promise<void> {
    const { patience, passed } = this.options;
    while (!patience.signal.aborted) {
      const work = await patiently(patience, () => this.#claim());
      if (!work) {
        await this.#idle();
        continue;
      }
      await passed(work.value.position);
      if (!patience.signal.aborted) await this.#do(work);
      await breathe();
    }
  }

  /** There is something to do. */
  nudge(): void {
    this.#nudged = true;
    this.#sleep.abort();
  }

  async #idle(): Promise<void> {
    const { pace, signal } = this.options.patience;
    if (!this.#nudged) {
      this.#sleep = new AbortController();
      const wake = () => this.#sleep.abort();
      signal.addEventListener('abort', wake);
      await pace.sleep(LOOK_MS, this.#sleep.signal);
      signal.removeEventListener('abort', wake);
    }
    this.#nudged = false;
  }

  async #claim(): Promise<Claimed | undefined> {
    const now = this.options.patience.pace.now();
    const until = later(now, this.options.claimMs ?? 60_000);
    return (await this.ports.records.claim<WorkReference>(this.reactor.name, now, until, 1))[0];
  }

  async #do(work: Claimed): Promise<void> {
    let failure: string | null = null;
    try {
      const event = await this.#eventOf(work.value);
      const piece = reactionsTo(this.reactor, event)[work.value.item];
      if (piece !== undefined) await this.effect(piece, { key: work.key, attempt: work.attempt, event });
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    // What has been done is written down also while stopping; only trying again ends then.
    const { patience } = this.options;
    const once = { ...patience, signal: new AbortController().signal, hopeless: () => patience.signal.aborted };
    await patiently(once, () => this.#settle(work, failure));
  }

  async #eventOf({ stream, revision }: WorkReference): Promise<RecordedEvent> {
    const [event] = await this.ports.decode(await this.ports.events.readStream(stream, { from: revision, limit: 1 }));
    if (!event) throw new Error(`the event ${revision} of ${stream} is not in the log`);
    return event;
  }

  async #settle({ key, token, attempt }: Claimed, failure: string | null): Promise<void> {
    const { records } = this.ports;
    const { name } = this.reactor;
    const { maxAttempts = 10, firstRetryMs = 1000, longestRetryMs = 3_600_000, patience, onParked } = this.options;
    const { pace } = patience;
    if (failure === null) {
      await records.complete(name, key, token);
    } else if (attempt < maxAttempts) {
      await records.retryLater(
        name,
        key,
        token,
        later(pace.now(), backoff(pace, attempt, firstRetryMs, longestRetryMs)),
        failure,
      );
    } else if (await records.park(name, key, token, failure, pace.now())) {
      onParked?.(key, failure);
    }
  }
}
