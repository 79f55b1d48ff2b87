// The events of a tenant in the order of the log, page by page. Pull and push are made of these pages.
import { START, type Position } from '#event-store/event-store.js';
import type { Journal, JournalPage } from '#read-models/journal.js';
import type { Conditions } from '#read-models/read-store.js';
import type { CloudEvent, CloudEvents } from './cloud-event.js';

/** Which events somebody asks for. */
export interface FeedQuestion {
  readonly tenant: string;
  /** Only those of these organizations; none at all where the list is empty. */
  readonly organizations?: readonly string[];
  /** And what somebody did himself, in these organizations or, where none are named, anywhere. */
  readonly actor?: { readonly id: string; readonly organizations?: readonly string[] | undefined } | undefined;
  /** Only these; none at all where the list is empty. */
  readonly types?: readonly string[];
  /** Whether sealed fields are shown. */
  readonly personal: boolean;
}

export interface FeedPage {
  readonly events: readonly CloudEvent[];
  /** Everything up to here was seen, also what the question leaves out. Never before the position that was asked from. */
  readonly next: Position;
  /** There is more to read at once. */
  readonly more: boolean;
  /** The position that the index had reached. */
  readonly asOf: Position;
}

/** A list of conditions per organization; one without any where all of them are meant. */
function within(organizations: readonly string[] | undefined): Conditions[] {
  return organizations ? organizations.map((id) => ({ organization: { equal: id } })) : [{}];
}

function doneBy(actor: FeedQuestion['actor']): Conditions[] {
  return actor ? within(actor.organizations).map((one) => ({ ...one, actor: { equal: actor.id } })) : [];
}

export class Feed {
  constructor(
    private readonly journal: Journal,
    private readonly cloudEvents: CloudEvents,
  ) {}

  /** The events after a position; `limit` from 1 to 1,000. Nothing later than what the index has. */
  async page(question: FeedQuestion, after: Position, limit: number): Promise<FeedPage> {
    const found = await this.find(question, after, limit);
    const asOf = found.reduce((least, page) => (page.asOf < least ? page.asOf : least), found[0]!.asOf);
    const among = found.flatMap((page) => page.entries).filter(({ position }) => position <= asOf);
    // What somebody did himself in an organization of his is found twice.
    const entries = [...new Map(among.map((entry) => [entry.position, entry])).values()].sort((a, b) =>
      a.position < b.position ? -1 : 1,
    );
    const taken = entries.slice(0, limit);
    const more = entries.length > limit || found.some((page) => page.more && page.entries.at(-1)!.position <= asOf);
    const events = await this.journal.read(taken);
    const next = more ? taken.at(-1)!.position : asOf > after ? asOf : after;
    return { events: events.map((event) => this.cloudEvents.of(event, question.personal)), next, more, asOf };
  }

  /** One ordered list per organization, actor and type: an index serves each of them, however rare the type is. */
  private async find(question: FeedQuestion, after: Position, limit: number): Promise<JournalPage[]> {
    const { tenant, types } = question;
    const place = after === START ? {} : { after: { values: [], key: after } };
    const of = [...within(question.organizations), ...doneBy(question.actor)];
    const lists = types ? of.flatMap((one) => [...new Set(types)].map((type) => ({ ...one, type: { equal: type } }))) : of;
    if (lists.length === 0) return [{ entries: [], more: false, asOf: await this.journal.asOf() }];
    return Promise.all(lists.map((all) => this.journal.find(tenant, { all, limit, ...place })));
  }
}
