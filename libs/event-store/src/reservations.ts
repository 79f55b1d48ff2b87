// Turns the unique values that events claim and release into writes of reservation streams.
import type { UniqueValue } from '#kernel/events.js';
import { streamName } from '#kernel/ids.js';
import type { EventStore, ExpectedState } from './event-store.js';
import type { Keyring } from './keyring.js';
import { RESERVATION_CATEGORY } from './reservation.events.js';

/** The values that one decision takes and gives back for a stream. */
export interface HolderChange {
  readonly holder: string;
  readonly claims: readonly UniqueValue[];
  readonly releases: readonly UniqueValue[];
}

export interface ReservationWrite {
  readonly stream: string;
  readonly kind: string;
  readonly expected: ExpectedState;
  /** The events of the stream, each with the number of the change that it is made for. */
  readonly steps: { readonly type: 'ValueReserved' | 'ValueReleased'; readonly change: number }[];
}

/** Another stream holds the value. */
export class ValueTaken extends Error {
  constructor(readonly kind: string) {
    super(`${kind} is taken`);
  }
}

/** The stream of a value; the value itself stands nowhere in the log in plain. */
async function reservationStream(keyring: Keyring, tenant: string, { kind, value }: UniqueValue): Promise<string> {
  const hash = await keyring.hash(tenant, `unique:${kind}`, value);
  return streamName(RESERVATION_CATEGORY, tenant, `${kind}.${hash}`);
}

/**
 * What must be written so that after each change, in their order, its holder has the claimed values and no longer the
 * released ones: a value that an earlier change gives back is there for a later one. A value both released and claimed
 * by the same change stays as it is.
 * @throws ValueTaken where another stream holds a claimed value.
 */
export async function reservationWrites(
  store: EventStore,
  keyring: Keyring,
  tenant: string,
  changes: readonly HolderChange[],
): Promise<ReservationWrite[]> {
  const values = new Map<string, ReservationWrite & { heldBy: string | null }>();
  const valueOf = async (stream: string, kind: string) => {
    const known = values.get(stream);
    if (known) return known;
    const last = await lastOf(store, stream);
    const value = {
      stream,
      kind,
      expected: last?.revision ?? ('no-stream' as const),
      steps: [],
      heldBy: last?.reservedBy ?? null,
    };
    values.set(stream, value);
    return value;
  };
  for (const [change, { holder, claims, releases }] of changes.entries()) {
    const claimed = new Set<string>();
    for (const claim of claims) {
      const value = await valueOf(await reservationStream(keyring, tenant, claim), claim.kind);
      claimed.add(value.stream);
      if (value.heldBy === holder) continue;
      if (value.heldBy !== null) throw new ValueTaken(claim.kind);
      value.heldBy = holder;
      value.steps.push({ type: 'ValueReserved', change });
    }
    for (const release of releases) {
      const value = await valueOf(await reservationStream(keyring, tenant, release), release.kind);
      if (claimed.has(value.stream) || value.heldBy !== holder) continue;
      value.heldBy = null;
      value.steps.push({ type: 'ValueReleased', change });
    }
  }
  return [...values.values()].filter(({ steps }) => steps.length > 0);
}

/** The stream that holds a value now; null where none does. */
export async function holderOf(store: EventStore, keyring: Keyring, tenant: string, value: UniqueValue): Promise<string | null> {
  return (await lastOf(store, await reservationStream(keyring, tenant, value)))?.reservedBy ?? null;
}

async function lastOf(store: EventStore, stream: string): Promise<{ revision: number; reservedBy: string | null } | null> {
  const [last] = await store.readStream(stream, { direction: 'backward', limit: 1 });
  if (!last) return null;
  const { holder } = JSON.parse(last.data) as { holder: string };
  return { revision: last.revision, reservedBy: last.type === 'ValueReserved' ? holder : null };
}
