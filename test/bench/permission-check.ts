// What it costs a request to know what its person may do: from the session to the question of a door, in this process.
import { performance } from 'node:perf_hooks';
import { reachOf, requirePermission } from '#http/reach.js';
import { SessionAuthenticator } from '#identity/session-authenticator.js';
import { AccessLag } from '#identity/access-lag.js';
import type { Session, Sessions } from '#identity/sessions.js';
import { newSecret } from '#identity/token-secret.js';
import { openInstallation } from '#installation/installation.js';
import { SystemClock } from '#installation/system-clock.js';
import { median } from './histogram.js';
import type { Seeded } from './seed.js';

const BATCHES = 7;
const PER_BATCH = 3_000;

/** A session as the records hold one; to find it is not what is measured. */
function sessionOf(tenant: string, userId: string): Sessions {
  const now = new SystemClock().now();
  const about = { id: userId, tenant, userId, kind: 'customer', factors: ['password'], place: null } as const;
  const value: Session = { ...about, startedAt: now, authenticatedAt: now, seenAt: now, endsAt: now };
  const entry = { key: userId, value, version: 1, expiresAt: null };
  return { find: () => Promise.resolve(entry), see: () => Promise.resolve() } as unknown as Sessions;
}

/** Microseconds for each of the people that are asked about; each batch begins with its person known. */
export async function measurePermissionChecks({ folder, tenant, people }: Seeded): Promise<number[]> {
  const installation = await openInstallation({ dataDir: folder, clock: new SystemClock() });
  const { reads, freshness, clock } = installation;
  const credential = { scheme: 'session', secret: newSecret('klu') } as const;
  const lag = new AccessLag(freshness, 60_000);
  try {
    const costs: number[] = [];
    for (const userId of people.asked) {
      const authenticator = new SessionAuthenticator(sessionOf(tenant, userId), reads, lag);
      const batches: number[] = [];
      for (let batch = 0; batch <= BATCHES; batch++) {
        const start = performance.now();
        for (let n = 0; n < PER_BATCH; n++) {
          const principal = (await authenticator.authenticate(credential, tenant, clock.now()))!;
          requirePermission(principal, 'license.read');
          reachOf({ principal }, 'license.read');
        }
        batches.push(((performance.now() - start) * 1000) / PER_BATCH);
      }
      costs.push(median(batches.slice(1)));
    }
    return costs;
  } finally {
    await installation.close();
  }
}
