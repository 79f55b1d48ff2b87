// Lives on the command line: replayed step by step, and exported, beside a running server and on the files alone.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Body } from './support/client.js';
import { startClockedServer, type ClockedServer } from './support/clocked-server.js';
import { DIST, temporaryFolder } from './support/server.js';
import { firstVendor } from './support/vendor.js';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

let folder: string;
let files: string;
let server: ClockedServer;
let license: string;
let organization: string;
let between: string;
/** What the HTTP API answers of the same. */
let history: readonly Body[];
let exported: string;

function keyledger(...args: string[]): Promise<Said> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], KEYLEDGER_DATA_DIR: folder };
  const main = join(DIST, 'apps/cli/src/main.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env, cwd: files }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, error: err });
    });
  });
}

beforeAll(async () => {
  [folder, files] = [temporaryFolder(), temporaryFolder()];
  server = await startClockedServer({ folder });
  const vendor = await firstVendor(server, { activations: 2, duration: 'P1Y' });
  organization = vendor.organizationId;
  license = (await vendor.issue()).id;
  await vendor.staff.done(`/v1/licenses/${license}/activations`, { fingerprint: 'machine-1', name: 'Laptop' });
  server.pass({ days: 1 });
  between = server.inDays(0);
  server.pass({ days: 1 });
  await vendor.staff.done(`/v1/licenses/${license}/suspend`, { reason: 'overdue' });
  await vendor.staff.done(`/v1/licenses/${license}/revoke`, { reason: 'charged back' });
  history = (await vendor.staff.read(`/v1/licenses/${license}/history?sort=at`)).data;
  exported = (await vendor.staff.get(`/v1/licenses/${license}/history/export?format=csv`)).body;
}, 60_000);
afterAll(async () => {
  await server.end();
  for (const each of [folder, files]) rmSync(each, { recursive: true, force: true });
});

const nobody = '01j00000000000000000000009';

describe.each(['beside a running server', 'on the files, with no server'])('the command line %s', (where) => {
  beforeAll(async () => {
    if (where !== 'beside a running server') await server.end();
  });

  it('replays a license step by step, with its state after each event', async () => {
    const { code, out } = await keyledger('replay', 'license', license);
    const [names, ...rows] = out.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(names).toMatch(/^revision +at +event +who +status +seats +expiresAt +changed$/);
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 1).concat(row.split(/ {2,}/).slice(2, 6)).join(' '))).toEqual([
      expect.stringMatching(/^0 LicenseIssued token:\w+ expiring-soon|^0 LicenseIssued token:\w+ unused 0\/2/),
      expect.stringMatching(/^1 KeyActivated token:\w+ active 1\/2/),
      expect.stringMatching(/^2 LicenseSuspended token:\w+ suspended 1\/2/),
      expect.stringMatching(/^3 LicenseRevoked token:\w+ revoked 0\/2/),
    ]);
  });

  it('replays it as JSON: the entries of its history, with the whole state', async () => {
    const { out } = await keyledger('--json', 'replay', 'license', license, '--tenant', 'acme');
    const steps = JSON.parse(out) as Body[];
    const entries = steps.map(
      ({ changed: _words, status: _status, activations: _seats, expiresAt: _end, state: _state, ...entry }) => entry,
    );
    expect(entries).toEqual(history);
    expect(steps.at(-1)).toMatchObject({ status: 'revoked', state: { facts: { revokedFrom: steps.at(-1).at } } });
    expect(out).not.toContain('keyHash');
  });

  it('replays it until an instant', async () => {
    const { out } = await keyledger('--json', 'replay', 'license', license, '--until', between);
    expect((JSON.parse(out) as Body[]).map(({ what }) => what.type)).toEqual(['LicenseIssued', 'KeyActivated']);
    const early = await keyledger('replay', 'license', license, '--until', '2001-01-01T00:00:00Z');
    expect(early).toMatchObject({ code: 1, error: expect.stringContaining('(history.not-found)') });
  });

  it('refuses what there is not, and wrong words', async () => {
    const refusal = async (...args: string[]) => {
      const { code, error } = await keyledger(...args);
      return [code, /\(([\w.-]+)\)\n$/.exec(error)?.[1]];
    };
    expect(await refusal('replay', 'license', nobody)).toEqual([1, 'history.not-found']);
    expect(await refusal('replay', 'license', nobody, '--tenant', 'acme')).toEqual([1, 'history.not-found']);
    const unknown = await keyledger('replay', 'license', license, '--tenant', 'nobody');
    expect(/\((history\.tenant-unknown)\)/.exec(unknown.error)?.[1]).toBe('history.tenant-unknown');
    expect(await refusal('replay', 'license', 'x')).toEqual([1, 'operation.invalid']);
    expect(await refusal('replay', 'license', license, '--until', 'yesterday')).toEqual([1, 'operation.invalid']);
    expect(await refusal('export', 'organization', nobody, '--out', 'none')).toEqual([1, 'history.not-found']);
    expect(readdirSync(files)).toEqual([]);
    expect((await keyledger('export', 'license', license)).code).toBe(2);
    const { out } = await keyledger('replay', 'license', '--help');
    expect(out).toContain('Examples:');
  });

  it('exports the bytes that the HTTP API sends, with a digest as sha256sum prints it', async () => {
    const { code, out } = await keyledger('export', 'license', license, '--format', 'csv', '--out', 'history.csv');
    const text = readFileSync(join(files, 'history.csv'), 'utf8');
    expect([code, text]).toEqual([0, exported]);
    expect(out).toBe(`${createHash('sha256').update(text).digest('hex')}  history.csv\n`);
    const told = JSON.parse((await keyledger('--json', 'export', 'license', license, '--out', 'h.ndjson')).out);
    expect(told).toMatchObject({ file: 'h.ndjson', bytes: readFileSync(join(files, 'h.ndjson')).length });
    for (const name of ['history.csv', 'h.ndjson']) rmSync(join(files, name));
    expect(existsSync(join(files, 'history.csv.part'))).toBe(false);
  });

  it('exports an organization, and leaves out what is personal when told so', async () => {
    await keyledger('export', 'organization', organization, '--out', 'organization.ndjson');
    expect(readFileSync(join(files, 'organization.ndjson'), 'utf8')).toContain('OrganizationAdded');
    await keyledger('export', 'license', license, '--no-personal', '--out', 'plain.ndjson');
    expect(readFileSync(join(files, 'plain.ndjson'), 'utf8')).not.toMatch(/Laptop|overdue|charged/);
    for (const name of ['organization.ndjson', 'plain.ndjson']) rmSync(join(files, name));
  });
});
