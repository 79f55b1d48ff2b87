import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createToken } from '#identity/token.operator.js';
import { createTenant } from '#tenants/tenant.operator.js';
import { makeBackup } from './backup.js';
import { describeFile, MANIFEST_FILE, readManifest } from './backup-manifest.js';
import { openInstallation } from './installation.js';
import { restoreBackup, type RestoreOptions } from './restore.js';
import { SystemClock } from './system-clock.js';
import { temporaryInstallation, type TemporaryInstallation } from './testing/operator-ports.js';

const NOW = '2026-06-01T12:00:00.000Z';
const onStep = () => undefined;

describe('restoring a backup', () => {
  let temporary: TemporaryInstallation;
  let parent: string;
  let backup: string;
  let keys: string;
  let folder: string;

  beforeEach(async () => {
    temporary = await temporaryInstallation();
    parent = mkdtempSync(join(tmpdir(), 'kl-restore-'));
    [backup, keys, folder] = [join(parent, 'backup'), join(parent, 'keys'), join(parent, 'data')];
    await vendor('acme');
    await makeBackup({ folder: temporary.installation.folder, target: backup, keysTo: keys, now: NOW, onStep });
  });
  afterEach(async () => {
    await temporary.dispose();
    rmSync(parent, { recursive: true });
  });

  async function vendor(slug: string, { ports } = temporary): Promise<void> {
    await createTenant(ports, { slug, name: slug, legalEntity: slug });
    const wanted = { tenant: slug, name: 'Jane Doe', role: 'support' as const, grants: null, organizationId: null };
    await createToken(ports, wanted);
  }
  const restore = (more: Partial<RestoreOptions> = {}) => restoreBackup({ backup, folder, keys, onStep, ...more });
  const emptied = () => expect(readdirSync(folder)).toEqual([]);

  it('gives an installation that opens, with all that was in it', async () => {
    const head = await temporary.installation.events.head();
    expect(await restore()).toMatchObject({ position: head, events: 3, sealed: 1 });
    expect(readdirSync(folder).sort()).toEqual(['erasures.jsonl', 'events.db', 'keys.db', 'master.key', 'records.db']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    const again = await openInstallation({ dataDir: folder, clock: new SystemClock() });
    const { events } = await again.events.readLog({ categories: ['token'] });
    expect(await again.codec.decode(events)).toMatchObject([{ data: { name: 'Jane Doe' } }]);
    await again.close();
  });

  it('takes the master key from the configuration where that gives it, and writes it nowhere', async () => {
    const masterKey = Buffer.from(readFileSync(join(keys, 'master.key'), 'utf8'), 'base64');
    rmSync(join(keys, 'master.key'));
    await restore({ masterKey });
    expect(readdirSync(folder)).not.toContain('master.key');
  });

  it('is refused for a folder that holds something, or that a server runs on', async () => {
    await expect(restore({ folder: keys })).rejects.toMatchObject({ code: 'restore.folder-not-empty' });
    const running = restore({ folder: temporary.installation.folder });
    await expect(running).rejects.toMatchObject({ code: 'store.locked' });
    await restore();
    await expect(restore()).rejects.toMatchObject({ code: 'restore.folder-not-empty' });
  });

  it('needs the keys and their master key', async () => {
    rmSync(join(keys, 'master.key'));
    await expect(restore()).rejects.toMatchObject({
      code: 'restore.keys-missing',
      message: expect.stringContaining('master.key'),
    });
    await expect(restore({ keys: parent })).rejects.toMatchObject({ code: 'restore.keys-missing' });
    emptied();
  });

  it('tells keys that do not belong together, or to another installation', async () => {
    await expect(restore({ masterKey: randomBytes(32) })).rejects.toMatchObject({ code: 'restore.keys-wrong' });
    const other = await temporaryInstallation();
    const otherKeys = join(parent, 'other-keys');
    await vendor('acme', other);
    await makeBackup({ folder: other.installation.folder, target: join(parent, 'o'), keysTo: otherKeys, now: NOW, onStep });
    await other.dispose();
    await expect(restore({ keys: otherKeys })).rejects.toMatchObject({ code: 'restore.keys-wrong' });
    emptied();
  });

  it('tells keys that are older than the log', async () => {
    await vendor('later');
    backup = join(parent, 'newer');
    await makeBackup({ folder: temporary.installation.folder, target: backup, now: NOW, onStep });
    const refusal = { code: 'restore.keys-incomplete', message: expect.stringContaining('later/later') };
    await expect(restore()).rejects.toMatchObject(refusal);
    emptied();
  });

  it('without keys gives a log that nobody starts on before they are there', async () => {
    expect(await restore({ keys: null })).toMatchObject({ sealed: null });
    expect(readdirSync(folder).sort()).toEqual(['events.db', 'records.db']);
    const open = () => openInstallation({ dataDir: folder, clock: new SystemClock() });
    await expect(open()).rejects.toThrow('restore it from your copy of the keys');
    for (const name of readdirSync(keys)) writeFileSync(join(folder, name), readFileSync(join(keys, name)));
    await (await open()).close();
  });

  it('tells a backup that was altered, with and without its manifest', async () => {
    const file = join(backup, 'events.db');
    const bytes = readFileSync(file);
    writeFileSync(file, Buffer.concat([bytes.subarray(0, 4_096), randomBytes(8_192), bytes.subarray(12_288)]));
    await expect(restore()).rejects.toMatchObject({ code: 'backup.damaged', message: expect.stringContaining('digest') });
    const manifest = readManifest(backup);
    const rewrite = (more: object) => writeFileSync(join(backup, MANIFEST_FILE), JSON.stringify({ ...manifest, ...more }));
    rewrite({ files: [describeFile(backup, 'events.db', onStep)] });
    await expect(restore()).rejects.toMatchObject({ code: 'backup.damaged' });
    writeFileSync(file, bytes);
    rewrite({ events: 99 });
    await expect(restore()).rejects.toMatchObject({ code: 'backup.damaged', message: expect.stringContaining('says 99') });
    emptied();
  });

  it('that was killed is begun again, and nobody starts on what it has left', async () => {
    mkdirSync(join(folder, '.restoring'), { recursive: true });
    writeFileSync(join(folder, '.restoring', 'events.db'), 'half');
    const start = openInstallation({ dataDir: folder, clock: new SystemClock() });
    await expect(start).rejects.toMatchObject({ code: 'store.damaged', message: expect.stringContaining('was not finished') });
    await restore();
    expect(readdirSync(folder)).not.toContain('.restoring');
  });
});
