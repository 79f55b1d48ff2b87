// A reactor turns events into work with effects beyond the log: a mail, a webhook, a command of another
// context. Declared as pure functions; `reactor-run.ts` does the work at least once.
import type { RecordedEvent } from '#kernel/context.js';
import type { DataOf, EventTable } from '#kernel/events.js';
import type { Json } from '#kernel/json.js';

/** What an event asks for: nothing, one piece of work, or several that succeed and fail each by itself. */
export type Reaction<Work extends Json, Data = never> = (event: RecordedEvent<string, Data>) => Work | readonly Work[] | null;

export interface Reactor<Work extends Json = Json> {
  /** Lower-case letters, digits and hyphens; the name of its queue and of its checkpoint, for ever. */
  readonly name: string;
  /** One sentence for the generated reference. */
  readonly about: string;
  readonly categories: readonly string[];
  /**
   * Which events it reacts to when it runs for the first time: all that there are (default), or those
   * that happen from then on, for one that is added to a system with a history.
   */
  readonly from?: 'start' | 'now';
  /** Pure: the same event always gives the same work, in the same order. */
  readonly on: Readonly<Record<string, Reaction<Work>>>;
}

/** Declares a reactor to the events of several tables. */
export function reactorOf<Work extends Json>() {
  return <E extends EventTable>(
    _events: E,
    definition: Omit<Reactor<Work>, 'on'> & { readonly on: { readonly [K in keyof E & string]?: Reaction<Work, DataOf<E, K>> } },
  ): Reactor<Work> => {
    if (!/^[a-z][a-z0-9-]*$/.test(definition.name)) throw new Error(`"${definition.name}" is not a name for a reactor`);
    return definition as unknown as Reactor<Work>;
  };
}

/** The pieces of work that an event asks for. */
export function reactionsTo<Work extends Json>(reactor: Reactor<Work>, event: RecordedEvent): readonly Work[] {
  const work = reactor.on[event.type]?.(event as never) ?? null;
  return work === null ? [] : Array.isArray(work) ? (work as readonly Work[]) : [work as Work];
}

/** What is kept of a piece of work: where its event stands. Its content stays in the log, sealed as it is there. */
export type WorkReference = {
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  /** Which of the pieces that the event asks for. */
  readonly item: number;
};

/** Does the work. It must bear being called again under the same key: the key names it for ever. */
export type Effect<Work extends Json> = (work: Work, about: EffectContext) => Promise<void>;

export interface EffectContext {
  /** The event's id, with the number of the piece after the first: what an idempotency key or a command id derives from. */
  readonly key: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly event: RecordedEvent;
}

export function workKey(eventId: string, item: number): string {
  return item === 0 ? eventId : `${eventId}:${item}`;
}
