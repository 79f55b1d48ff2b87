// A million licenses in minutes: each has an issue of its own, with its own key, sealed fields and reservation, appended
// many at a time. What the rule decides is the same for all of a policy, so it decides once for each shop.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { events } from '#catalogue/events.js';
import { Codec } from '#event-store/codec.js';
import type { CommandEvent, Executor } from '#event-store/execute.js';
import type { StreamWrite } from '#event-store/event-store.js';
import { Keyring } from '#event-store/keyring.js';
import { RESERVATION_CATEGORY } from '#event-store/reservation.events.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { KEYS_FILE } from '#installation/files.js';
import { masterKeyOf } from '#installation/master-key.js';
import { rootContext } from '#kernel/context.js';
import { newCommandId, newId, eventIdOf, streamName } from '#kernel/ids.js';
import { license } from '#licensing/license.js';
import { bytesNeeded, makeKey, maskKey, normalizeKey } from '#licensing/license-key.js';
import { termsSchema } from '#licensing/terms.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { SystemClock } from '#installation/system-clock.js';

/** Of one append: as many as its limit of 1 MiB holds safely. */
const PER_APPEND = 200;
/** Appends under way: the writer commits while the next ones are made. */
const UNDER_WAY = 4;

const { keyFormat } = termsSchema.parse({});

/** What one vendor sells to these organizations, with a license as its policy issues it. */
export interface Shop {
  readonly tenant: string;
  readonly organizations: readonly string[];
  readonly sample: CommandEvent;
}

export interface SeededLicense {
  readonly tenant: string;
  readonly key: string;
}

async function drawn(keyring: Keyring, tenant: string) {
  const key = makeKey(keyFormat, randomBytes(bytesNeeded(keyFormat)));
  return { key, keyHash: await keyring.hash(tenant, 'license-key', normalizeKey(key)!), maskedKey: maskKey(key) };
}

/** Issues one license by the rules of the product, as the sample for all others. */
export async function openShop(
  executor: Executor,
  keyring: Keyring,
  tenant: string,
  sold: { readonly productId: string; readonly policyId: string; readonly organizations: readonly string[] },
): Promise<Shop> {
  const { productId, policyId, organizations } = sold;
  const context = rootContext(tenant, 'operator', new SystemClock().now(), newCommandId());
  const owner = { organizationId: organizations[0]!, contactId: null };
  const data = { productId, policyId, ...owner, name: 'Seat', metadata: null, keyFormat, ...(await drawn(keyring, tenant)) };
  const issued = await executor.execute(license, newId(), 'issue', data, context);
  return { tenant, organizations, sample: issued.events[0]! };
}

/** Issues `count` licenses, those of the shops in turn. Nobody else has the folder open. */
export async function issueMany(
  folder: string,
  shops: readonly Shop[],
  count: number,
  each: (issued: SeededLicense, done: number) => void,
): Promise<void> {
  const keys = SqliteRecordStore.open(join(folder, KEYS_FILE), { durable: true });
  const keyring = new Keyring(keys, masterKeyOf(folder));
  const codec = new Codec(events, keyring);
  const log = await SqliteEventStore.open(folder);
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < count) {
      const numbers = Array.from({ length: Math.min(PER_APPEND, count - next) }, () => next++);
      const made = [];
      for (const n of numbers) made.push(await issue(codec, keyring, shops[n % shops.length]!, n));
      await log.append(made.flatMap(({ writes }) => writes));
      for (const { issued } of made) each(issued, ++done);
    }
  };
  await Promise.all(Array.from({ length: UNDER_WAY }, worker));
  await Promise.all([log.close(), keys.close()]);
}

async function issue(codec: Codec, keyring: Keyring, { tenant, organizations, sample }: Shop, n: number) {
  const licenseId = newId();
  const organization = organizations[n % organizations.length]!;
  const { key, keyHash, maskedKey } = await drawn(keyring, tenant);
  const commandId = newCommandId();
  const meta = { ...sample.meta, commandId, correlationId: commandId, causationId: commandId };
  const data = { ...(sample.data as object), licenseId, key, keyHash, maskedKey, name: `Seat ${n}` };
  const owned = { ...data, organizationId: organization, holder: organization };
  const stream = streamName(license.category, tenant, licenseId);
  const reserved = { ...meta, type: 'ValueReserved', eventId: eventIdOf(commandId, 1), organization: undefined };
  const name = `license-key.${await keyring.hash(tenant, 'unique:license-key', keyHash)}`;
  const writes: StreamWrite[] = [
    {
      stream: streamName(RESERVATION_CATEGORY, tenant, name),
      expected: 'no-stream',
      events: [await codec.encode(reserved, { kind: 'license-key', holder: stream })],
    },
    {
      stream,
      expected: 'no-stream',
      events: [await codec.encode({ ...meta, organization, eventId: eventIdOf(commandId, 0) }, owned)],
    },
  ];
  return { writes, issued: { tenant, key } };
}
