// Answers about the past equal, byte for byte, what the same doors answered then.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ActivationController } from '#licensing/activation.http.js';
import { LicenseCommandsController } from '#licensing/license-commands.http.js';
import { LicenseController } from '#licensing/license.http.js';
import { PolicyController } from '#licensing/policy.http.js';
import { ProductController } from '#licensing/product.http.js';
import { ContactController } from '#organizations/contact.http.js';
import { GroupContentController } from '#organizations/group-content.http.js';
import { GroupController } from '#organizations/group.http.js';
import { MembershipController } from '#organizations/membership.http.js';
import { OrganizationController } from '#organizations/organization.http.js';
import type { Answer, Client } from './support/client.js';
import { openDoors, type Doors } from './support/doors.js';
import { createVendor } from './support/vendors.js';
import { Walk } from './support/random-walk.js';

let doors: Doors;
let staff: Client;
let walk: Walk;

beforeAll(async () => {
  const licensing = [LicenseController, LicenseCommandsController, ActivationController, ProductController, PolicyController];
  doors = await openDoors(
    ...licensing,
    OrganizationController,
    MembershipController,
    ContactController,
    GroupController,
    GroupContentController,
  );
  await createVendor(doors, 'acme');
  staff = doors.as();
  walk = await Walk.begin(doors, staff, 20261124);
}, 60_000);
afterAll(() => doors.close());

/** What was asked and answered live, and where the log and the clock stood. */
interface Recorded {
  readonly who: Client;
  readonly path: string;
  readonly answer: string;
  readonly position: string;
  readonly instant: string;
  /** Whether something was recorded at that very instant: then the position leads to it. */
  readonly fresh: boolean;
}

/** As it was sent; what names a request differs between any two. */
function textOf({ status, body }: Answer): string {
  return `${status} ${JSON.stringify(body).replace(/"(?:requestId|instance)":"[^"]*"/g, '')}`;
}

const asked = (path: string, moment: string) => `${path}${path.includes('?') ? '&' : '?'}${moment}`;
const daysAgo = (days: number) => new Date(Date.parse(doors.clock.instant) - days * 86_400_000).toISOString();

/** Lets random things happen, and writes down what is answered after each of them. */
async function live(steps: number): Promise<readonly Recorded[]> {
  const recorded: Recorded[] = [];
  const bound = doors.as({ organization: walk.organizations[0]! });
  for (let step = 0; step < steps; step++) {
    const before = doors.positions.highest;
    walk.tick();
    await walk.step();
    const [position, instant] = [doors.positions.highest, doors.clock.instant];
    const questions = walk.questions();
    for (const [who, path] of [...questions.map((path) => [staff, path] as const), [bound, questions[1]!] as const]) {
      const answer = textOf(await who.get(path));
      recorded.push({ who, path, answer, position, instant, fresh: position !== before });
    }
  }
  return recorded;
}

describe('questions about the past', () => {
  it('are answered byte for byte as they were then, by position and by instant', async () => {
    const recorded = await live(80);
    const lastOf = new Map(recorded.map(({ instant, position }) => [instant, position]));
    const moments = ({ fresh, instant, position }: Recorded) => [
      ...(fresh ? [`atPosition=${position}`] : []),
      ...(lastOf.get(instant) === position ? [`at=${instant}`] : []),
    ];
    const questions = recorded.flatMap((each) => moments(each).map((moment) => ({ ...each, moment })));
    for (const { who, path, moment, answer } of questions)
      expect([path, moment, textOf(await who.get(asked(path, moment)))]).toEqual([path, moment, answer]);
    expect(questions.length).toBeGreaterThan(400);
    expect([...walk.done].length).toBeGreaterThan(15);
  }, 300_000);

  it('are answered page by page as of the same moment, and a cursor of another moment is refused', async () => {
    const path = `/v1/licenses?organizationId=${walk.organizations[0]}&limit=1`;
    const then = `at=${doors.clock.instant}`;
    doors.clock.instant = daysAgo(-1);
    await staff.done('/v1/licenses', { policyId: walk.policies[0], organizationId: walk.organizations[0] });
    const first = await staff.read(asked(path, then));
    const second = await staff.read(asked(path, `${then}&cursor=${first.page.next}`));
    expect(second).toMatchObject({ asOf: first.asOf, data: [{ id: expect.not.stringContaining(first.data[0].id) }] });
    const other = await staff.get(asked(path, `at=${daysAgo(0.5)}&cursor=${first.page.next}`));
    expect([other.status, other.body.code]).toEqual([422, 'read.bad-cursor']);
  });

  it('know who was in a group then, and what was linked to it', async () => {
    const [organizationId, contactId] = [walk.organizations[0]!, walk.contacts[0]!];
    await staff.done(`/v1/organizations/${organizationId}/members`, { contactId });
    const { id: licenseId } = await staff.done('/v1/licenses', { policyId: walk.policies[0], organizationId });
    const { id } = await staff.done('/v1/groups', { organizationId, name: 'Then' });
    await staff.done(`/v1/groups/${id}/members`, { contactId });
    await staff.done(`/v1/groups/${id}/licenses`, { licenseId });
    const then = `atPosition=${doors.positions.highest}`;
    await staff.done(`/v1/licenses/${licenseId}/change-owner`, { organizationId: walk.organizations[1], contactId: null });
    await staff.done(`/v1/groups/${id}/delete`, { cascade: true });
    expect((await staff.get(`/v1/groups/${id}`)).status).toBe(404);
    expect(await staff.read(`/v1/groups/${id}?${then}`)).toMatchObject({ name: 'Then', members: 1, licenses: 1 });
    expect((await staff.read(`/v1/groups/${id}/members?${then}`)).data).toMatchObject([{ id: contactId }]);
    const groups = await staff.read(`/v1/groups?organizationId=${organizationId}&contactId=${contactId}&q=then&${then}`);
    expect(groups.data).toMatchObject([{ id }]);
    const licenses = await staff.read(`/v1/licenses?organizationId=${organizationId}&groupId=${id}&${then}`);
    expect(licenses.data).toMatchObject([{ id: licenseId }]);
  });

  it('know the devices that held a seat then', async () => {
    await staff.done(`/v1/organizations/${walk.organizations[0]}/resume`); // whatever happened to it on the walk
    const { id } = await staff.done('/v1/licenses', { policyId: walk.policies[1], organizationId: walk.organizations[0] });
    const { id: activation } = await staff.done(`/v1/licenses/${id}/activations`, { fingerprint: 'device-9' });
    const then = `atPosition=${doors.positions.highest}`;
    await staff.done(`/v1/licenses/${id}/activations/${activation}/deactivate`);
    expect((await staff.read(`/v1/licenses/${id}/activations`)).data).toEqual([]);
    expect((await staff.read(`/v1/licenses/${id}/activations?${then}`)).data).toMatchObject([{ id: activation }]);
  });
});

describe('a moment', () => {
  const refusal = async (moment: string, path = `/v1/contacts/${walk.contacts[0]}`) => {
    const { status, body } = await staff.get(asked(path, moment));
    return [status, body.code];
  };

  it('in the future, beyond the log, or before everything is refused with a code', async () => {
    expect(await refusal(`at=${daysAgo(-1)}`)).toEqual([422, 'as-of.in-the-future']);
    expect(await refusal('atPosition=00000000000099999999')).toEqual([422, 'read.position-ahead']);
    expect(await refusal('at=1999-12-31T00:00:00Z')).toEqual([404, 'as-of.before-the-first-event']);
    expect(await refusal(`atPosition=${'0'.repeat(20)}`)).toEqual([404, 'as-of.before-the-first-event']);
    expect(await refusal('at=yesterday')).toEqual([422, 'request.invalid']);
    expect(await refusal(`at=${daysAgo(1)}&atPosition=${doors.positions.highest}`)).toEqual([422, 'request.invalid']);
  });

  it('before a thing was there finds it missing, as a live question did', async () => {
    const then = `atPosition=${doors.positions.highest}`;
    doors.clock.instant = daysAgo(-1);
    const { id } = await staff.done('/v1/contacts', { name: 'Late', email: 'late@globex.example' });
    expect(await refusal(then, `/v1/contacts/${id}`)).toEqual([404, 'contact.not-found']);
    expect((await staff.get(`/v1/contacts/${id}?at=${doors.clock.instant}`)).status).toBe(200);
  });

  it('is one of a list of one organization', async () => {
    const then = `at=${daysAgo(1)}`;
    expect(await refusal(then, '/v1/licenses')).toEqual([422, 'as-of.organization-needed']);
    const both = walk.organizations.join(',');
    expect(await refusal(then, `/v1/licenses?organizationId=${both}`)).toEqual([422, 'as-of.organization-needed']);
    expect(await refusal(then, '/v1/groups')).toEqual([422, 'group.organization-needed']);
    expect((await doors.as({ organization: walk.organizations[0]! }).get(`/v1/licenses?${then}`)).status).toBe(200);
  });

  it('shows a credential that is bound to an organization what was that organization’s then', async () => {
    const [first, second] = walk.organizations;
    const { id } = await staff.done('/v1/licenses', { policyId: walk.policies[0], organizationId: first });
    const then = `atPosition=${doors.positions.highest}`;
    await staff.done(`/v1/licenses/${id}/change-owner`, { organizationId: second, contactId: null });
    const status = async (organization: string, moment: string) =>
      (await doors.as({ organization }).get(`/v1/licenses/${id}${moment}`)).status;
    expect([await status(first!, `?${then}`), await status(first!, '')]).toEqual([200, 404]);
    expect([await status(second!, `?${then}`), await status(second!, '')]).toEqual([404, 200]);
    const foreign = await doors.as({ tenant: 'beta' }).get(`/v1/licenses/${id}?${then}`);
    expect([foreign.status, foreign.body.code]).toEqual([404, 'license.not-found']);
  });

  it('never goes backwards, though the clock may', async () => {
    const { id } = await staff.done('/v1/contacts', { name: 'One', email: 'one@globex.example' });
    const nameAt = async (instant: string) => (await staff.read(`/v1/contacts/${id}?at=${instant}`)).name;
    const start = doors.clock.instant;
    doors.clock.instant = daysAgo(-2);
    const ahead = doors.clock.instant;
    await staff.done(`/v1/contacts/${id}/rename`, { name: 'Two' });
    doors.clock.instant = daysAgo(1);
    const between = doors.clock.instant;
    await staff.done(`/v1/contacts/${id}/rename`, { name: 'Three' });
    const then = `atPosition=${doors.positions.highest}`;
    doors.clock.instant = daysAgo(-9);
    // "Two" was recorded before "Three", under a clock that was ahead: neither counts before that instant.
    expect([await nameAt(start), await nameAt(between), await nameAt(ahead)]).toEqual(['One', 'One', 'Three']);
    expect((await staff.read(`/v1/contacts/${id}?${then}`)).name).toBe('Three');
  });
});
