// The operator's command line as a program: beside a running server, and on the files when none runs.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database } from '#event-store/sqlite.driver.js';
import { clientOf } from './support/client.js';
import { command } from './support/operator.js';
import { startServer, temporaryFolder, type RunningServer } from './support/server.js';

let folder: string;

const keyledger = (...args: string[]) => command(folder, ...args);

const ACME = ['tenant', 'create', 'acme', '--name', 'Acme Software', '--legal-entity', 'Acme Inc.'];

describe.each(['beside a running server', 'on the files, with no server'])('the command line %s', (where) => {
  let server: RunningServer | undefined;

  beforeAll(async () => {
    folder = temporaryFolder();
    if (where === 'beside a running server') server = await startServer({ folder });
  });
  afterAll(async () => {
    await server?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says so where there is nothing yet', async () => {
    const answer = await keyledger('tenant', 'list');
    if (server) expect(answer).toMatchObject({ code: 0, out: 'There is no vendor yet.\n' });
    else {
      expect(answer).toMatchObject({ code: 3, error: expect.stringContaining('installation.not-found') });
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('makes a vendor once, and lists it', async () => {
    expect((await keyledger(...ACME)).code).toBe(0);
    expect(await keyledger(...ACME)).toMatchObject({ code: 1, error: expect.stringContaining('(tenant.slug-taken)') });
    const { out } = await keyledger('--json', 'tenant', 'list');
    expect(JSON.parse(out)).toEqual([{ id: 'acme', name: 'Acme Software', createdAt: expect.any(String) }]);
  });

  it('makes a token, lists it without its secret, and revokes it', async () => {
    const made = await keyledger('--json', 'token', 'create', 'acme', '--name', 'Build server', '--role', 'support');
    const token = JSON.parse(made.out) as { id: string; secret: string };
    if (server) {
      const client = clientOf(server.url, { authorization: `Bearer ${token.secret}` });
      expect((await client.get('/v1/me')).status).toBe(200);
    }
    const list = await keyledger('token', 'list', 'acme');
    expect(list.out).toContain(token.id);
    expect(list.out).not.toContain(token.secret);
    expect((await keyledger('token', 'revoke', 'acme', token.id)).code).toBe(0);
    if (server) {
      const client = clientOf(server.url, { authorization: `Bearer ${token.secret}` });
      expect(await client.get('/v1/me')).toMatchObject({ status: 401, body: { code: 'auth.revoked' } });
    }
    expect(await keyledger('token', 'revoke', 'acme', '01j00000000000000000000009')).toMatchObject({
      code: 1,
      error: expect.stringContaining('(token.not-found)'),
    });
  });

  it('shows views, builds one again while it serves, and goes back', async () => {
    expect((await keyledger('views', 'status')).out).toMatch(/^licenses +\d+ +1 +active/m);
    expect((await keyledger('views', 'verify', 'licenses')).out).toMatch(/^All 0 documents of licenses are what the log says/);
    if (!server) return;
    expect((await keyledger('views', 'rebuild', 'licenses')).out).toBe('Build 2 of licenses has begun.\n');
    let status = '';
    while (!/^licenses +\d+ +2 +active/m.test(status)) status = (await keyledger('views', 'status')).out;
    expect((await keyledger('views', 'rollback', 'licenses')).out).toBe('Build 1 of licenses is active.\n');
    expect((await keyledger('views', 'switch', 'licenses', '2')).out).toBe('Build 2 of licenses is active.\n');
    expect(await keyledger('views', 'switch', 'licenses', '9')).toMatchObject({ code: 1 });
    expect(await keyledger('views', 'rebuild', 'no-such-view')).toMatchObject({
      code: 1,
      error: expect.stringContaining('read.no-build'),
    });
  });

  it('has no parked work to show, and says so when asked to retry some', async () => {
    expect((await keyledger('work', 'parked')).out).toBe('Nothing is parked.\n');
    const retried = await keyledger('work', 'retry', 'block-device-everywhere', 'x');
    expect(retried.code).toBe(1);
    expect(/\((.+)\)/.exec(retried.error)?.[1]).toBe('work.not-parked');
  });

  it('finds everything sound', async () => {
    const { code, out } = await keyledger('doctor', '--deep');
    expect([code, out]).toEqual([0, expect.not.stringContaining('PROBLEM')]);
    expect(out).toMatch(/^events\.db +sound +\d+ events in \d+ streams, all readable$/m);
    expect(out).toMatch(/^keys +sound +the master key opens them; they open what is sealed in all 1 events$/m);
    for (const file of ['keys', 'records', 'views']) expect(out).toMatch(new RegExp(`^${file}\\.db +sound `, 'm'));
    expect(out).toMatch(server ? /^server +sound +runs on this folder$/m : /^server +sound +none answers on this folder$/m);
    const quick = JSON.parse((await keyledger('--json', 'doctor')).out) as { about: string }[];
    expect(quick.map(({ about }) => about)).toEqual(expect.arrayContaining(['clock', 'disk', 'rights', 'views', 'work']));
  });

  it('ends with 2 for a wrong command line or configuration', async () => {
    expect(await keyledger('tenant', 'create', 'acme')).toMatchObject({ code: 2, error: expect.stringContaining('--name') });
    expect((await keyledger('token', 'create', 'acme', '--name', 'x', '--role', 'emperor')).code).toBe(2);
    expect(await keyledger('doctro')).toMatchObject({ code: 2, error: expect.stringContaining('Did you mean doctor?') });
    expect(await keyledger('views', 'rebiuld', 'x')).toMatchObject({
      code: 2,
      error: expect.stringContaining('Did you mean rebuild?'),
    });
    expect((await keyledger('--help')).code).toBe(0);
  });
});

it('the doctor names the damaged file and the way out, and ends with 1', async () => {
  folder = temporaryFolder();
  await keyledger(...ACME);
  const file = join(folder, 'views.db');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(7, 5_000, 60_000));
  rmSync(join(folder, 'keys.db'));
  const { code, out } = await keyledger('doctor', '--deep');
  expect(code).toBe(1);
  expect(out).toMatch(/^events\.db +sound /m);
  expect(out).toMatch(/^views\.db +PROBLEM +is damaged.*\n +→ .*it is built again from the log/m);
  expect(out).toMatch(/^keys\.db +PROBLEM +is missing\n +→ restore it/m);
  rmSync(folder, { recursive: true });
});

it('ends with 3 where the installation cannot be opened', async () => {
  folder = join(process.execPath, 'below-a-file');
  expect(await keyledger(...ACME)).toMatchObject({ code: 3, error: expect.stringContaining('(store.read-only)') });
});

it('verifies a view, and ends with 1 and the first differences where a document is not what the log says', async () => {
  folder = temporaryFolder();
  await keyledger(...ACME);
  expect(JSON.parse((await keyledger('--json', 'views', 'verify', 'tenants')).out)).toMatchObject({
    documents: 1,
    differences: [],
  });
  const views = new Database(join(folder, 'views.db'));
  views.exec(`UPDATE "documents tenants 1" SET text = replace(text, 'Acme Software', 'Apex Software')`);
  views.close();
  const { code, out } = await keyledger('views', 'verify', 'tenants');
  expect(code).toBe(1);
  expect(out).toMatch(/^acme +acme +different +name$/m);
  expect(out).not.toContain('Apex');
  rmSync(folder, { recursive: true });
});

it('rotates the keys while no server runs, and not beside one', async () => {
  folder = temporaryFolder();
  await keyledger(...ACME);
  await keyledger('token', 'create', 'acme', '--name', 'Jane Doe', '--role', 'support');
  const before = readFileSync(join(folder, 'master.key'), 'utf8');
  expect(await keyledger('rotate-keys')).toMatchObject({ code: 0, out: expect.stringContaining('Copy the keys anew') });
  expect(readFileSync(join(folder, 'master.key'), 'utf8')).not.toBe(before);
  const server = await startServer({ folder });
  expect((await keyledger('token', 'list', 'acme')).out).toContain('Jane Doe');
  expect(await keyledger('rotate-keys')).toMatchObject({ code: 3, error: expect.stringContaining('(store.locked)') });
  await server.end();
  writeFileSync(join(folder, 'new'), 'short');
  const refused = await keyledger('rotate-keys', '--new-key', join(folder, 'new'));
  expect([refused.code, /\((.+)\)/.exec(refused.error)?.[1]]).toEqual([1, 'keys.bad-new-key']);
  rmSync(folder, { recursive: true });
});
