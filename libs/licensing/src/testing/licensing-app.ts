// The doors of the context over real stores in a temporary folder, on a free port, with a vendor and its customers.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { aggregates } from '#catalogue/aggregates.js';
import { errors } from '#catalogue/errors.js';
import { events as allEvents } from '#catalogue/events.js';
import { views } from '#catalogue/views.js';
import { commandHandlers } from '#event-store/aggregate-command.js';
import { Codec } from '#event-store/codec.js';
import { EventStore, type Position } from '#event-store/event-store.js';
import { Executor } from '#event-store/execute.js';
import { Keyring } from '#event-store/keyring.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { Authenticator, Authenticators, type Credential } from '#http/authenticator.js';
import { createHttpApp } from '#http/bootstrap.js';
import { RightsViews } from '#http/effective.js';
import { createLog } from '#http/log.js';
import type { Principal } from '#http/principal.js';
import { rawRequest, type RawAnswer } from '#http/testing/raw-request.js';
import { secretOf, toldBy, type Somebody } from '#http/testing/signed-in.js';
import { Clock } from '#kernel/clock.js';
import { BUILT_IN_ROLES, type Grant } from '#kernel/permissions.js';
import { testContext } from '#kernel/testing/given.js';
import { contact } from '#organizations/contact.js';
import { organization } from '#organizations/organization.js';
import { instantsView } from '#catalogue/instants.js';
import { BuildWriter } from '#read-models/build-writer.js';
import { Instants } from '#read-models/instants.js';
import { Pasts } from '#read-models/past.js';
import { ReadStore } from '#read-models/read-store.js';
import { SqliteReadStore } from '#read-models/sqlite.read-store.js';
import { Freshness } from '#read-models/wait-for.js';
import { RecordStore } from '#records/record-store.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { LicenseKeyAuthenticator } from '../license-key-authenticator.js';
import { LicensingModule } from '../licensing.module.js';

const token = (id: string, tenant: string, grants: readonly Grant[], bound?: string): Principal => {
  return { kind: 'token', id, actor: `token:${id}`, tenant, grants, organization: bound };
};

export class TestClock extends Clock {
  instant = testContext.now;

  now(): string {
    return this.instant;
  }
}

export type Who = 'vendor' | 'support' | 'globex' | 'initech' | 'activator' | 'stranger';

export interface LicensingApp {
  readonly clock: TestClock;
  readonly executor: Executor;
  readonly reads: ReadStore;
  /** Brings all views up to the head of the log, and answers it. */
  caughtUp(): Promise<Position>;
  readonly ids: { readonly product: string; readonly globex: string; readonly initech: string; readonly ada: string };
  /** Asks as somebody with a token, with a license key, or signed in; what was written before is seen. */
  ask(
    who: Who | { readonly key: string } | { readonly person: Somebody },
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<RawAnswer>;
  /** A new policy with these terms. */
  policy(terms: object): Promise<string>;
  /** Issues a license to globex. */
  issue(policyId: string, more?: object): Promise<{ id: string; key: string }>;
  close(): Promise<void>;
}

/** Tokens by the name of who holds them. */
class KnownTokens extends Authenticator {
  constructor(private readonly known: Readonly<Record<string, Principal>>) {
    super();
  }

  async authenticate({ scheme, secret }: Credential): Promise<Principal | null> {
    return scheme === 'bearer' ? (this.known[secret] ?? toldBy(secret)) : null;
  }
}

function principals(globex: string, initech: string): Record<Who, Principal> {
  const { administrator, support, 'organization-administrator': customer } = BUILT_IN_ROLES;
  return {
    vendor: token('t1', 'acme', administrator.grants),
    support: token('t2', 'acme', support.grants),
    globex: token('t3', 'acme', customer.grants, globex),
    initech: token('t4', 'acme', customer.grants, initech),
    activator: token(
      't5',
      'acme',
      (['activation.create', 'activation.delete'] as const).map((permission) => ({ permission, scope: 'tenant' })),
    ),
    stranger: token('t6', 'umbrella', administrator.grants),
  };
}

type Stores = Awaited<ReturnType<typeof stores>>;

async function stores() {
  const folder = mkdtempSync(join(tmpdir(), 'licensing-'));
  const log = await SqliteEventStore.open(folder, { durable: false });
  const records = SqliteRecordStore.open(join(folder, 'records.db'), { durable: false });
  const reads = SqliteReadStore.open(folder);
  const keyring = new Keyring(records, randomBytes(32));
  const codec = new Codec(allEvents, keyring);
  const close = async () => {
    await Promise.all([log.close(), records.close(), reads.close()]);
    rmSync(folder, { recursive: true });
  };
  return { log, records, reads, keyring, codec, executor: new Executor(log, codec, keyring, errors), close };
}

/** Brings all views up to the head of the log. */
async function projector({ log, reads, codec }: Stores): Promise<() => Promise<void>> {
  for (const view of views) await reads.prepare(view);
  const ports = { events: log, reads, decode: (stored: Parameters<Codec['decode']>[0]) => codec.decode(stored) };
  const writers = await Promise.all(
    (await reads.builds()).map(async ({ name, number, partitions }) => {
      const build = { view: views.find((view) => view.name === name)!, number, partition: 0, partitions };
      const epoch = (await reads.acquire(build, 'test', testContext.now, '2099-01-01T00:00:00.000Z'))!;
      return BuildWriter.open(build, epoch, ports);
    }),
  );
  let last = Promise.resolve();
  const run = async () => {
    const head = await log.head();
    for (const writer of writers) await writer.advanceTo(head, () => testContext.now, 'stop');
  };
  return () => (last = last.then(run));
}

function moduleOf(provided: { provide: unknown; useValue: unknown }[]) {
  @Global()
  @Module({
    imports: [CqrsModule.forRoot(), LicensingModule],
    providers: [...(provided as []), ...commandHandlers(aggregates)],
    exports: [...provided.map(({ provide }) => provide as never), CqrsModule],
  })
  class LicensingApplication {}
  return LicensingApplication;
}

/** The app on a free port. */
async function serve(made: Stores, clock: Clock, known: Record<Who, Principal>) {
  const { log, records, reads, keyring, codec, executor } = made;
  const project = await projector(made);
  const caughtUp = () => project().then(() => log.head());
  const authenticators = new Authenticators([new KnownTokens(known), new LicenseKeyAuthenticator(reads, log, executor, keyring)]);
  const provided = [
    { provide: Clock, useValue: clock },
    { provide: Authenticators, useValue: authenticators },
    { provide: Freshness, useValue: { waitFor: caughtUp } },
    { provide: RightsViews, useValue: new RightsViews([]) },
    { provide: Pasts, useValue: new Pasts(log, codec, new Instants(instantsView, reads, log)) },
    { provide: EventStore, useValue: log },
    { provide: RecordStore, useValue: records },
    { provide: ReadStore, useValue: reads },
    { provide: Executor, useValue: executor },
    { provide: Keyring, useValue: keyring },
  ];
  const unlimited = { rateLimitCredential: 0, rateLimitLicenseKey: 0, rateLimitAddress: 0 };
  const { app } = await createHttpApp(moduleOf(provided), { errors, ...unlimited }, createLog('error'));
  await app.listen(0, '127.0.0.1');
  return { app, port: (app.getHttpServer().address() as AddressInfo).port, caughtUp };
}

export async function licensingApp(): Promise<LicensingApp> {
  const made = await stores();
  try {
    return await openFor(made);
  } catch (error) {
    await made.close();
    throw error;
  }
}

async function openFor(made: Stores): Promise<LicensingApp> {
  const clock = new TestClock();
  const id = (n: number) => `01j0000000000000000000000${n}`;
  const ids = { product: '', globex: id(2), initech: id(3), ada: id(4) };
  const { app, port, caughtUp } = await serve(made, clock, principals(ids.globex, ids.initech));
  const ask: LicensingApp['ask'] = async (who, method, path, body, headers) => {
    const credential: Record<string, string> =
      typeof who === 'string'
        ? { authorization: `Bearer ${who}` }
        : 'person' in who
          ? { authorization: `Bearer ${secretOf(who.person)}` }
          : { authorization: `License ${who.key}`, 'keyledger-tenant': 'acme' };
    const seen = { 'keyledger-position': await made.log.head() };
    return rawRequest(port, { method, path, body, headers: { ...credential, ...seen, ...headers } });
  };
  const create = async (path: string, body: object) => (await ask('vendor', 'POST', path, body)).json;
  await customers(made.executor, ids);
  ids.product = (await create('/v1/products', { name: 'Editor', code: 'editor' })).id;
  let policies = 0;
  return {
    ...{ clock, executor: made.executor, reads: made.reads, caughtUp, ids, ask },
    policy: async (terms) =>
      (await create('/v1/policies', { productId: ids.product, name: 'Policy', code: `p${++policies}`, terms })).id,
    issue: (policyId, more = {}) => create('/v1/licenses', { policyId, organizationId: ids.globex, ...more }),
    close: async () => {
      await app.close();
      await made.close();
    },
  };
}

/** Two organizations; Ada belongs to the first. */
async function customers(executor: Executor, { globex, initech, ada }: LicensingApp['ids']): Promise<void> {
  const ctx = (n: number) => ({ ...testContext, commandId: `0190a000-0000-7000-8000-0000000000f${n}` });
  const company = { accountNumber: null, company: null, domains: [] };
  await executor.execute(organization, globex, 'add', { name: 'Globex', ...company }, ctx(1));
  await executor.execute(organization, initech, 'add', { name: 'Initech', ...company }, ctx(2));
  await executor.execute(contact, ada, 'add', { name: 'Ada Lovelace', email: 'ada@example.com' }, ctx(3));
  await executor.execute(organization, globex, 'addMember', { contactId: ada }, ctx(4));
}
