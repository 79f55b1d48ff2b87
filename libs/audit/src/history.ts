// The life of one thing from its stream alone: each event with the document before and after it, folded by the
// reducers of the thing's own view, so that a history and a live answer never tell different stories.
import { setImmediate } from 'node:timers/promises';
import type { Codec } from '#event-store/codec.js';
import type { EventReader, Position, StoredEvent } from '#event-store/event-store.js';
import type { RecordedEvent } from '#kernel/context.js';
import type { EventTable } from '#kernel/events.js';
import { sealMarks, secretFields } from '#kernel/fields.js';
import { streamName } from '#kernel/ids.js';
import type { JsonObject } from '#kernel/json.js';
import type { AnyView } from '#read-models/view.js';

/** What has a history, with the view whose documents show its state. */
const SUBJECTS = {
  license: 'licenses',
  policy: 'policies',
  organization: 'organizations',
  contact: 'contacts',
} as const;
export type Subject = keyof typeof SUBJECTS;

export interface Step {
  readonly event: RecordedEvent<string, JsonObject>;
  /** What the event says has happened. */
  readonly about: string;
  /** Its data without the fields that are marked as secret. */
  readonly says: JsonObject;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

const PAGE = 100;
/** Of what serves the product itself: a keyed hash, bookkeeping, and what the streams of others make of a document. */
const INTERNAL: ReadonlySet<string> = new Set(['keyHash', 'endedUntil', 'revision', 'changedAt', 'links', 'groups']);
export const without = (data: JsonObject, names: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !names.has(name)));
const bare = (doc: JsonObject | null): JsonObject | null => doc && without(doc, INTERNAL);

export class History {
  private readonly views: ReadonlyMap<Subject, AnyView>;

  /** @throws Error where the view of a subject is missing. */
  constructor(
    private readonly log: EventReader,
    private readonly codec: Pick<Codec, 'decode'>,
    private readonly events: EventTable,
    views: readonly AnyView[],
  ) {
    const viewOf = (name: string): AnyView => {
      const found = views.find((view) => view.name === name);
      if (!found) throw new Error(`there is no view "${name}" to tell a history by`);
      return found;
    };
    this.views = new Map(Object.entries(SUBJECTS).map(([subject, name]) => [subject as Subject, viewOf(name)]));
  }

  /** Whose documents show its state. */
  viewOf(subject: Subject): AnyView {
    return this.views.get(subject)!;
  }

  /** Whether anything ever happened to it. */
  async exists(subject: Subject, tenant: string, id: string): Promise<boolean> {
    return (await this.log.readStream(streamName(subject, tenant, id), { limit: 1 })).length > 0;
  }

  /** Up to where the log goes now. */
  head(): Promise<Position> {
    return this.log.head();
  }

  /**
   * All steps of a life up to a position (inclusive), oldest first; none where there is no such thing. Without
   * `personal` it is told as if nothing personal had been said: neither events nor documents hold sealed fields.
   */
  async *steps(subject: Subject, tenant: string, id: string, until: Position, personal = true): AsyncGenerator<Step> {
    const stream = streamName(subject, tenant, id);
    const view = this.viewOf(subject);
    let doc: JsonObject | null = null;
    for (let from = 0; ; from += PAGE) {
      const page = await this.log.readStream(stream, { from, limit: PAGE });
      for (const told of (await this.codec.decode(page)) as RecordedEvent<string, JsonObject>[]) {
        if (told.position > until) return;
        const event = personal ? told : this.impersonal(told);
        const before = doc;
        const reducer = view.on[event.type];
        if (reducer) doc = reducer.evolve(doc, event as never, id) as JsonObject | null;
        const { about, data } = this.events[event.type]!;
        const left = personal ? secretFields(data) : new Set([...secretFields(data), ...sealMarks(data).keys()]);
        yield { event, about, says: without(event.data, left), before: bare(before), after: bare(doc) };
      }
      if (page.length < PAGE) return;
      await setImmediate(); // others have their turn: what is read and folded here waits for nothing
    }
  }

  private impersonal(event: RecordedEvent<string, JsonObject>): RecordedEvent<string, JsonObject> {
    const sealed = [...sealMarks(this.events[event.type]!.data).keys()].map((field) => [field, null]);
    return { ...event, data: { ...event.data, ...(Object.fromEntries(sealed) as JsonObject) } };
  }

  /**
   * From which revision on a stream has belonged to one of the organizations without a break until now, and whether
   * its thing was archived since; null where it does not belong to any of them. What it was with another one of them
   * before is not part of it: it came to this one anew.
   */
  async heldBy(
    subject: Subject,
    tenant: string,
    id: string,
    organizations: readonly string[],
  ): Promise<{ readonly since: number; readonly archived: boolean } | null> {
    const held: StoredEvent[] = [];
    let holder: string | undefined;
    const stream = streamName(subject, tenant, id);
    for (let from: number | undefined; ; from = held.at(-1)!.revision - 1) {
      const page = await this.log.readStream(stream, { direction: 'backward', limit: PAGE, ...(from !== undefined && { from }) });
      holder ??= page[0]?.metadata['organization'];
      if (holder === undefined || !organizations.includes(holder)) return null;
      const other = page.findIndex(({ metadata }) => metadata['organization'] !== holder);
      held.push(...(other < 0 ? page : page.slice(0, other)));
      if (other >= 0 || page.length < PAGE || held.at(-1)!.revision === 0) break;
    }
    const oldest = held.at(-1);
    return oldest ? { since: oldest.revision, archived: held.some(({ type }) => type === 'LicenseArchived') } : null;
  }
}
