// What is there before the first kill: a vendor, one organization for each caller, and the license whose seats all
// of them compete for. Made by a server that is stopped in peace, so that the run begins on a sound folder.
import type { Position } from '#event-store/event-store.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { TERMS, type Place } from '../support/back-office.js';
import { startServer } from '../support/server.js';
import { firstVendor } from '../support/vendor.js';
import type { Vendor } from './callers.js';

/** No client of a run is held up by limits; the log of a server is for its last words. */
export const QUIET = {
  KEYLEDGER_RATE_LIMIT_CREDENTIAL: '0',
  KEYLEDGER_RATE_LIMIT_LICENSE_KEY: '0',
  KEYLEDGER_RATE_LIMIT_ADDRESS: '0',
  KEYLEDGER_LOG_LEVEL: 'warn',
};

export interface Scene {
  readonly vendor: Vendor;
  /** One for each caller. */
  readonly places: readonly Place[];
  /** The head of the log. */
  readonly since: Position;
}

export async function makeScene(folder: string, callers: number): Promise<Scene> {
  const server = await startServer({ folder, env: QUIET });
  try {
    const { tenant, token, staff, policyId, legalEntityId, issue } = await firstVendor(server, TERMS);
    const shared = await issue();
    const places: Place[] = [];
    for (let n = 1; n <= callers; n++) {
      const organization = { name: `Road Runner ${n}`, accountNumber: `R-${n}`, company: legalEntityId };
      const { id } = await staff.done('/v1/organizations', organization);
      places.push({ policyId, organizationId: id, shared });
    }
    const { id } = await staff.read('/v1/me');
    if ((await server.end()) !== 0) throw new Error(`the server did not stop in peace:\n${server.output()}`);
    return { vendor: { tenant, token, actor: `token:${id}` }, places, since: await headOf(folder) };
  } finally {
    await server.end('SIGKILL');
  }
}

async function headOf(folder: string): Promise<Position> {
  const events = SqliteEventStore.openReader(folder);
  try {
    return await events.head();
  } finally {
    await events.close();
  }
}
