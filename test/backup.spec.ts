// Backups as operators make them: the built command line, beside the built server under load and without one.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientOf } from './support/client.js';
import { command, commandUnder, MAIN } from './support/operator.js';
import { expectEqualToRebuild } from './support/rebuild.js';
import { startServer, temporaryFolder, type RunningServer } from './support/server.js';
import { until } from './support/until.js';
import { firstVendor, type Vendor } from './support/vendor.js';

const UNLIMITED = { KEYLEDGER_RATE_LIMIT_CREDENTIAL: '0', KEYLEDGER_RATE_LIMIT_LICENSE_KEY: '0', KEYLEDGER_LOG_LEVEL: 'warn' };

let root: string;
let folder: string;
let server: RunningServer;
let vendor: Vendor;

beforeEach(async () => {
  root = temporaryFolder();
  folder = join(root, 'data');
  server = await startServer({ folder, env: UNLIMITED });
  vendor = await firstVendor(server, { activations: -1 });
});

afterEach(async () => {
  await server.end('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

describe('a backup', () => {
  it('is made beside a server that serves, and of the files when none runs', async () => {
    await vendor.issue();
    const beside = await command(folder, '--json', 'backup', join(root, 'beside'));
    expect(beside.code).toBe(0);
    await server.end();
    const alone = await command(folder, 'backup', join(root, 'alone'), '--keys-to', join(root, 'keys'));
    expect(alone.code).toBe(0);
    expect(alone.out).toContain((JSON.parse(beside.out) as { position: string }).position);
    expect(alone.error).toMatch(/^copying events\.db {2}100 %/m);
    expect(readdirSync(root).sort()).toEqual(['alone', 'beside', 'data', 'keys']);
  });

  it('refuses with 1 a target that holds something, and a folder that has no log', async () => {
    mkdirSync(join(root, 'taken', 'something'), { recursive: true });
    const taken = await command(folder, 'backup', join(root, 'taken'));
    expect([taken.code, taken.error]).toEqual([1, expect.stringContaining('(backup.target-not-empty)')]);
    const empty = await command(join(root, 'taken'), '--json', 'backup', join(root, 'other'));
    expect([empty.code, JSON.parse(empty.error)]).toEqual([
      1,
      { error: expect.objectContaining({ code: 'backup.nothing-there' }) },
    ]);
  });

  it('that the disk does not take ends with a refusal that says so, and leaves nothing', async () => {
    for (let n = 0; n < 40; n++) await vendor.issue();
    const full = await commandUnder(['prlimit', '--fsize=100000'], folder, 'backup', join(root, 'full'));
    expect(full.code).toBe(3);
    expect(full.error).toMatch(/\((?:backup\.no-room|store\.(?:full|failed))\)/);
    expect(readdirSync(root)).toEqual(['data']);
  });

  it('that is interrupted ends with 130 and leaves nothing', async () => {
    for (let n = 0; n < 10; n++) await vendor.issue();
    const target = join(root, 'interrupted');
    const env = { PATH: process.env['PATH'], KEYLEDGER_DATA_DIR: folder };
    const child = spawn(process.execPath, [MAIN, 'backup', target], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let error = '';
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    while (!existsSync(`${target}.partial`) && child.exitCode === null) await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(/\((.+)\)\n$/.exec(error)?.[1]).toBe('operation.interrupted');
    expect(readdirSync(root)).toEqual(['data']);
  });
});

describe('a restored backup', () => {
  const paths = () => ({ backup: join(root, 'backup'), keys: join(root, 'keys'), data: join(root, 'restored') });

  it('has every command that was acknowledged before a backup under load, and views that equal a rebuild', async () => {
    const { backup, keys, data } = paths();
    const license = await vendor.issue();
    const holder = vendor.holder(license.key);
    const acknowledged: string[] = [];
    let over = false;
    const caller = async (name: string) => {
      for (let n = 0; !over; n++) {
        const { id } = await holder.done('/v1/license/activations', { fingerprint: `device-${name}-${n}` });
        acknowledged.push(id as string);
      }
    };
    const load = Promise.all(['a', 'b', 'c', 'd'].map(caller));
    await until(async () => acknowledged.length > 20);
    const before = [...acknowledged];
    expect(await command(folder, 'backup', backup, '--keys-to', keys)).toMatchObject({ code: 0 });
    over = true;
    await load;
    expect(acknowledged.length).toBeGreaterThan(before.length);
    await server.end();

    const restored = await command(data, 'restore', backup, '--keys', keys);
    expect([restored.code, restored.out]).toEqual([0, expect.stringContaining('Start the server')]);
    server = await startServer({ folder: data, env: UNLIMITED });
    const staff = clientOf(server.url, { authorization: `Bearer ${vendor.token}` });
    const there = new Set<string>();
    for (let next: string | null = ''; next !== null;) {
      const page = await staff.read(`/v1/licenses/${license.id}/activations?limit=100${next && `&cursor=${next}`}`);
      for (const { id } of page.data as { id: string }[]) there.add(id);
      next = page.page.next as string | null;
    }
    expect(before.filter((id) => !there.has(id))).toEqual([]);
    await expectEqualToRebuild(server);
    const again = clientOf(server.url, { authorization: `License ${license.key}`, 'keyledger-tenant': vendor.tenant });
    expect((await again.read('/v1/license')).id).toBe(license.id);
  });

  it('is refused with 1 where the folder is in use, the keys are wrong, or the backup is damaged', async () => {
    const { backup, keys, data } = paths();
    await command(folder, 'backup', backup, '--keys-to', keys);
    expect(await command(folder, 'restore', backup, '--keys', keys)).toMatchObject({
      code: 3,
      error: expect.stringContaining('(store.locked)'),
    });
    writeFileSync(join(keys, 'master.key'), `${randomBytes(32).toString('base64')}\n`);
    expect(await command(data, 'restore', backup, '--keys', keys)).toMatchObject({
      code: 1,
      error: expect.stringContaining('(restore.keys-wrong)'),
    });
    truncateSync(join(backup, 'events.db'), 8_192);
    expect(await command(data, 'restore', backup, '--keys', keys)).toMatchObject({
      code: 1,
      error: expect.stringContaining('(backup.damaged)'),
    });
    expect(readdirSync(data)).toEqual([]);
  });

  it('wants to be told of the keys: where they are, or that they come later', async () => {
    const { backup, data } = paths();
    const said = await command(data, 'restore', backup);
    expect([said.code, said.error]).toEqual([2, expect.stringContaining('--without-keys')]);
    expect((await command(data, 'restore', backup, '--keys', 'x', '--without-keys')).code).toBe(2);
    expect(await command(data, 'restore', backup, '--without-keys')).toMatchObject({
      code: 1,
      error: expect.stringContaining('(backup.not-a-backup)'),
    });
  });
});
