// Views that follow the log together are handed the same stored events (`LogTail`): each event is decoded for the first
// view that asks, not again for every other.
import type { RecordedEvent } from '#kernel/context.js';
import type { StoredEvent } from './event-store.js';

type Decode = (events: readonly StoredEvent[]) => Promise<readonly RecordedEvent[]>;

/** More at a time is catching up, where each view reads for itself and nothing is shared. */
const MOST = 1_000;

/** Decodes as `decode` does. Nothing that failed is remembered. */
export function decodeOnce(decode: Decode): Decode {
  const known = new Map<StoredEvent, RecordedEvent>();
  let before: Promise<unknown> = Promise.resolve();

  const decodeFresh = async (events: readonly StoredEvent[]): Promise<readonly RecordedEvent[]> => {
    const fresh = events.filter((event) => !known.has(event));
    if (known.size + fresh.length > MOST * 2) {
      known.clear();
      return decodeFresh(events);
    }
    for (const [i, recorded] of (await decode(fresh)).entries()) known.set(fresh[i]!, recorded);
    return events.map((event) => known.get(event)!);
  };

  return (events) => {
    if (events.length === 0 || events.length > MOST) return decode(events);
    // One after the other: the second finds what the first has decoded.
    const mine = before.then(() => decodeFresh(events));
    before = mine.catch(() => undefined);
    return mine;
  };
}
