import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createToken, listTokens, revokeToken } from '#identity/token.operator.js';
import { createTenant, listTenants } from '#tenants/tenant.operator.js';
import { Setup } from './setup.js';
import { operatorPorts, temporaryInstallation, type TemporaryInstallation } from './testing/operator-ports.js';

const NOW = '2026-06-01T12:00:00.000Z';

let temporary: TemporaryInstallation;
beforeEach(async () => {
  temporary = await temporaryInstallation();
});
afterEach(() => temporary.dispose());

const ports = () => temporary.ports;
const setup = () => new Setup(temporary.installation.records, ports());
/** One whose process "dies" at the command of this number, before it is carried out. */
const dyingSetup = (at: number) =>
  new Setup(
    temporary.installation.records,
    operatorPorts(temporary.installation, (number) => {
      if (number === at) throw new Error('died');
    }),
  );
const request = (token: string, slug = 'acme') => ({
  token,
  tenant: { slug, name: 'Acme' },
  legalEntity: { name: 'Acme Europe' },
  administrator: { name: 'Ada' },
});

describe('setting up an empty installation', () => {
  it('makes the vendor, its legal entity and an administrator, once', async () => {
    const token = (await setup().begin())!;
    const done = await setup().complete(request(token));
    expect(done).toMatchObject({ tenant: 'acme', apiToken: { secret: expect.stringMatching(/^klt_/) } });
    expect(await listTenants(ports())).toEqual([{ id: 'acme', name: 'Acme', createdAt: expect.any(String) }]);
    expect(await listTokens(ports(), { tenant: 'acme' })).toMatchObject([
      { id: done.apiToken.id, role: 'administrator', name: 'Ada' },
    ]);
    await expect(setup().complete(request(token))).rejects.toMatchObject({ code: 'setup.done' });
    expect(await setup().begin()).toBeNull();
  });

  it('takes the newest token only', async () => {
    const first = (await setup().begin())!;
    const second = (await setup().begin())!;
    expect(second).not.toBe(first);
    await expect(setup().complete(request(first))).rejects.toMatchObject({ code: 'setup.wrong-token' });
    await expect(setup().complete(request('kls_guess'))).rejects.toMatchObject({ code: 'setup.wrong-token' });
    await setup().complete(request(second));
  });

  it('is nothing to be done where the operator made a vendor already, or meanwhile', async () => {
    const token = (await setup().begin())!;
    await createTenant(ports(), { slug: 'other', name: 'Other', legalEntity: 'Other Ltd' });
    await expect(setup().complete(request(token))).rejects.toMatchObject({ code: 'setup.done' });
    expect(await setup().begin()).toBeNull();
  });

  it('survives a slug that is refused', async () => {
    const token = (await setup().begin())!;
    await expect(setup().complete(request(token, 'www'))).rejects.toMatchObject({ code: 'tenant.slug-reserved' });
    expect(await setup().complete(request(token))).toMatchObject({ tenant: 'acme' });
  });

  // Commands of a first attempt: create the vendor, create the token.
  it.each([1, 2])(
    'is completed by repeating it after a crash at command %i, also with the token of a new start',
    async (command) => {
      const token = (await setup().begin())!;
      await expect(dyingSetup(command).complete(request(token))).rejects.toThrow('died');
      const newer = (await setup().begin())!;
      if (command === 2)
        await expect(setup().complete(request(newer, 'another'))).rejects.toMatchObject({ code: 'setup.begun-for-another' });
      const done = await setup().complete(request(newer));
      expect(done.tenant).toBe('acme');
      const tokens = await listTokens(ports(), { tenant: 'acme' });
      expect(tokens.filter(({ revokedAt }) => revokedAt === null).map(({ id }) => id)).toEqual([done.apiToken.id]);
    },
  );

  it('stays done whatever a power loss leaves of its record', async () => {
    const { records } = temporary.installation;
    const token = (await setup().begin())!;
    const states = [(await records.get('setup', 'installation', NOW))!.value];
    await expect(dyingSetup(2).complete(request(token))).rejects.toThrow('died');
    states.push((await records.get('setup', 'installation', NOW))!.value);
    await setup().complete(request(token));
    for (const state of states) {
      await records.put('setup', 'installation', state, NOW);
      await expect(setup().complete(request(token))).rejects.toMatchObject({ code: 'setup.done' });
      expect(await setup().begin()).toBeNull();
    }
    await records.delete('setup', 'installation');
    expect(await setup().begin()).toBeNull();
  });

  it('is done by one of two requests at the same moment', async () => {
    const token = (await setup().begin())!;
    const both = await Promise.allSettled([setup().complete(request(token)), setup().complete(request(token))]);
    const codes = both.map((each) => (each.status === 'fulfilled' ? 'ok' : (each.reason as { code: string }).code));
    expect(codes.sort()).toEqual(['ok', 'setup.under-way']);
  });

  it('is not taken for cut off, nor done for another vendor, while it is under way', async () => {
    const token = (await setup().begin())!;
    const during: Promise<unknown>[] = [];
    const slow: Setup = new Setup(
      temporary.installation.records,
      operatorPorts(temporary.installation, () => {
        for (const slug of ['acme', 'beta']) during.push(slow.complete(request(token, slug)).catch((error: unknown) => error));
      }),
    );
    expect(await slow.complete(request(token))).toMatchObject({ tenant: 'acme' });
    const others = await Promise.all(during);
    expect(others).toHaveLength(4); // two commands, two others at each
    for (const other of others) expect(other).toMatchObject({ code: 'setup.under-way' });
    expect(await listTokens(ports(), { tenant: 'acme' })).toMatchObject([{ revokedAt: null }]);
    expect(await listTenants(ports())).toHaveLength(1);
  });
});

describe('the operator', () => {
  it('makes vendors and tokens, lists and revokes them', async () => {
    await createTenant(ports(), { slug: 'beta', name: 'Beta', legalEntity: 'Beta Ltd' });
    await createTenant(ports(), { slug: 'alpha', name: 'Alpha', legalEntity: 'Alpha Ltd' });
    expect((await listTenants(ports())).map(({ id }) => id)).toEqual(['alpha', 'beta']);
    const wanted = { tenant: 'beta', name: 'CI', role: 'support' as const, grants: null, organizationId: null };
    const made = await createToken(ports(), wanted);
    expect(made.secret).toMatch(/^klt_/);
    await revokeToken(ports(), { tenant: 'beta', id: made.id });
    expect(await listTokens(ports(), { tenant: 'beta' })).toMatchObject([
      { id: made.id, name: 'CI', revokedAt: expect.any(String) },
    ]);
    expect(await listTokens(ports(), { tenant: 'alpha' })).toEqual([]);
  });

  it('is told of a vendor or token that does not exist, and of a slug that is taken', async () => {
    await createTenant(ports(), { slug: 'beta', name: 'Beta', legalEntity: 'Beta Ltd' });
    const wanted = { tenant: 'gamma', name: 'CI', role: 'support' as const, grants: null, organizationId: null };
    await expect(createToken(ports(), wanted)).rejects.toMatchObject({ code: 'token.tenant-unknown' });
    await expect(listTokens(ports(), { tenant: 'gamma' })).rejects.toMatchObject({ code: 'token.tenant-unknown' });
    const id = '01j00000000000000000000001';
    await expect(revokeToken(ports(), { tenant: 'beta', id })).rejects.toMatchObject({ code: 'token.not-found' });
    const again = createTenant(ports(), { slug: 'beta', name: 'Beta', legalEntity: 'Beta Ltd' });
    await expect(again).rejects.toMatchObject({ code: 'tenant.slug-taken' });
  });
});
