// A server that cannot start says why, in a sentence with a code, and touches nothing.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { spawnServer, startServer, temporaryFolder, type ServerOptions } from '../support/server.js';
import { firstVendor } from '../support/vendor.js';

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

function failedStart(folder: string, options: ServerOptions = {}): Promise<Ended> {
  const child = spawnServer(folder, options);
  let text = '';
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })));
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
}

describe('a start', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Leaves a folder with a vendor in it, and no server. */
  async function used(): Promise<void> {
    const server = await startServer({ folder });
    await firstVendor(server);
    expect(await server.end()).toBe(0);
  }

  it('on a folder that another server owns is refused; the other goes on', async () => {
    const first = await startServer({ folder });
    const second = await failedStart(folder);
    expect(second.code).toBe(3);
    expect(second.text).toContain('store.locked');
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
    await first.end('SIGKILL');
    // The lock dies with its owner, however it ended.
    const third = await startServer({ folder });
    expect(await third.end()).toBe(0);
  });

  it('on a taken port is refused', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) =>
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
    );
    const { code, text } = await failedStart(folder, { env: { KEYLEDGER_PORT: String(port) } });
    taken.close();
    expect([code, text]).toEqual([3, expect.stringMatching(/EADDRINUSE.*\. Stop the program.*KEYLEDGER_PORT/)]);
  });

  it('on an address that this machine does not have is refused', async () => {
    const { code, text } = await failedStart(folder, { env: { KEYLEDGER_HOST: '192.0.2.1' } });
    expect([code, text]).toEqual([3, expect.stringMatching(/EADDRNOTAVAIL.*\. Stop the program.*KEYLEDGER_HOST/)]);
    expect(text).not.toContain('    at ');
  });

  it('with a wrong setting names the variable and what it must be', async () => {
    const { code, text } = await failedStart(folder, { env: { KEYLEDGER_PORT: 'many', KEYLEDGER_PROT: '1' } });
    expect(code).toBe(2);
    expect(text).toContain('KEYLEDGER_PORT is "many"');
    expect(text).toContain('the nearest one is KEYLEDGER_PORT');
    expect(text).not.toContain('    at ');
  });

  it('where the folder cannot be made is refused, with the way out', async () => {
    const { code, text } = await failedStart('/proc/keyledger');
    expect([code, text]).toEqual([3, expect.stringContaining('store.read-only')]);
    expect(text).toMatch(/The data folder \/proc\/keyledger cannot be made .*KEYLEDGER_DATA_DIR.*--data/);
  });

  it('where the folder is a file is refused', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const { code, text } = await failedStart(file);
    expect([code, text]).toEqual([3, expect.stringContaining('store.read-only')]);
  });

  it('with another master key than the folder was made with is refused', async () => {
    await used();
    const { code, text } = await failedStart(folder, { env: { KEYLEDGER_MASTER_KEY: randomBytes(32).toString('base64') } });
    expect(code).not.toBe(0);
    expect(text).toContain('the master key is not the one');
  });

  it.each([
    ['a damaged header', 'events.db', (file: string) => overwrite(file, 0, randomBytes(100)), 'store.damaged'],
    ['a log that was cut off', 'events.db', (file: string) => truncateSync(file, 8192 + 100), 'store.damaged'],
    [
      'a log of a newer version',
      'events.db',
      (file: string) => overwrite(file, 60, Buffer.from([0, 0, 0, 99])),
      'store.newer-format',
    ],
    ['damaged records', 'records.db', (file: string) => overwrite(file, 0, randomBytes(100)), 'store.damaged'],
    ['damaged keys', 'keys.db', (file: string) => overwrite(file, 0, randomBytes(100)), 'store.damaged'],
  ])('on %s is refused, and nothing is changed by it', async (_, name, damage, expected) => {
    await used();
    const file = join(folder, name);
    damage(file);
    const before = readFileSync(file);
    const { code, text } = await failedStart(folder);
    expect([code, text]).toEqual([3, expect.stringContaining(expected)]);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  /** Leaves what a kill leaves: a write-ahead log that nobody has folded into the file. Answers its path. */
  async function killedAtWork(): Promise<string> {
    const server = await startServer({ folder });
    const { issue, staff } = await firstVendor(server);
    const { id } = await issue();
    // A position is asked for with it: the views have seen everything by then.
    await staff.read(`/v1/licenses/${id}`);
    await server.end('SIGKILL');
    return join(folder, 'events.db-wal');
  }

  it('on a log that lost its end, cut so that SQLite takes it for whole, is refused: the views have seen more', async () => {
    const wal = await killedAtWork();
    const header = 32;
    const frame = 4_096 + 24;
    truncateSync(wal, header + Math.floor((statSync(wal).size - header) / frame / 2) * frame);
    const { code, text } = await failedStart(folder);
    expect([code, text]).toEqual([3, expect.stringContaining('store.damaged')]);
    expect(text).toMatch(/events\.db ends at \d+, but .*views\.db has seen \d+: events that were answered are gone/);
    // What it says about going on without them.
    for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `views.db${end}`), { force: true });
    const server = await startServer({ folder });
    expect(await server.end()).toBe(0);
  });

  it.each<[string, (wal: string) => void]>([
    ['is gone', (wal) => rmSync(wal)],
    ['is empty', (wal) => truncateSync(wal, 0)],
    ['holds garbage in the middle', (wal) => overwrite(wal, Math.floor(statSync(wal).size / 2), randomBytes(512))],
    ['is garbage', (wal) => writeFileSync(wal, randomBytes(statSync(wal).size))],
  ])('on a log whose write-ahead log %s is refused', async (_, damage) => {
    damage(await killedAtWork());
    const { code, text } = await failedStart(folder);
    expect([code, text]).toEqual([3, expect.stringContaining('store.damaged')]);
  });

  it('on a write-ahead log that is torn at its end, as a loss of power leaves it, loses what was not acknowledged alone', async () => {
    const wal = await killedAtWork();
    appendFileSync(wal, randomBytes(1_000));
    const server = await startServer({ folder });
    expect(await server.end()).toBe(0);
  });

  it('without the keys of its log is refused, and makes no others', async () => {
    await used();
    rmSync(join(folder, 'keys.db'));
    for (let time = 0; time < 2; time++) {
      const { code, text } = await failedStart(folder);
      expect([code, text]).toEqual([3, expect.stringContaining('restore it from your copy of the keys')]);
    }
  });

  it('without the views file builds it again from the log', async () => {
    await used();
    for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `views.db${end}`), { force: true });
    const server = await startServer({ folder });
    const ready = (await (await fetch(`${server.url}/health/ready`)).json()) as { status: string };
    expect(ready.status).toBe('ready');
    await server.end();
  });

  it('makes a folder that is not there, for its owner only', async () => {
    const made = join(folder, 'a', 'b');
    mkdirSync(join(folder, 'a'));
    const server = await startServer({ folder: made });
    expect(server.setupToken).toMatch(/^kls_/);
    expect(await server.end()).toBe(0);
  });
});
