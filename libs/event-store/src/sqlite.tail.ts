// The newest page of the log, read once for all subscriptions of a thread that follow it at its head: every reactor would
// otherwise read every commit.
import { parseStreamName } from '#kernel/ids.js';
import type { LogFilter, LogPage, Position, StoredEvent } from './event-store.js';
import type { LogReader } from './sqlite.reader.js';
import { posOf } from './sqlite.rows.js';

/** Who is further behind the head reads for himself, by the index of his filter. */
const NEAR = 1_000;

export interface TailRead extends LogFilter {
  readonly after: Position;
  readonly limit: number;
}

interface Held {
  readonly commits: number;
  readonly after: Position;
  readonly page: LogPage;
}

export class LogTail {
  #held: Held | undefined;

  constructor(private readonly log: LogReader) {}

  /** @param commits how many commits had been heard of; the page is read again after each */
  next(commits: number, read: TailRead): LogPage {
    const held = this.#reach(commits, read.after);
    if (!held) return this.log.log(read);
    const { events, position, end } = held.page;
    const wanted = events.filter((event) => event.position > read.after && isWanted(event, read));
    if (wanted.length <= read.limit) return { events: wanted, position, end };
    const first = wanted.slice(0, read.limit);
    return { events: first, position: first.at(-1)!.position, end: false };
  }

  #reach(commits: number, after: Position): Held | undefined {
    const held = this.#held;
    if (held?.commits === commits && held.after <= after && after <= held.page.position) return held;
    if (posOf(this.log.head()) - posOf(after) > NEAR) return undefined;
    return (this.#held = { commits, after, page: this.log.log({ after, limit: NEAR }) });
  }
}

function isWanted({ stream }: StoredEvent, { categories, tenant }: LogFilter): boolean {
  const name = parseStreamName(stream);
  return (categories?.includes(name.category) ?? true) && (tenant === undefined || name.tenant === tenant);
}
