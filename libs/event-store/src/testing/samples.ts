// Events and streams for tests of stores; a stream's name says nothing about who else uses the store.
import { randomUUID } from 'node:crypto';
import { newId, streamName } from '#kernel/ids.js';
import { START, type EventStore, type LogFilter, type NewEvent, type StoredEvent, type StreamWrite } from '../event-store.js';

let tenants = 0;

/** A tenant that no other case of this process uses, so that cases may share a store. */
export function freshTenant(): string {
  tenants += 1;
  return `t${process.pid}x${tenants}y`;
}

/** A new stream of a tenant. */
export function freshStream(tenant = freshTenant(), category = 'license'): string {
  return streamName(category, tenant, newId());
}

/** An event; `data` is canonical JSON already. */
export function sampleEvent(data = '{"n":1}', metadata: Record<string, string> = { tenant: 'acme' }): NewEvent {
  return { eventId: randomUUID(), type: 'SampleHappened', data, metadata };
}

export function sampleEvents(count: number): NewEvent[] {
  return Array.from({ length: count }, (_, n) => sampleEvent(`{"n":${n}}`));
}

export function write(stream: string, expected: StreamWrite['expected'], events: readonly NewEvent[] | number = 1): StreamWrite {
  return { stream, expected, events: typeof events === 'number' ? sampleEvents(events) : events };
}

/** The facts of the refusal that `promise` ends with; fails where it is none of that code. */
export async function refusalOf(promise: Promise<unknown>): Promise<{ code: unknown; facts: unknown }> {
  const error = await promise.then(
    () => new Error('nothing was refused'),
    (reason: Error & { code?: unknown; facts?: unknown }) => reason,
  );
  return 'code' in error ? { code: error.code, facts: error.facts } : Promise.reject(error);
}

/** Everything in the log after `after` that the filter lets through, by pages of `limit`. */
export async function readAll(
  store: Pick<EventStore, 'readLog'>,
  filter: LogFilter = {},
  limit = 500,
  after = START,
): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for (let position = after; ;) {
    const page = await store.readLog({ ...filter, after: position, limit });
    all.push(...page.events);
    if (page.end) return all;
    position = page.position;
  }
}
