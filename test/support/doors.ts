// Controllers behind the real HTTP room and over a real installation, in this process. Tests say who calls; the
// clock is theirs.
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Global, Module, type Type } from '@nestjs/common';
import { errors } from '#catalogue/errors.js';
import { Authenticator, Authenticators, type Credential } from '#http/authenticator.js';
import { createHttpApp } from '#http/bootstrap.js';
import { createLog } from '#http/log.js';
import type { Principal } from '#http/principal.js';
import { openInstallation, type Installation } from '#installation/installation.js';
import { InstallationModule } from '#installation/installation.module.js';
import { BackgroundModule } from '#installation/background.module.js';
import { Reactions } from '#installation/reactions.js';
import { Clock } from '#kernel/clock.js';
import { testContext } from '#kernel/testing/given.js';
import { ALL_PERMISSIONS, type Permission } from '#kernel/permissions.js';
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
}

class ToldPrincipals extends Authenticator {
  authenticate({ secret }: Credential): Promise<Principal> {
    const {
      tenant = 'acme',
      permissions = ALL_PERMISSIONS,
      organization,
    } = JSON.parse(Buffer.from(secret, 'base64url').toString()) as Caller;
    const grants = permissions.map((permission) => ({ permission, scope: 'tenant' as const }));
    return Promise.resolve({ kind: 'token', id: 'told', actor: 'token:told', tenant, grants, organization });
  }
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

export async function openDoors(...controllers: Type[]): Promise<Doors> {
  const folder = temporaryFolder();
  const clock = new TestClock();
  const installation = await openInstallation({ dataDir: folder, clock });
  const unlimited = { rateLimitCredential: 0, rateLimitLicenseKey: 0, rateLimitAddress: 0 };
  const settings = { errors, waitMs: 10_000, ...unlimited };
  const { app } = await createHttpApp(moduleOf(installation, controllers), settings, createLog('silent'));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const positions = new Positions();
  return {
    clock,
    installation,
    reactions: app.get(Reactions, { strict: false }),
    as: (caller = {}) => {
      const secret = Buffer.from(JSON.stringify(caller)).toString('base64url');
      return clientOf(`http://127.0.0.1:${port}`, { authorization: `Bearer ${secret}` }, positions);
    },
    positions,
    async close() {
      await app.close();
      await installation.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function moduleOf(installation: Installation, controllers: Type[]): Type {
  const authenticators = { provide: Authenticators, useValue: new Authenticators([new ToldPrincipals()]) };
  @Global()
  @Module({ providers: [authenticators], exports: [authenticators] })
  class Access {}
  @Module({ imports: [InstallationModule.of(installation), BackgroundModule.of(installation), Access], controllers })
  class Doors {}
  return Doors;
}
