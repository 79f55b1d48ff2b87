// The lamps behind the real room, over real stores in a temporary folder, listening on a free port.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { commandHandlers } from '#event-store/aggregate-command.js';
import { Codec } from '#event-store/codec.js';
import { commandErrors } from '#event-store/command-errors.js';
import { EventStore, storeErrors } from '#event-store/event-store.js';
import { Executor } from '#event-store/execute.js';
import { Keyring } from '#event-store/keyring.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { Clock } from '#kernel/clock.js';
import type { Grant } from '#kernel/permissions.js';
import { BuildWriter } from '#read-models/build-writer.js';
import { Pasts } from '#read-models/past.js';
import { ReadStore, readErrors } from '#read-models/read-store.js';
import { SqliteReadStore } from '#read-models/sqlite.read-store.js';
import type { AnyView } from '#read-models/view.js';
import { Freshness } from '#read-models/wait-for.js';
import { RecordStore } from '#records/record-store.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { Authenticator, Authenticators, type Credential } from '../authenticator.js';
import { createHttpApp, type CreatedApp } from '../bootstrap.js';
import { RightsViews } from '../effective.js';
import { httpErrors } from '../http-errors.js';
import type { HttpOptions } from '../http-options.js';
import { createLog } from '../log.js';
import type { Person, Principal } from '../principal.js';
import { LampController, lamp, lampErrors, lampEvents, lampView, ServerController } from './lamps.js';
import { rawRequest, type RawAnswer, type RawRequest } from './raw-request.js';

const NOW = '2026-06-01T12:00:00.000Z';
export const LICENSE_ID = '01j00000000000000000000007';
export const ORGANIZATION = '01j00000000000000000000009';

const all = (...permissions: Grant['permission'][]): Grant[] =>
  permissions.map((permission) => ({ permission, scope: 'tenant' }));
const STAFF = all('license.issue', 'license.manage', 'license.read');
const token = (id: string, tenant: string, grants: Grant[], organization?: string): Principal => {
  return { kind: 'token', id, actor: `token:${id}`, tenant, grants, organization };
};

const TOKENS: Readonly<Record<string, Principal>> = {
  'acme-token': token('t1', 'acme', STAFF),
  'acme-other-token': token('t2', 'acme', STAFF),
  'acme-reader': token('t3', 'acme', all('license.read')),
  'acme-customer': token('t4', 'acme', STAFF, ORGANIZATION),
  'globex-token': token('t5', 'globex', STAFF),
};
/** Of a signed-in user of acme who may do what its token may. */
const user = (id: string, more: Partial<Person> = {}): Principal => ({
  ...{ kind: 'user', id, actor: `user:${id}`, tenant: 'acme', grants: STAFF },
  person: {
    ...{
      contactId: id,
      kind: 'staff',
      sessionId: 's',
      authenticatedAt: NOW,
      factors: ['password'],
      groups: [],
      organizations: [],
    },
    rights: STAFF.map((grant) => ({ ...grant, organizationId: null, via: 'role:administrator' })),
    ...more,
  },
});

const SESSIONS: Readonly<Record<string, Principal>> = {
  'acme-session': user('u1'),
  'acme-due-session': user('u2', { due: 'password' }),
};
const KEY_OWNER: Principal = {
  kind: 'license',
  id: LICENSE_ID,
  actor: `license:${LICENSE_ID}`,
  tenant: 'acme',
  grants: all('license.manage'),
};

/** Knows a few secrets; the contexts bring the real ones. */
class KnownSecrets extends Authenticator {
  async authenticate({ scheme, secret }: Credential, tenantHint: string | null): Promise<Principal | null> {
    if (scheme === 'license') return secret === 'KL-SECRET-KEY' && tenantHint === 'acme' ? KEY_OWNER : null;
    if (scheme === 'session') return tenantHint === 'acme' ? (SESSIONS[secret] ?? null) : null;
    if (secret === 'expired-token') return httpErrors.refuse('auth.expired');
    if (secret === 'revoked-token') return httpErrors.refuse('auth.revoked');
    return TOKENS[secret] ?? null;
  }
}

export class TestClock extends Clock {
  instant = NOW;

  now(): string {
    return this.instant;
  }
}

export interface LampApp extends CreatedApp {
  readonly port: number;
  readonly clock: TestClock;
  readonly records: RecordStore;
  readonly events: EventStore;
  /** The lines of the log so far. */
  readonly logged: string[];
  /** Whether waiting readers get a projector. */
  projecting: boolean;
  /** Brings the view up to the log's head. */
  project(): Promise<void>;
  send(request: RawRequest & { readonly as?: string }): Promise<RawAnswer>;
  close(): Promise<void>;
}

export async function lampApp(settings: Partial<HttpOptions> = {}): Promise<LampApp> {
  const folder = mkdtempSync(join(tmpdir(), 'lamps-'));
  const events = await SqliteEventStore.open(folder, { durable: false });
  const records = SqliteRecordStore.open(join(folder, 'records.db'), { durable: false });
  const reads = SqliteReadStore.open(folder);
  const keyring = new Keyring(records, randomBytes(32));
  const codec = new Codec(lampEvents, keyring);
  const clock = new TestClock();
  const logged: string[] = [];
  const project = await projector(events, reads, codec);
  const freshness = {
    waitFor: async (view: AnyView, position: string) => {
      if (lamps.projecting) await project();
      const asOf = await reads.asOf(view);
      return asOf >= position ? asOf : readErrors.refuse('read.not-caught-up', undefined, { asOf, position });
    },
  };
  const provided = [
    { provide: Clock, useValue: clock },
    { provide: Authenticators, useValue: new Authenticators([new KnownSecrets()]) },
    { provide: EventStore, useValue: events },
    { provide: RecordStore, useValue: records },
    { provide: Keyring, useValue: keyring },
    { provide: ReadStore, useValue: reads },
    { provide: Freshness, useValue: freshness },
    { provide: RightsViews, useValue: new RightsViews([]) },
    { provide: Pasts, useValue: null }, // no lamp is asked for its past
    { provide: Executor, useValue: new Executor(events, codec, keyring, lampErrors.table) },
  ];
  const errors = { ...lampErrors.table, ...commandErrors.table, ...storeErrors.table, ...readErrors.table };
  const log = createLog('info', { write: (line: string) => void logged.push(line) });
  const made = await createHttpApp(moduleOf(provided), { errors, ...settings }, log);
  await made.app.listen(0, '127.0.0.1');
  const { port } = made.app.getHttpServer().address() as AddressInfo;
  const lamps: LampApp = {
    ...made,
    port,
    clock,
    records,
    events,
    logged,
    projecting: true,
    project,
    send: ({ as, headers, ...request }) =>
      rawRequest(port, { ...request, headers: { ...(as ? { authorization: `Bearer ${as}` } : {}), ...headers } }),
    async close() {
      await made.app.close();
      await Promise.all([events.close(), records.close(), reads.close()]);
      rmSync(folder, { recursive: true });
    },
  };
  return lamps;
}

function moduleOf(provided: { provide: unknown; useValue: unknown }[]) {
  @Global()
  @Module({
    imports: [CqrsModule.forRoot()],
    controllers: [LampController, ServerController],
    providers: [...(provided as []), ...commandHandlers([lamp])],
    exports: [...provided.map(({ provide }) => provide as never), CqrsModule],
  })
  class LampModule {}
  return LampModule;
}

async function projector(events: EventStore, reads: ReadStore, codec: Codec): Promise<() => Promise<void>> {
  await reads.prepare(lampView);
  const [state] = await reads.builds();
  const build = { view: lampView as AnyView, number: state!.number, partition: 0, partitions: state!.partitions };
  const epoch = (await reads.acquire(build, 'test', NOW, '2099-01-01T00:00:00.000Z'))!;
  const ports = { events, reads, decode: (stored: Parameters<Codec['decode']>[0]) => codec.decode(stored) };
  const writer = await BuildWriter.open(build, epoch, ports);
  return async () => void (await writer.advanceTo(await events.head(), () => NOW, 'stop'));
}
