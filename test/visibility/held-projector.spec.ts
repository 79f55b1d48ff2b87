// The same with the views standing still: what a change took is not honoured after it was acknowledged. Until the views go
// on it is not, and customers are refused; people of the vendor go on with what they had until then.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { VIEWS_FILE } from '#read-models/sqlite.schema.js';
import { browserOf, type Browser } from '../support/browser.js';
import { startServer, type RunningServer } from '../support/server.js';
import { until } from '../support/until.js';
import { CASES } from './cases.js';
import { assign, CHANGES, defineAs, type Change } from './changes.js';
import { expectedOf } from './expected.js';
import { populate, UNLIMITED, worldAt, type World } from './world.js';

const env = {
  ...UNLIMITED,
  ...{ KEYLEDGER_ACCESS_LAG_MAX: '1s', KEYLEDGER_WAIT_MS: '5000' },
};

let server: RunningServer;
let world: World;
let tried = 0;
beforeAll(async () => {
  server = await startServer({ env });
  world = worldAt(server.url, await populate(server));
}, 60_000);
afterAll(async () => {
  process.stdout.write(`visibility: ${tried} cells tried around views that were held back\n`);
  await server.dispose();
});

/** While this runs, the only writer of the views waits for the lock of their file; five seconds at most. */
async function withViewsHeld(work: () => Promise<void>): Promise<void> {
  const views = new Database(join(server.folder, VIEWS_FILE));
  try {
    views.exec('BEGIN IMMEDIATE');
    await work();
  } finally {
    views.close();
  }
}

/** Somebody's session in a browser that knows of no position: nothing makes its requests wait but the guard. */
function apart(who: string): Browser {
  const browser = browserOf(server.url, world.tenant);
  browser.plant(world.people[who]!.browser.cookie());
  return browser;
}

/** The statuses of what he asks for: a thing, lists, himself, and a command. */
async function asked(who: string): Promise<number[]> {
  const [browser, { ownLicense }] = [apart(who), world.people[who]!];
  const paths = [
    '/v1/me',
    '/v1/licenses',
    `/v1/licenses/${ownLicense}`,
    '/v1/groups',
    `/v1/organizations/${world.organizationId}`,
  ];
  const answers = await Promise.all([
    ...paths.map((path) => browser.get(path)),
    browser.post(`/v1/licenses/${ownLicense}/activations`, { fingerprint: 'held' }),
  ]);
  tried += answers.length;
  return answers.map(({ status }) => status);
}

const { 'member: a license is linked to his group': link, 'member: it is unlinked': unlink } = CHANGES;
const leaveGroup: Change = ({ staff, group, people }) => staff.done(`/v1/groups/${group}/members/${people['member']!.id}/remove`);
const narrow: Change = ({ staff }) => staff.done('/v1/tenant/set-customer-login', { mode: 'contacts' });

interface Taken {
  readonly what: string;
  readonly who: string;
  /** As whom he goes on. */
  readonly as: string;
  readonly change: Change;
  /** Before the views are held. */
  readonly first?: Change;
}

const TAKEN: readonly Taken[] = [
  { what: 'a link of a license to his group', who: 'member', as: 'member', change: unlink!, first: link! },
  { what: 'his group', who: 'member', as: 'member of no group', change: leaveGroup },
  { what: 'his place', who: 'primary contact', as: 'without role', change: assign('primary', 'colleague') },
  {
    what: 'his role in the organization',
    who: 'organization administrator',
    as: 'customer representative',
    change: CHANGES['organization administrator: his role in the organization is taken for another']!,
  },
  {
    what: 'what his role gave',
    who: 'customer representative',
    as: 'member',
    change: defineAs('customer-representative', 'authorized-user'),
  },
  { what: 'all his roles for staff', who: 'support', as: 'without role', change: CHANGES['support: all his roles are taken']! },
  {
    what: 'his user',
    who: 'without organization',
    as: 'without role',
    change: CHANGES['without organization: his user is disabled']!,
  },
  { what: 'the login of who is no contact', who: 'member of no group', as: 'without role', change: narrow },
];

describe('while the views stand still', () => {
  it.each(TAKEN)('$what is taken ($who): nobody is served by it once that is acknowledged', async (taken) => {
    const { who, as, change, first } = taken;
    await first?.(world);
    const expected = expectedOf(as, '');
    let isAcknowledged = false;
    let making: Promise<void> | undefined;
    await withViewsHeld(async () => {
      making = change(world).then(() => void (isAcknowledged = true));
      await until(async () => (await apart('another organization').get('/v1/me')).status === 503);
      const allowed = who === 'support' ? [200, 403] : [503];
      for (const status of await asked(who)) expect(allowed).toContain(status);
      expect(isAcknowledged).toBe(false);
    });
    await making;
    // What the guard knows of the lag is a quarter of a second old at most; until then it refuses.
    await until(async () => (await apart('another organization').get('/v1/me')).status !== 503);
    const found: Record<string, boolean> = {};
    for (const name of Object.keys(CASES)) {
      found[name] = await CASES[name]!(world.people[who]!, world);
      tried++;
    }
    expect(found).toEqual(expected);
  });
});
