// Whether the keys of an installation open what its log holds.
import { Codec, sealedFields } from '#event-store/codec.js';
import { START, type EventReader, type Position, type StoredEvent } from '#event-store/event-store.js';
import type { Keyring } from '#event-store/keyring.js';
import { events as eventTable } from '#catalogue/events.js';
import { parseStreamName } from '#kernel/ids.js';

const PAGE = 1_000;
const MAX_NAMED = 100;

export interface SealReport {
  /** Events with sealed fields that were looked at. */
  readonly sealed: number;
  /** Whose fields nobody can open, because their key is not there: `<tenant>/<subject>`, at most 100. */
  readonly withoutKey: readonly string[];
  /** Tenants for whose reservations there is no key of hashes. */
  readonly withoutHashKey: readonly string[];
  /** Where fields stand that their key does not open, at most 100. */
  readonly unreadable: readonly Position[];
}

/**
 * Opens every sealed field of the log, or of its last events. Makes no key. A key that is not there is one that
 * was lost, unless its person was erased.
 *
 * @param last look at so many of the newest events only
 * @param onEvents told how many positions were passed, and of how many
 */
export async function checkSealed(
  log: EventReader,
  keyring: Keyring,
  { last, onEvents = () => undefined }: { last?: number; onEvents?: (done: number, total: number) => void } = {},
): Promise<SealReport> {
  const check = new SealCheck(keyring);
  if (last !== undefined) {
    await check.look((await log.readLog({ direction: 'backward', limit: last })).events);
    return check.report();
  }
  const head = await log.head();
  for (let after = START; after < head;) {
    const page = await log.readLog({ after, limit: PAGE });
    await check.look(page.events);
    after = page.position;
    onEvents(Number(after), Number(head));
  }
  return check.report();
}

class SealCheck {
  private readonly codec: Codec;
  private readonly hashed = new Map<string, boolean>();
  private readonly withoutKey = new Set<string>();
  private readonly unreadable: Position[] = [];
  private sealed = 0;

  constructor(private readonly keyring: Keyring) {
    this.codec = new Codec(eventTable, keyring);
  }

  report(): SealReport {
    const withoutHashKey = [...this.hashed].filter(([, there]) => !there).map(([tenant]) => tenant);
    const { sealed, unreadable } = this;
    return { sealed, withoutKey: [...this.withoutKey], withoutHashKey, unreadable };
  }

  async look(events: readonly StoredEvent[]): Promise<void> {
    for (const event of events) {
      const { category, tenant } = parseStreamName(event.stream);
      if (category === 'unique' && !this.hashed.has(tenant)) this.hashed.set(tenant, await this.canHash(tenant));
      const fields = sealedFields(event);
      if (fields.length > 0) await this.open(event, fields);
    }
  }

  private async canHash(tenant: string): Promise<boolean> {
    return (await this.keyring.findHash(tenant, '', '').catch(() => null)) !== null;
  }

  private async open(event: StoredEvent, fields: ReturnType<typeof sealedFields>): Promise<void> {
    this.sealed += 1;
    try {
      // Sealed fields are opened when somebody looks at them.
      JSON.stringify(await this.codec.decode([event]));
      const stored = JSON.parse(event.data) as Record<string, unknown>;
      const { tenant } = parseStreamName(event.stream);
      for (const [field, subjectField] of fields) {
        const subject = String(stored[subjectField]);
        if (typeof stored[field] !== 'string' || (await this.keyring.findSubjectKey(tenant, subject))) continue;
        if (await this.keyring.isDestroyed(tenant, subject)) continue;
        if (this.withoutKey.size < MAX_NAMED) this.withoutKey.add(`${tenant}/${subject}`);
      }
    } catch {
      // Whatever went wrong (another key, altered bytes): nobody can read it.
      if (this.unreadable.length < MAX_NAMED) this.unreadable.push(event.position);
    }
  }
}
