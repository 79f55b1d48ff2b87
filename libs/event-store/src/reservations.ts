// Turns the unique values that events claim and release into writes of reservation streams.
import type { UniqueValue } from '#kernel/events.js';
import { streamName } from '#kernel/ids.js';
import type { EventStore, ExpectedState } from './event-store.js';
import type { Keyring } from './keyring.js';
import { RESERVATION_CATEGORY } from './reservation.events.js';

export interface ReservationWrite {
  readonly stream: string;
  readonly kind: string;
  readonly expected: ExpectedState;
  readonly type: 'ValueReserved' | 'ValueReleased';
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
 * What must be written so that `holder` has the claimed values and no longer the released ones. A value
 * both released and claimed by the same decision stays as it is.
 * @throws ValueTaken where another stream holds a claimed value.
 */
export async function reservationWrites(
  store: EventStore,
  keyring: Keyring,
  tenant: string,
  holder: string,
  claims: readonly UniqueValue[],
  releases: readonly UniqueValue[],
): Promise<ReservationWrite[]> {
  const claimed = new Map<string, string>();
  for (const claim of claims) claimed.set(await reservationStream(keyring, tenant, claim), claim.kind);
  const released = new Map<string, string>();
  for (const release of releases) {
    const stream = await reservationStream(keyring, tenant, release);
    if (!claimed.has(stream)) released.set(stream, release.kind);
  }
  const writes: ReservationWrite[] = [];
  for (const [stream, kind] of claimed) {
    const last = await lastOf(store, stream);
    if (last?.reservedBy === holder) continue;
    if (last?.reservedBy) throw new ValueTaken(kind);
    writes.push({ stream, kind, expected: last ? last.revision : 'no-stream', type: 'ValueReserved' });
  }
  for (const [stream, kind] of released) {
    const last = await lastOf(store, stream);
    if (last?.reservedBy === holder) writes.push({ stream, kind, expected: last.revision, type: 'ValueReleased' });
  }
  return writes;
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
