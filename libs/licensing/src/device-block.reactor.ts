// A block everywhere reaches the licenses: they are found by their devices and told one after the other.
import type { Position } from '#event-store/event-store.js';
import type { CommandContext } from '#kernel/context.js';
import { DomainError } from '#kernel/errors.js';
import { commandIdOf } from '#kernel/ids.js';
import type { JsonObject } from '#kernel/json.js';
import type { ReadStore } from '#read-models/read-store.js';
import { reactorOf, type Effect, type EffectContext } from '#read-models/reactor.js';
import type { AnyView, View } from '#read-models/view.js';
import { activationView } from './activation.view.js';
import { blockedDeviceView } from './blocked-device.view.js';
import { deviceBlockEvents } from './device-block.events.js';
import { FOLLOWER, followUps, type FollowUp, type KnownOfDevice } from './device-block.follow.js';
import { deviceBlockView } from './device-block.view.js';

export type DeviceToFollow = { readonly device: string };

export const deviceBlockReactor = reactorOf<DeviceToFollow>()(deviceBlockEvents, {
  name: 'block-device-everywhere',
  about: 'Tells every license that a device uses that the device is blocked everywhere, or is not any more.',
  categories: ['deviceblock'],
  on: {
    DeviceBlockedEverywhere: ({ data }) => ({ device: data.fingerprint }),
    DeviceUnblockedEverywhere: ({ data }) => ({ device: data.fingerprint }),
  },
});

/** What the effect needs of the world. */
export interface FollowPorts {
  readonly reads: Pick<ReadStore, 'get' | 'find'>;
  /** Resolves once a view has reached a position; rejects where that takes too long. */
  readonly reached: (view: AnyView, position: Position) => Promise<unknown>;
  readonly head: () => Promise<Position>;
  readonly send: (followUp: FollowUp, ctx: CommandContext) => Promise<unknown>;
  readonly now: () => string;
}

const PAGE = 1000;
/** A license that is gone has nothing to keep the device from. */
const GONE = new Set(['license.archived', 'license.not-found']);

/** @throws Error where a license could not be told, after all others were; the work is then tried again. */
export function followDeviceBlocks(ports: FollowPorts): Effect<DeviceToFollow> {
  return async ({ device }, about) => {
    const known = await look(ports, about.event.meta.tenant, device);
    const failures: unknown[] = [];
    for (const followUp of followUps(known, ports.now())) {
      try {
        await ports.send(followUp, contextOf(followUp, about, ports.now()));
      } catch (error) {
        if (!(error instanceof DomainError && GONE.has(error.code))) failures.push(error);
      }
    }
    if (failures.length > 0)
      throw new Error(`${failures.length} licenses could not be told: ${String(failures[0])}`, { cause: failures[0] });
  };
}

/** How things stand at the head of the log: seats that were given before the block was known are seen too. */
async function look({ reads, reached, head }: FollowPorts, tenant: string, device: string): Promise<KnownOfDevice> {
  const position = await head();
  for (const view of [deviceBlockView, activationView, blockedDeviceView]) await reached(view, position);
  const of = <Doc extends JsonObject>(view: View<Doc>) => all(reads, view, tenant, device);
  return {
    device,
    block: (await reads.get(deviceBlockView, tenant, device))?.doc ?? null,
    seatedAt: (await of(activationView)).map(({ licenseId }) => licenseId),
    blockedAt: await of(blockedDeviceView),
  };
}

async function all<Doc extends JsonObject>(
  reads: Pick<ReadStore, 'find'>,
  view: View<Doc>,
  tenant: string,
  device: string,
): Promise<Doc[]> {
  const docs: Doc[] = [];
  for (let after: string | undefined; ;) {
    const found = await reads.find(view, tenant, {
      all: { fingerprint: { equal: device } },
      limit: PAGE,
      ...(after === undefined ? {} : { after: { values: [], key: after } }),
    });
    docs.push(...found.rows.map((row) => row.doc));
    if (!found.more) return docs;
    after = found.rows.at(-1)!.key;
  }
}

/** Each try is a command of its own: what it tells depends on how things stand by then. */
function contextOf({ licenseId }: FollowUp, { key, attempt, event }: EffectContext, now: string): CommandContext {
  const { tenant, correlationId, eventId } = event.meta;
  const commandId = commandIdOf(tenant, FOLLOWER, `${key}/${attempt}/${licenseId}`);
  return { tenant, actor: FOLLOWER, now, commandId, correlationId, causationId: eventId };
}
