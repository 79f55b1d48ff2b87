// What every adapter checks before an append leaves it: limits, and mistakes of the caller.
import { MAX_APPEND_BYTES, MAX_EVENT_BYTES, storeErrors, type NewEvent, type StreamWrite } from './event-store.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** `<category>-<tenant>~<id>` (DESIGN §6). Printable ASCII: the same bytes and the same order in every store. */
const STREAM = /^[a-z][A-Za-z0-9]*-[a-z0-9-]+~[!-~]+$/;
const MAX_NAME = 200;

/**
 * Checks an append and answers its size in bytes: UTF-8 of payloads and of metadata as JSON.
 *
 * @throws `store.append-too-large`
 * @throws Error for what only a mistake in the caller's code can produce.
 */
export function checkAppend(writes: readonly StreamWrite[]): number {
  if (writes.length === 0) throw new Error('an append needs at least one stream');
  const streams = new Set<string>();
  const ids = new Set<string>();
  let total = 0;
  for (const { stream, expected, events } of writes) {
    if (stream.length > MAX_NAME || !STREAM.test(stream)) throw new Error(`not a name of a stream: ${stream}`);
    if (streams.has(stream)) throw new Error(`${stream} stands twice in one append`);
    if (events.length === 0) throw new Error(`${stream}: a write needs at least one event`);
    if (typeof expected === 'number' && !(Number.isSafeInteger(expected) && expected >= 0)) {
      throw new Error(`${stream}: ${expected} is not a revision`);
    }
    streams.add(stream);
    for (const event of events) {
      if (ids.has(event.eventId)) throw new Error(`event id ${event.eventId} stands twice in one append`);
      ids.add(event.eventId);
      total += checkEvent(stream, event);
    }
  }
  if (total > MAX_APPEND_BYTES) {
    const detail = `the append has ${total} bytes; ${MAX_APPEND_BYTES} are allowed`;
    storeErrors.refuse('store.append-too-large', detail, { allowed: MAX_APPEND_BYTES, used: total });
  }
  return total;
}

function checkEvent(stream: string, event: NewEvent): number {
  if (!UUID.test(event.eventId)) throw new Error(`${stream}: ${event.eventId} is not a UUID in lower case`);
  if (event.type === '' || event.type.length > MAX_NAME) throw new Error(`${stream}: not a type: ${event.type}`);
  for (const [key, value] of Object.entries(event.metadata)) {
    if (typeof value !== 'string') throw new Error(`${stream}: metadata ${key} is not a string`);
    if (key.startsWith('$schema.')) throw new Error(`${stream}: metadata ${key} is the store's own`);
  }
  const bytes = Buffer.byteLength(event.data) + Buffer.byteLength(JSON.stringify(event.metadata));
  if (bytes > MAX_EVENT_BYTES) {
    const detail = `an event for ${stream} has ${bytes} bytes; ${MAX_EVENT_BYTES} are allowed`;
    storeErrors.refuse('store.append-too-large', detail, { allowed: MAX_EVENT_BYTES, used: bytes });
  }
  return bytes;
}
