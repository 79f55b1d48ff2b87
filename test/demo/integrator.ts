import { readFeed, type FeedReader } from '../support/feed-reader.js';
import type { Scene } from './scene.js';
import { same, type Telling } from './telling.js';

const SIGHT_MS = 5_000;

/** Another system that keeps itself up to date by the feed of events. */
export async function tellIntegrator(scene: Scene, telling: Telling): Promise<void> {
  telling.chapter('An integrator follows the events');
  let pulled: string[] = [];
  await telling.step('a token that may follow the events, and nothing else', async () => {
    const grants = [{ permission: 'event.read', scope: 'tenant' }];
    const token = await scene.staff.done('/v1/tokens', { name: 'Warehouse', grants });
    scene.feedToken = token.secret;
    return { id: token.id, grants };
  });
  await telling.step('a page of CloudEvents, in the order in which things happened', async () => {
    const { data, next, asOf } = await scene.integrator.read('/v1/events?limit=1000');
    same([data[0].type, next], ['io.keyledger.TenantCreated', asOf]);
    pulled = data.map((event: unknown) => JSON.stringify(event));
    return { events: pulled.length, next };
  });
  await telling.step('names of devices and persons are left out for who may not see them', async () => {
    const [seen] = (await scene.integrator.read('/v1/events?type=KeyActivated&limit=1')).data;
    const [whole] = (await scene.staff.read('/v1/events?type=KeyActivated&limit=1')).data;
    same(['deviceName' in seen.data, 'deviceName' in whole.data], [false, true]);
    return { type: seen.type, data: seen.data };
  });
  await telling.step('the stream gives the same bytes, then what happens while it is open', async () => {
    const reader = await open(scene);
    await within(reader, () => reader.events.length >= pulled.length);
    same(reader.events.slice(0, pulled.length), pulled);
    await scene.staff.done(`/v1/licenses/${scene.licenseId}/suspend`, { reason: 'A chargeback.' });
    await scene.staff.done(`/v1/licenses/${scene.licenseId}/resume`, { reason: 'Settled.' });
    await within(reader, () => reader.events.length >= pulled.length + 2);
    reader.leave();
    scene.lastEventId = reader.lastId!;
    return reader.events.slice(-2).map((event) => (JSON.parse(event) as { type: string }).type);
  });
}

/** After the restart: what the integrator missed, and nothing else. */
export async function tellCatchUp(scene: Scene, telling: Telling): Promise<void> {
  await telling.step('the integrator comes back with its last id and gets what it missed, once', async () => {
    await scene.staff.done(`/v1/licenses/${scene.licenseId}/suspend`, { reason: 'Once more.' });
    const reader = await open(scene, scene.lastEventId);
    await within(reader, () => reader.events.length > 0);
    reader.leave();
    const types = reader.events.map((event) => (JSON.parse(event) as { type: string }).type);
    same(types, ['io.keyledger.LicenseSuspended']);
    return types;
  });
}

function open({ server, feedToken }: Scene, lastId?: string): Promise<FeedReader> {
  const place: Record<string, string> = lastId === undefined ? {} : { 'last-event-id': lastId };
  return readFeed(server.url, { authorization: `Bearer ${feedToken}`, ...place });
}

/** @throws Error where it is not seen in time. */
async function within(reader: FeedReader, holds: () => boolean): Promise<void> {
  const timer = setTimeout(() => reader.leave(), SIGHT_MS);
  await reader.until(holds).finally(() => clearTimeout(timer));
}
