// What a person takes away of himself: all that is kept of him, and nothing of anybody else.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { INVITED, invitedCustomer } from '../support/invited.js';
import { codeOf, openLoginApp, PASSWORD, type LoginApp } from '../support/login-app.js';
import { mailed } from '../support/mailed.js';

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp();
});
afterAll(() => app.close());

async function policy(): Promise<string> {
  const { id: productId } = await app.staff.done('/v1/products', { name: 'Studio', code: 'studio', platforms: ['linux'] });
  const terms = { activations: 5, duration: 'P1Y' };
  return (await app.staff.done('/v1/policies', { productId, name: 'Yearly', code: 'yearly', terms })).id as string;
}

describe('the export of one’s own data', () => {
  it('holds who he is, where he belongs, what is his, and how he logs in; of others nothing', async () => {
    const them = await invitedCustomer(app.staff);
    await app.staff.done('/v1/invitations', { kind: 'single', contactId: them.ada, name: 'Welcome', groups: [them.groupId] });
    const browser = app.browser();
    await browser.done('/v1/invitations/redeem', { code: await mailed(app.staff, them.ada, INVITED), password: PASSWORD });
    const policyId = await policy();
    const issue = (contactId: string, name: string) =>
      app.staff.done('/v1/licenses', { policyId, organizationId: them.organizationId, contactId, name });
    const [own, other] = [await issue(them.ada, 'Ada’s'), await issue(them.bob, 'Bob’s')];
    await browser.done(`/v1/licenses/${own.id}/activations`, { fingerprint: 'the-laptop-of-ada', name: 'laptop' });
    await app.staff.done(`/v1/licenses/${other.id}/activations`, { fingerprint: 'the-laptop-of-bob', name: 'of Bob' });
    await browser.done('/v1/me/tokens', { name: 'Mine', permissions: ['license.read'] });
    const taken = await browser.read('/v1/me/export');
    expect(taken).toMatchObject({
      contact: { id: them.ada, name: 'Ada Lovelace', email: them.emails[0] },
      user: { kind: 'customer', way: 'invitation', roles: ['authorized-user'], password: true, providers: [] },
      memberships: [{ organizationId: them.organizationId, name: them.name, place: null }],
      groups: [{ id: them.groupId, name: 'Engineers' }],
      licenses: [{ id: own.id, name: 'Ada’s' }],
      activations: [{ licenseId: own.id, deviceName: 'laptop' }],
      invitations: [{ organizationId: them.organizationId, redeemedAt: app.clock.instant }],
      tokens: [{ name: 'Mine', permissions: ['license.read'] }],
      sessions: [{ factors: ['password'], agent: 'Test/1' }],
    });
    expect(taken.security.map(({ what }: { what: string }) => what)).toEqual(['LoggedIn', 'PasswordSet', 'UserCreated']);
    const text = JSON.stringify(taken);
    for (const foreign of [them.bob, them.emails[1], 'Bob', own.key, 'the-laptop-of-ada']) expect(text).not.toContain(foreign);
  });

  it('is for who is logged in, five times an hour', async () => {
    const known = await app.ready(app.customer('zoe'));
    const browser = await app.loggedIn(known);
    for (let taken = 0; taken < 5; taken++) expect((await browser.get('/v1/me/export')).status).toBe(200);
    const refused = await browser.get('/v1/me/export');
    expect([...codeOf(refused), refused.headers.get('retry-after')]).toEqual([429, 'export.too-many', '3600']);
    await app.pass(3_600_000);
    expect((await browser.get('/v1/me/export')).status).toBe(200);
    expect(codeOf(await app.staff.get('/v1/me/export'))).toEqual([403, 'auth.forbidden']);
  });
});
