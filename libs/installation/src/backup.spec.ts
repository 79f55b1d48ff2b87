import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTenant } from '#tenants/tenant.operator.js';
import { FolderLock } from '#event-store/sqlite.folder-lock.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { makeBackup, type BackupOptions } from './backup.js';
import { checkFiles, MANIFEST_FILE, manifestSchema, readManifest } from './backup-manifest.js';
import type { Step } from './step.js';
import { temporaryInstallation, type TemporaryInstallation } from './testing/operator-ports.js';

const NOW = '2026-06-01T12:00:00.000Z';
const LATER = '2999-01-01T00:00:00.000Z';

describe('a backup', () => {
  let temporary: TemporaryInstallation;
  let folder: string;
  let parent: string;
  let target: string;

  beforeEach(async () => {
    temporary = await temporaryInstallation();
    folder = temporary.installation.folder;
    parent = mkdtempSync(join(tmpdir(), 'kl-backup-'));
    target = join(parent, 'one');
    await vendor('acme');
  });
  afterEach(async () => {
    await temporary.dispose();
    rmSync(parent, { recursive: true });
  });

  const vendor = (slug: string) => createTenant(temporary.ports, { slug, name: slug, legalEntity: slug });
  const backUp = (more: Partial<BackupOptions> = {}) =>
    makeBackup({ folder, target, now: NOW, onStep: () => undefined, ...more });

  it('holds what was appended before, while others append, and says so in its manifest', async () => {
    const head = await temporary.installation.events.head();
    let over = false;
    const load = (async () => {
      for (let n = 0; !over; n++) await vendor(`vendor-${n}`);
    })();
    const steps: Step[] = [];
    const made = await backUp({ onStep: (step) => steps.push(step) });
    over = true;
    await load;
    expect(made.position >= head).toBe(true);
    const manifest = readManifest(target);
    expect(manifestSchema.parse(manifest)).toMatchObject({
      format: 1,
      madeAt: NOW,
      position: made.position,
      events: made.events,
    });
    expect(readdirSync(target).sort()).toEqual(['events.db', MANIFEST_FILE, 'records.db']);
    expect(() => checkFiles(target, manifest, () => undefined)).not.toThrow();
    expect(new Set(steps.map(({ what }) => what))).toContain('copying events.db');
    for (const { done, total } of steps) expect(done).toBeLessThanOrEqual(total);
  });

  it('is for its owner only, and holds neither keys nor records that expire', async () => {
    const { records } = temporary.installation;
    await records.put('idempotency', 'k', 'Jane Doe', NOW, { expiresAt: LATER });
    await records.put('reactor', 'r', 'kept', NOW);
    await backUp();
    for (const name of readdirSync(target)) {
      const bytes = readFileSync(join(target, name));
      expect(statSync(join(target, name)).mode & 0o777).toBe(0o600);
      for (const secret of ['Jane Doe', 'tenant-keys', readFileSync(join(folder, 'master.key'), 'utf8').trim()])
        expect(bytes.includes(secret)).toBe(false);
    }
    const copy = SqliteRecordStore.open(join(target, 'records.db'), { durable: false });
    expect(await copy.get('reactor', 'r', NOW)).toMatchObject({ value: 'kept' });
    await copy.close();
  });

  it('brings the keys to a folder of their own where that is asked for, and to none within the backup', async () => {
    const keysTo = join(parent, 'keys');
    await backUp({ keysTo });
    expect(readdirSync(keysTo).sort()).toEqual(['erasures.jsonl', 'keys.db', 'master.key']);
    expect(readFileSync(join(keysTo, 'master.key'))).toEqual(readFileSync(join(folder, 'master.key')));
    target = join(parent, 'two');
    await expect(backUp({ keysTo: join(target, 'keys') })).rejects.toThrow('must lie apart');
    await expect(backUp({ keysTo })).rejects.toMatchObject({ code: 'backup.target-not-empty' });
    expect(existsSync(target)).toBe(false);
  });

  it('fills an empty folder, but none that holds something', async () => {
    mkdirSync(target);
    await backUp();
    await expect(backUp()).rejects.toMatchObject({ code: 'backup.target-not-empty' });
  });

  it('is refused for a folder without a log', async () => {
    await expect(backUp({ folder: parent })).rejects.toMatchObject({ code: 'backup.nothing-there' });
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is not begun where there is no room, and leaves nothing', async () => {
    await expect(backUp({ roomFor: () => 10_000 })).rejects.toMatchObject({ code: 'backup.no-room' });
    expect(readdirSync(parent)).toEqual([]);
  });

  it('that is ended in the middle leaves nothing', async () => {
    const onStep = () => {
      throw new Error('enough');
    };
    await expect(backUp({ onStep })).rejects.toThrow('enough');
    expect(readdirSync(parent)).toEqual([]);
    await backUp();
  });

  it('takes away what a killed one has left, but not what another one is writing', async () => {
    mkdirSync(`${target}.partial`);
    writeFileSync(join(`${target}.partial`, 'events.db'), 'half');
    const lock = FolderLock.acquire(`${target}.partial`);
    await expect(backUp()).rejects.toMatchObject({ code: 'backup.under-way' });
    lock.release();
    await backUp();
    expect(readdirSync(parent)).toEqual(['one']);
    expect(readdirSync(target)).not.toContain('lock.db');
  });
});
