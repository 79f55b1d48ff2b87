import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryInstallation, type TemporaryInstallation } from '#installation/testing/operator-ports.js';
import { organization } from '#organizations/organization.js';
import { operatorCommand } from '#http/operator.js';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import { createTenant } from '#tenants/tenant.operator.js';
import { AccessLag } from './access-lag.js';
import { accessRulesView } from './access-rules.view.js';
import { roles } from './roles.js';
import { TokenAuthenticator } from './token-authenticator.js';
import { newSecret } from './token-secret.js';
import { TokenUse } from './token-use.js';
import { createToken, revokeToken } from './token.operator.js';

const organizationId = '01j00000000000000000000031';
const expiresAt = '2099-01-01T00:00:00.000Z';
const now = '2098-12-31T23:59:59.999Z';
const plain = { tenant: 'acme', name: 'T', grants: null, organizationId: null, expiresAt };

let temporary: TemporaryInstallation;
beforeAll(async () => {
  temporary = await temporaryInstallation();
  const { ports } = temporary;
  await createTenant(ports, { slug: 'acme', name: 'Acme', legalEntity: 'Acme' });
  const record = { name: 'Globex', accountNumber: null, company: null, domains: [] };
  await ports.commands.send(organization, organizationId, 'add', record, operatorCommand(ports, 'acme'));
});
afterAll(() => temporary.dispose());

function authenticator(lagSeconds = 0) {
  const { reads, records } = temporary.installation;
  const use = new TokenUse(records);
  const lag = new AccessLag({ lag: () => Promise.resolve([{ view: '', position: null, seconds: lagSeconds }]) }, 5_000);
  const tokens = new TokenAuthenticator(reads, use, lag);
  return { use, ask: (secret: string, at = now) => tokens.authenticate({ scheme: 'bearer', secret }, null, at) };
}

const staff = () => createToken(temporary.ports, { ...plain, role: 'support' });
const customer = () => createToken(temporary.ports, { ...plain, role: 'organization-administrator', organizationId });

describe('the authenticator of tokens', () => {
  it('knows whose a secret is, and notes the use', async () => {
    const { id, secret } = await staff();
    const { ask, use } = authenticator();
    const grants = BUILT_IN_ROLES.support.grants;
    expect(await ask(secret!)).toEqual({ kind: 'token', id, actor: `token:${id}`, tenant: 'acme', grants });
    expect([...(await use.lastUsed('acme', [id], now))]).toEqual([[id, now]]);
    expect(await ask((await customer()).secret!)).toMatchObject({ organization: organizationId });
  });

  it('knows its role as the vendor has made it since', async () => {
    const { ports, installation } = temporary;
    const { secret } = await createToken(ports, { ...plain, role: 'support' });
    const grants = [{ permission: 'license.read' as const, scope: 'tenant' as const }];
    const asked = operatorCommand(ports, 'acme');
    const { position } = await ports.commands.send(roles, 'acme', 'change', { role: 'support', grants, held: grants }, asked);
    await installation.freshness.waitFor(accessRulesView, position, 10_000);
    expect(await authenticator().ask(secret!)).toMatchObject({ grants });
    const { position: restored } = await ports.commands.send(
      roles,
      'acme',
      'change',
      { role: 'support', grants: [...BUILT_IN_ROLES.support.grants], held: [...BUILT_IN_ROLES.administrator.grants] },
      operatorCommand(ports, 'acme'),
    );
    await installation.freshness.waitFor(accessRulesView, restored, 10_000);
  });

  it('knows nobody by what is no secret, another scheme, or a secret that was never given', async () => {
    const { ask } = authenticator();
    expect(await ask('garbage')).toBeNull();
    expect(await ask(newSecret('klt'))).toBeNull();
    const { secret } = await staff();
    const { reads, records, freshness } = temporary.installation;
    const tokens = new TokenAuthenticator(reads, new TokenUse(records), new AccessLag(freshness, 5_000));
    expect(await tokens.authenticate({ scheme: 'license', secret: secret! }, 'acme', now)).toBeNull();
  });

  it('refuses what has expired or was revoked, and notes no use', async () => {
    const { id, secret } = await staff();
    const { ask, use } = authenticator();
    await expect(ask(secret!, expiresAt)).rejects.toMatchObject({ code: 'auth.expired' });
    await revokeToken(temporary.ports, { tenant: 'acme', id });
    await expect(ask(secret!)).rejects.toMatchObject({ code: 'auth.revoked' });
    expect((await use.lastUsed('acme', [id], now)).size).toBe(0);
  });

  it('serves customers no rights that may be old; staff goes on', async () => {
    const late = authenticator(6);
    await expect(late.ask((await customer()).secret!)).rejects.toMatchObject({ code: 'access.stale' });
    expect(await late.ask((await staff()).secret!)).toMatchObject({ kind: 'token' });
  });
});
