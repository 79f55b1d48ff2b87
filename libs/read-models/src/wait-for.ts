// Reading one's own writes: waits, for a bounded time, until a view has reached a position; and how far views lag.
import type { Position } from '#event-store/event-store.js';
import { DomainError } from '#kernel/errors.js';
import type { EventLog } from './build-writer.js';
import { later, type Pace } from './pace.js';
import type { Progress } from './projection.js';
import { readErrors, type ReadStore } from './read-store.js';
import type { AnyView } from './view.js';

export interface ViewLag {
  readonly view: string;
  /** Null where the view is not built yet. */
  readonly position: Position | null;
  /** The age of the oldest event that the view has not seen; 0 where it has seen all. */
  readonly seconds: number;
}

interface Waiter {
  readonly position: Position;
  readonly wake: () => void;
}

/** Between two looks at the store, where no notification comes (the projector runs in another process). */
const POLL_MS = 100;

export class Freshness {
  readonly #reached = new Map<string, { readonly build: number; readonly position: Position }>();
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(
    private readonly reads: ReadStore,
    private readonly events: Pick<EventLog, 'head' | 'readLog'>,
    private readonly pace: Pace,
  ) {}

  /** The projector's word that a view has reached a position; the documents are there already. */
  notify({ view, build, position }: Pick<Progress, 'view' | 'build' | 'position'>): void {
    const known = this.#reached.get(view);
    if (known && known.build === build && known.position >= position) return;
    this.#reached.set(view, { build, position });
    for (const waiter of this.#waiters.get(view) ?? []) if (waiter.position <= position) waiter.wake();
  }

  /**
   * Answers as of which position the view can be read, at least `position`; waits up to `waitMs` for it.
   * @throws `read.not-caught-up` with `{ asOf, position }`.
   */
  async waitFor(view: AnyView, position: Position, waitMs: number): Promise<Position> {
    const deadline = later(this.pace.now(), waitMs);
    for (;;) {
      const asOf = await this.#asOf(view, position);
      if (asOf >= position) return asOf;
      const left = Date.parse(deadline) - Date.parse(this.pace.now());
      if (left <= 0) throw readErrors.error('read.not-caught-up', undefined, { asOf, position });
      await this.#awoken(view, position, Math.min(left, POLL_MS));
    }
  }

  /** What was told, where that is enough; else what the store says. */
  async #asOf(view: AnyView, wanted: Position): Promise<Position> {
    const told = this.#reached.get(view.name)?.position;
    return told !== undefined && told >= wanted ? told : this.reads.asOf(view);
  }

  async #awoken(view: AnyView, position: Position, ms: number): Promise<void> {
    const waiters = this.#waiters.get(view.name) ?? new Set();
    this.#waiters.set(view.name, waiters);
    const timer = new AbortController();
    const waiter = { position, wake: () => timer.abort() };
    waiters.add(waiter);
    await this.pace.sleep(ms, timer.signal);
    waiters.delete(waiter);
  }

  /** How far each view is behind the log. */
  async lag(views: readonly AnyView[]): Promise<readonly ViewLag[]> {
    const head = await this.events.head();
    return Promise.all(views.map((view) => this.#lagOf(view, head)));
  }

  async #lagOf(view: AnyView, head: Position): Promise<ViewLag> {
    const position = await this.reads.asOf(view).catch((error: unknown) => {
      if (error instanceof DomainError && error.code === 'read.unavailable') return null;
      throw error;
    });
    if (position !== null && position >= head) return { view: view.name, position, seconds: 0 };
    const { events } = await this.events.readLog({ after: position ?? undefined, limit: 1 });
    const since = Date.parse(events[0]?.metadata['occurredAt'] ?? '');
    const seconds = Number.isNaN(since) ? 0 : Math.max(0, (Date.parse(this.pace.now()) - since) / 1000);
    return { view: view.name, position, seconds };
  }
}
