// The log as operators read it: the built command line beside the built server, and on the files alone.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { command, MAIN } from './support/operator.js';
import { startServer, temporaryFolder, type RunningServer } from './support/server.js';
import { until } from './support/until.js';
import { firstVendor, type Vendor } from './support/vendor.js';

let root: string;
let folder: string;
let server: RunningServer;
let vendor: Vendor;
let license: { readonly id: string; readonly key: string };

beforeAll(async () => {
  root = temporaryFolder();
  folder = join(root, 'data');
  server = await startServer({ folder });
  vendor = await firstVendor(server);
  license = await vendor.issue();
});
afterAll(async () => {
  await server.end('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

const events = (...args: string[]) => command(folder, 'events', ...args);

describe('keyledger events', () => {
  it('tail shows the newest, without a license key', async () => {
    const { code, out } = await events('tail', '--type', 'LicenseIssued', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ type: 'LicenseIssued', stream: `license-acme~${license.id}` });
    expect(out).not.toContain(license.key);
    expect((await events('tail', '--lines', '2')).out.trimEnd().split('\n')).toHaveLength(2);
    const wrong = await events('tail', '--type', 'LicenceIssued');
    expect([wrong.code, wrong.error]).toEqual([2, expect.stringContaining('the nearest one is LicenseIssued')]);
    const both = await events('tail', '--type', 'LicenseIssued', 'PolicyAdded', '--json');
    expect(both.out).toMatch(/"PolicyAdded"[^]*"LicenseIssued"/);
  });

  it('tail --follow goes on until it is interrupted, and ends with 0', async () => {
    const env = { PATH: process.env['PATH'], KEYLEDGER_DATA_DIR: folder };
    const child = spawn(process.execPath, [MAIN, 'events', 'tail', '--follow', '--lines', '1'], { env });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const ended = new Promise((resolve) => child.once('close', resolve));
    await until(async () => out.length > 0);
    const { id } = await vendor.issue();
    await until(async () => out.includes(`license-acme~${id}`));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('show reveals with a reason only, which is kept', async () => {
    const [position] = (await events('tail', '--type', 'LicenseIssued', '--lines', '9')).out.split(' ') as [string];
    expect(await events('show', position)).toMatchObject({ code: 0, out: expect.not.stringContaining(license.key) });
    expect((await events('show', position, '--reveal')).code).toBe(2);
    expect((await events('disclosures')).out).toBe('Nothing was ever revealed.\n');
    const revealed = await events('show', position, '--reason', 'ticket 4711');
    expect(revealed.out).toContain(license.key);
    expect((await events('disclosures')).out).toMatch(new RegExp(`events show ${position} +ticket 4711$`, 'm'));
    expect(await events('show', '999999')).toMatchObject({ code: 1, error: expect.stringContaining('(events.not-found)') });
  });

  it('export writes a file, beside a server and on the files alone, the same', async () => {
    const [one, two] = [join(root, 'one'), join(root, 'two')];
    const beside = await events('export', '--out', one, '--to', '10', '--json');
    expect(beside.code).toBe(0);
    await server.end();
    const alone = await events('export', '--out', two, '--to', '10');
    expect(alone.out).toContain((JSON.parse(beside.out) as { sha256: string }).sha256);
    expect(readFileSync(one)).toEqual(readFileSync(two));
    expect(await events('export', '--out', two)).toMatchObject({
      code: 1,
      error: expect.stringContaining('(export.file-exists)'),
    });
  });
});
