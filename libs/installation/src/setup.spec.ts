import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Commands } from '#http/commands.js';
import type { OperatorPorts } from '#http/operator.js';
import { Reads } from '#http/reads.js';
import { createToken, listTokens, revokeToken } from '#identity/token.operator.js';
import { createTenant, listTenants } from '#tenants/tenant.operator.js';
import { openInstallation, type Installation } from './installation.js';
import { Setup } from './setup.js';
import { SystemClock } from './system-clock.js';

let folder: string;
let installation: Installation;
/** The number of the command at which the process "dies", before it is carried out. */
let crashAt: number | null;
let sent: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyledger-setup-'));
  installation = await openInstallation({ dataDir: folder, clock: new SystemClock() });
  crashAt = null;
  sent = 0;
});
afterEach(async () => {
  await installation.close();
  rmSync(folder, { recursive: true });
});

function ports(): OperatorPorts {
  const { executor, reads, events, freshness, clock } = installation;
  const commands = {
    send: (...[aggregate, id, command, data, ctx]: Parameters<Commands['send']>) => {
      if (crashAt === ++sent) throw new Error('died');
      return executor.execute(aggregate, id, command, data, ctx.command);
    },
  } as Commands;
  return { commands, reads: new Reads(reads, freshness, events), log: events, clock };
}

const setup = () => new Setup(installation.records, ports());
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
    expect(await listTokens(ports(), { tenant: 'acme' })).toMatchObject([{ id: done.apiToken.id, role: 'administrator', name: 'Ada' }]);
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
  it.each([1, 2])('is completed by repeating it after a crash at command %i, also with the token of a new start', async (command) => {
    const token = (await setup().begin())!;
    crashAt = command;
    await expect(setup().complete(request(token))).rejects.toThrow('died');
    const newer = (await setup().begin())!;
    if (command === 2) await expect(setup().complete(request(newer, 'another'))).rejects.toMatchObject({ code: 'setup.begun-for-another' });
    const done = await setup().complete(request(newer));
    expect(done.tenant).toBe('acme');
    const tokens = await listTokens(ports(), { tenant: 'acme' });
    expect(tokens.filter(({ revokedAt }) => revokedAt === null).map(({ id }) => id)).toEqual([done.apiToken.id]);
  });

  it('revokes the token of an attempt whose answer nobody got', async () => {
    const token = (await setup().begin())!;
    const records = installation.records;
    let puts = 0;
    const dying = Object.assign(Object.create(records) as typeof records, {
      put: (...args: Parameters<typeof records.put>) => (++puts === 2 ? Promise.reject(new Error('died')) : records.put(...args)),
    });
    await expect(new Setup(dying, ports()).complete(request(token))).rejects.toThrow('died');
    const done = await setup().complete(request(token));
    const tokens = await listTokens(ports(), { tenant: 'acme' });
    expect(tokens).toHaveLength(2);
    expect(tokens.filter(({ revokedAt }) => revokedAt === null).map(({ id }) => id)).toEqual([done.apiToken.id]);
  });

  it('is done by one of two requests at the same moment', async () => {
    const token = (await setup().begin())!;
    const both = await Promise.allSettled([setup().complete(request(token)), setup().complete(request(token))]);
    const codes = both.map((each) => (each.status === 'fulfilled' ? 'ok' : (each.reason as { code: string }).code));
    expect(codes.sort()).toEqual(['ok', 'setup.under-way']);
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
    expect(await listTokens(ports(), { tenant: 'beta' })).toMatchObject([{ id: made.id, name: 'CI', revokedAt: expect.any(String) }]);
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
