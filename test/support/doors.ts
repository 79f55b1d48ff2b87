// Controllers behind the real HTTP room and over a real installation, in this process. Tests say who calls; the
// clock is theirs.
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { errors } from '#catalogue/errors.js';
import { Authenticator, Authenticators, type Credential } from '#http/authenticator.js';
import { createHttpApp } from '#http/bootstrap.js';
import { createLog } from '#http/log.js';
import type { Person, Principal, Right } from '#http/principal.js';
import { openInstallation, type Installation } from '#installation/installation.js';
import { InstallationModule } from '#installation/installation.module.js';
import { BackgroundModule } from '#installation/background.module.js';
import { Reactions } from '#installation/reactions.js';
import { Clock } from '#kernel/clock.js';
import { testContext } from '#kernel/testing/given.js';
import { ALL_PERMISSIONS, type Grant, type Permission } from '#kernel/permissions.js';
import { clientOf, Positions, type Client } from './client.js';
import { temporaryFolder } from './server.js';

class TestClock extends Clock {
  instant = testContext.now;

  now(): string {
    return this.instant;
  }
}

/** Who calls: everything is told by the credential itself. */
export interface Caller {
  readonly tenant?: string;
  /** Default: all. */
  readonly permissions?: readonly Permission[];
  /** Bound to an organization. */
  readonly organization?: string;
  /** A signed-in customer, with these rights instead. */
  readonly person?: Pick<Person, 'contactId' | 'rights'> & Partial<Person>;
}

/** Rights in an organization, as its contacts or a role there confer them; null: wherever one is. */
export function rightsIn(organizationId: string | null, grants: readonly Grant[]): Right[] {
  return grants.map((grant) => ({ ...grant, organizationId, via: 'told' }));
}

class ToldPrincipals extends Authenticator {
  private readonly told: Caller[] = [];

  /** The secret by which a caller is recognised. */
  secretOf(caller: Caller): string {
    return `told${this.told.push(caller)}`;
  }

  authenticate({ secret }: Credential, _tenant: string | null, now: string): Promise<Principal> {
    const { tenant = 'acme', permissions = ALL_PERMISSIONS, organization, person } = this.told[Number(secret.slice(4)) - 1]!;
    if (person) return Promise.resolve(signedIn(tenant, person, now));
    const grants = permissions.map((permission) => ({ permission, scope: 'tenant' as const }));
    return Promise.resolve({ kind: 'token', id: 'told', actor: 'token:told', tenant, grants, organization });
  }
}

function signedIn(tenant: string, told: NonNullable<Caller['person']>, now: string): Principal {
  const session = { sessionId: 'told', factors: ['password'] };
  const person: Person = { kind: 'customer', groups: [], organizations: [], ...session, ...told, authenticatedAt: now };
  const { contactId: id, rights } = person;
  return { kind: 'user', id, actor: `user:${id}`, tenant, grants: rights, person };
}

export interface Doors {
  readonly clock: { instant: string };
  readonly installation: Installation;
  readonly reactions: Reactions;
  /** A client of somebody; all of them see what any of them wrote. */
  as(caller?: Caller): Client;
  /** What its clients have seen; a write past the doors is noted here by hand. */
  readonly positions: Positions;
  close(): Promise<void>;
}

/** Of these controllers, or of all those of a module. */
export async function openDoors(...parts: (Type | DynamicModule)[]): Promise<Doors> {
  const folder = temporaryFolder();
  const clock = new TestClock();
  const principals = new ToldPrincipals();
  const installation = await openInstallation({ dataDir: folder, clock });
  const unlimited = { rateLimitCredential: 0, rateLimitLicenseKey: 0, rateLimitAddress: 0 };
  const settings = { errors, waitMs: 10_000, ...unlimited };
  const { app } = await createHttpApp(moduleOf(installation, principals, parts), settings, createLog('silent'));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const positions = new Positions();
  return {
    clock,
    installation,
    reactions: app.get(Reactions, { strict: false }),
    as: (caller = {}) => {
      const authorization = `Bearer ${principals.secretOf(caller)}`;
      return clientOf(`http://127.0.0.1:${port}`, { authorization }, positions);
    },
    positions,
    async close() {
      await app.close();
      await installation.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function moduleOf(installation: Installation, principals: Authenticator, parts: readonly (Type | DynamicModule)[]): Type {
  const controllers = parts.filter((part): part is Type => !('module' in part));
  const modules = parts.filter((part) => 'module' in part);
  const authenticators = { provide: Authenticators, useValue: new Authenticators([principals]) };
  @Global()
  @Module({ providers: [authenticators], exports: [authenticators] })
  class Access {}
  @Module({
    imports: [InstallationModule.of(installation), BackgroundModule.of(installation), Access, ...modules],
    controllers,
  })
  class Doors {}
  return Doors;
}
