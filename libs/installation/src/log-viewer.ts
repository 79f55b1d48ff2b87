// Reads the log for the operator, beside a server that serves or on the files alone. Changes nothing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Codec } from '#event-store/codec.js';
import { START, type LogFilter, type Position, type StoredEvent } from '#event-store/event-store.js';
import { EVENTS_FILE } from '#event-store/sqlite.events-file.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { positionOf, posOf } from '#event-store/sqlite.rows.js';
import { Keyring } from '#event-store/keyring.js';
import type { JsonObject } from '#kernel/json.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { KEYS_FILE } from './files.js';
import { openingMasterKey } from './master-key.js';
import { operatorErrors } from './operator.errors.js';
import { coveredEvent, revealedEvent, type ShownEvent } from './shown-event.js';

export interface Selection {
  readonly tenant?: string;
  readonly types?: readonly string[];
}

const PAGE = 1_000;
const POSITION = /^\d{1,20}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A position as people write it: leading zeros may be missing. @throws `events.bad-position` */
export function positionFrom(text: string): Position {
  if (!POSITION.test(text))
    operatorErrors.refuse('events.bad-position', `"${text}" is not a position: a whole number, such as 42.`);
  return text.padStart(20, '0');
}

export class LogViewer {
  private constructor(
    private readonly log: ReturnType<typeof SqliteEventStore.openReader>,
    private readonly opened: { readonly keys: SqliteRecordStore; readonly codec: Codec } | null,
  ) {}

  /**
   * @param reveal shows personal and secret fields too
   * @throws `backup.nothing-there` where there is no log, `events.no-keys` where nothing can be revealed.
   */
  static async open(folder: string, reveal: boolean, masterKey?: Uint8Array): Promise<LogViewer> {
    if (!existsSync(join(folder, EVENTS_FILE))) {
      operatorErrors.refuse('backup.nothing-there', `There is no log in ${folder}; is it the right folder?`);
    }
    const opened = reveal ? await openKeys(folder, masterKey) : null;
    return new LogViewer(SqliteEventStore.openReader(folder), opened);
  }

  /** One event. @param which its position or its id @throws `events.not-found`, `events.bad-position` */
  async find(which: string): Promise<ShownEvent> {
    const event = UUID.test(which) ? await this.log.readEvent(which) : await this.at(positionFrom(which));
    if (!event) return operatorErrors.refuse('events.not-found', `There is no event ${which} in this log.`);
    return this.show(event);
  }

  /** The newest ones that are selected, oldest first, and the position up to which the log was seen. */
  async newest(count: number, selection: Selection): Promise<{ events: ShownEvent[]; head: Position }> {
    const head = await this.log.head();
    const found: StoredEvent[] = [];
    let before: Position | undefined = positionOf(posOf(head) + 1);
    while (before !== undefined && found.length < count) {
      const page = await this.log.readLog({ ...filterOf(selection), direction: 'backward', before, limit: PAGE });
      found.push(...page.events.filter(chosenBy(selection)));
      before = page.end ? undefined : page.position;
    }
    const events: ShownEvent[] = [];
    for (const event of found.slice(0, count).reverse()) events.push(await this.show(event));
    return { events, head };
  }

  /** From a position (inclusive) to another one (inclusive), page by page. @param onPage told how far the log is read */
  async *range(
    { from, to, ...selection }: Selection & { readonly from?: Position; readonly to: Position },
    onPage: (position: Position) => void,
  ): AsyncGenerator<ShownEvent> {
    for (let after = from === undefined ? START : positionBefore(from); after < to;) {
      const page = await this.log.readLog({ ...filterOf(selection), after, limit: PAGE });
      for (const event of page.events) if (event.position <= to && chosenBy(selection)(event)) yield this.show(event);
      after = page.position;
      onPage(after < to ? after : to);
    }
  }

  /** What is appended from then on, until the signal. */
  async *follow(after: Position, selection: Selection, signal: AbortSignal): AsyncGenerator<ShownEvent> {
    for await (const { events } of this.log.subscribe({ ...filterOf(selection), after, signal })) {
      for (const event of events) if (chosenBy(selection)(event)) yield this.show(event);
    }
  }

  head(): Promise<Position> {
    return this.log.head();
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.opened?.keys.close();
  }

  private async at(position: Position): Promise<StoredEvent | undefined> {
    if (position === START) return undefined;
    const { events } = await this.log.readLog({ after: positionBefore(position), limit: 1 });
    return events[0]?.position === position ? events[0] : undefined;
  }

  private async show(event: StoredEvent): Promise<ShownEvent> {
    if (!this.opened) return coveredEvent(event);
    const [decoded] = await this.opened.codec.decode([event]);
    return revealedEvent(event, decoded!.data as JsonObject);
  }
}

/** Knows no type, so that payloads stay as they are stored; sealed fields are opened all the same. */
async function openKeys(folder: string, masterKey?: Uint8Array): Promise<{ keys: SqliteRecordStore; codec: Codec }> {
  if (!existsSync(join(folder, KEYS_FILE))) operatorErrors.refuse('events.no-keys');
  const keys = SqliteRecordStore.open(join(folder, KEYS_FILE), { durable: true, readonly: true });
  const key = await openingMasterKey(folder, keys, masterKey);
  if (key) return { keys, codec: new Codec({}, new Keyring(keys, key)) };
  await keys.close();
  return operatorErrors.refuse('events.no-keys', `The master key does not open ${join(folder, KEYS_FILE)}.`);
}

function filterOf({ tenant }: Selection): LogFilter {
  return tenant === undefined ? {} : { tenant };
}

function chosenBy({ types }: Selection): (event: StoredEvent) => boolean {
  return ({ type }) => types === undefined || types.includes(type);
}

function positionBefore(position: Position): Position {
  return positionOf(Math.max(0, posOf(position) - 1));
}
