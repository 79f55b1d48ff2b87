// Which documents hold what was sealed for a subject: those that an event with a field of his touches.
import { sealedFields } from '#event-store/codec.js';
import type { Position, StoredEvent } from '#event-store/event-store.js';
import type { Decode, EventLog } from './build-writer.js';
import { idOf } from './fold-batch.js';
import { breathe } from './pace.js';
import type { DocumentKey } from './read-store.js';
import { holderOf, keysOf, type AnyView } from './view.js';

const LOG_PAGE = 2000;

/** By view; views without any are left out. Reads the log of the tenant once. */
export async function sealedDocuments(
  ports: { readonly events: EventLog; readonly decode: Decode },
  views: readonly AnyView[],
  tenant: string,
  subject: string,
): Promise<ReadonlyMap<AnyView, readonly DocumentKey[]>> {
  const found = new Map<AnyView, Map<string, DocumentKey>>();
  for (let after: Position | undefined; ;) {
    const page = await ports.events.readLog({ tenant, after, limit: LOG_PAGE });
    for (const event of await ports.decode(page.events.filter((stored) => isSealedFor(stored, subject)))) {
      for (const view of views) {
        if (!view.on[event.type]) continue;
        const keys = found.get(view) ?? new Map<string, DocumentKey>();
        found.set(view, keys);
        for (const key of keysOf(view, event)) {
          const document = { tenant: holderOf(view, event), key };
          keys.set(idOf(document), document);
        }
      }
    }
    if (page.end) return new Map([...found].map(([view, keys]) => [view, [...keys.values()]]));
    after = page.position;
    await breathe();
  }
}

function isSealedFor(stored: StoredEvent, subject: string): boolean {
  // Most events do not name him at all; only the others are parsed.
  if (!stored.data.includes(subject)) return false;
  const fields = sealedFields(stored);
  if (fields.length === 0) return false;
  const data = JSON.parse(stored.data) as Record<string, unknown>;
  return fields.some(([, subjectField]) => data[subjectField] === subject);
}
