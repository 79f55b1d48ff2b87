// A main of the tests' own: the product's server as if one grant of one role, or of the place of a contact, were another
// in the code, at the time of day when its folder was filled.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '#config/config.js';
import { Clock } from '#kernel/clock.js';
import { BUILT_IN_ROLES, CONTACT_GRANTS, type Grant } from '#kernel/permissions.js';
import { FLIP_FILE, type FlippedServer } from './flip.js';

class ClockOfThen extends Clock {
  private readonly started = Date.now();

  constructor(private readonly then: string) {
    super();
  }

  now(): string {
    return new Date(Date.parse(this.then) + Date.now() - this.started).toISOString();
  }
}

const config = loadConfig();
const { flip, at } = JSON.parse(readFileSync(join(config.dataDir, FLIP_FILE), 'utf8')) as FlippedServer;
const holders: Readonly<Record<string, { readonly grants: readonly Grant[] }>> = {
  ...BUILT_IN_ROLES,
  contact: { grants: CONTACT_GRANTS },
};
const grants = holders[flip.holder]!.grants as Grant[];
const { permission, scope } = flip.grant;
if (flip.kind === 'given') grants.push(flip.grant);
else
  grants.splice(
    grants.findIndex((each) => each.permission === permission && each.scope === scope),
    1,
  );

// What derives something from these lists does so as it is loaded: only now.
const { runServer } = await import('#api/run-server.js');
await runServer(config, new ClockOfThen(at));
