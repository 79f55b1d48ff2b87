import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Keyring } from '#event-store/keyring.js';
import { createToken } from '#identity/token.operator.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { createTenant } from '#tenants/tenant.operator.js';
import { makeBackup } from './backup.js';
import { openInstallation } from './installation.js';
import { readMasterKey } from './master-key.js';
import { restoreBackup } from './restore.js';
import { rotateKeys, type RotationOptions } from './rotate-keys.js';
import { SystemClock } from './system-clock.js';
import { operatorPorts } from './testing/operator-ports.js';

const program = fileURLToPath(new URL('./testing/rotate.child.js', import.meta.url));
const onStep = () => undefined;

describe('rotating the keys', () => {
  let folder: string;
  let masterKey: Uint8Array | undefined;
  let hash: string;

  const open = () => openInstallation({ dataDir: folder, clock: new SystemClock(), masterKey });
  const rotate = (more: Partial<RotationOptions> = {}) => rotateKeys({ folder, masterKey, onStep, ...more });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kl-rotate-'));
    masterKey = undefined;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function fill(): Promise<void> {
    const installation = await open();
    const ports = operatorPorts(installation);
    for (const slug of ['acme', 'beta']) {
      await createTenant(ports, { slug, name: slug, legalEntity: slug });
      await createToken(ports, { tenant: slug, name: 'Jane Doe', role: 'support', grants: null, organizationId: null });
    }
    hash = await installation.keyring.hash('acme', 'p', 'v');
    await installation.close();
  }

  /** Opens as ever: what was sealed reads, hashes are the same, and new things can be sealed. */
  async function works(): Promise<void> {
    const installation = await open();
    const { events } = await installation.events.readLog({ categories: ['token'] });
    const names = (await installation.codec.decode(events)).map(({ data }) => (data as { name: string }).name);
    expect(names.slice(0, 2)).toEqual(['Jane Doe', 'Jane Doe']);
    expect(await installation.keyring.hash('acme', 'p', 'v')).toBe(hash);
    const wanted = { tenant: 'acme', name: 'John', role: 'support' as const, grants: null, organizationId: null };
    await createToken(operatorPorts(installation), wanted);
    await installation.close();
  }

  async function opens(key: Uint8Array): Promise<boolean> {
    const keys = SqliteRecordStore.open(join(folder, 'keys.db'), { durable: true });
    const answer = await new Keyring(keys, key).isOpen();
    await keys.close();
    return answer;
  }

  it('makes a new master key, and the old one opens nothing any more', async () => {
    await fill();
    const old = readMasterKey(folder)!;
    const oldRows = readFileSync(join(folder, 'keys.db'));
    const masterKeyFile = join(folder, 'master.key');
    expect(await rotate()).toEqual({ folder, keys: expect.any(Number), masterKeyFile });
    expect(await opens(old)).toBe(false);
    expect(await opens(readMasterKey(folder)!)).toBe(true);
    await works();
    const wrapped = /[\w-]{80}/.exec(oldRows.toString('latin1'))![0];
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name)).includes(wrapped)).toBe(false);
  });

  it('takes a key that is given, and writes none where the configuration gives it', async () => {
    masterKey = randomBytes(32);
    await fill();
    const newKey = randomBytes(32);
    await expect(rotate()).rejects.toMatchObject({ code: 'keys.new-key-needed' });
    expect(await rotate({ newKey })).toMatchObject({ masterKeyFile: null });
    expect(readdirSync(folder).filter((name) => name.startsWith('master'))).toEqual([]);
    await expect(rotate({ newKey })).rejects.toMatchObject({ code: 'keys.rotated-already' });
    await expect(rotate({ newKey: randomBytes(32) })).rejects.toMatchObject({ code: 'keys.wrong-master-key' });
    masterKey = newKey;
    await works();
  });

  it('is refused while a server runs, and where there are no keys', async () => {
    await expect(rotate()).rejects.toMatchObject({ code: 'keys.none' });
    const running = await open();
    await expect(rotate()).rejects.toMatchObject({ code: 'store.locked' });
    await running.close();
  });

  describe.each(['written', 'rewrapping', 'rewrapped', 'renamed'])('that is killed when it is %s', (point) => {
    const kill = () =>
      new Promise((resolve) => execFile(process.execPath, [program, folder, point], (error) => resolve(error?.signal)));

    it('leaves a folder that opens, and rotates again', async () => {
      await fill();
      expect(await kill()).toBe('SIGKILL');
      await works();
      expect(readdirSync(folder)).not.toContain('master.next.key');
      await kill();
      await rotate();
      await works();
    });

    it('leaves keys that can be copied and restored', async () => {
      await fill();
      await kill();
      const [target, keysTo, restored] = ['backup', 'keys', 'restored'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      await makeBackup({ folder, target, keysTo, now: '2026-06-01T12:00:00.000Z', onStep });
      expect(await restoreBackup({ backup: target, folder: restored, keys: keysTo, onStep })).toMatchObject({ sealed: 2 });
    });
  });

  it('that fails in the middle changes nothing', async () => {
    await fill();
    const failing = rotate({
      onStep: () => {
        throw new Error('enough');
      },
    });
    await expect(failing).rejects.toThrow('enough');
    await works();
  });
});
