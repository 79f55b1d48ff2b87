import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { reactors } from '#catalogue/reactors.js';
import { Database } from '#event-store/sqlite.driver.js';
import { createToken } from '#identity/token.operator.js';
import { createTenant } from '#tenants/tenant.operator.js';
import { examine, type Examination } from './doctor.js';
import { temporaryInstallation, type TemporaryInstallation } from './testing/operator-ports.js';

const LONG_AGO = '2001-01-01T00:00:00.000Z';

describe('the doctor', () => {
  let temporary: TemporaryInstallation;
  let folder: string;

  beforeEach(async () => {
    temporary = await temporaryInstallation();
    folder = temporary.installation.folder;
    await createTenant(temporary.ports, { slug: 'acme', name: 'Acme', legalEntity: 'Acme' });
    const wanted = { tenant: 'acme', name: 'Jane Doe', role: 'support' as const, grants: null, organizationId: null };
    await createToken(temporary.ports, wanted);
  });
  afterEach(() => temporary.dispose());

  const all = (more: Partial<Examination> = {}) => {
    const now = temporary.installation.clock.now();
    return examine({ folder, now, deep: true, onStep: () => undefined, roomFor: () => 1e12, ...more });
  };
  const wrong = async (more: Partial<Examination> = {}) => (await all(more)).filter(({ state }) => state !== 'sound');

  async function sql(file: string, statement: string): Promise<void> {
    const db = new Database(join(folder, file));
    db.exec(statement);
    db.close();
  }

  it('finds nothing wrong where nothing is, deep or not', async () => {
    for (const deep of [true, false]) {
      const late = await wrong({ deep });
      // The views may be a moment behind.
      expect(late.filter(({ about }) => !about.startsWith('view '))).toEqual([]);
    }
  });

  it('tells a clock that was set back behind the newest event', async () => {
    expect(await wrong({ now: LONG_AGO })).toContainEqual({
      about: 'clock',
      state: 'problem',
      says: expect.stringMatching(/s before the newest event/),
      todo: expect.stringContaining('set the clock right'),
    });
  });

  it('tells a disk that is full, or will be', async () => {
    expect(await wrong({ roomFor: () => 5e8 })).toContainEqual(expect.objectContaining({ about: 'disk', state: 'warning' }));
    expect(await wrong({ roomFor: () => 5e6 })).toContainEqual(expect.objectContaining({ about: 'disk', state: 'problem' }));
  });

  it('tells files that others may open, and how to mend it', async () => {
    chmodSync(join(folder, 'master.key'), 0o644);
    chmodSync(folder, 0o755);
    const found = await wrong();
    expect(found).toContainEqual(
      expect.objectContaining({ about: 'master.key', state: 'problem', todo: `chmod 600 ${join(folder, 'master.key')}` }),
    );
    expect(found).toContainEqual(expect.objectContaining({ about: 'folder', state: 'warning', todo: `chmod 700 ${folder}` }));
  });

  it('tells a master key that does not open the keys, and keys that the log needs and nobody has', async () => {
    const keys = { about: 'keys', state: 'problem' };
    expect(await wrong({ masterKey: randomBytes(32) })).toContainEqual(
      expect.objectContaining({ ...keys, says: 'the master key does not open them' }),
    );
    await sql('keys.db', "DELETE FROM records WHERE space = 'subject-keys'");
    expect(await wrong()).toContainEqual(expect.objectContaining({ ...keys, says: expect.stringContaining('acme/acme') }));
    expect(await wrong({ deep: false })).toContainEqual(expect.objectContaining(keys));
  });

  it('tells of documents that are set aside, and of parked work', async () => {
    const { name } = reactors[0]!;
    const { records } = temporary.installation;
    await records.schedule(name, 'k', { stream: 's' }, LONG_AGO);
    const [work] = await records.claim(name, LONG_AGO, LONG_AGO, 1);
    await records.park(name, 'k', work!.token, 'the lamp is broken', LONG_AGO);
    await sql('views.db', "INSERT INTO quarantine VALUES ('licenses', 1, 'acme', 'k', '1', 'T', 'e', 's')");
    const found = await wrong();
    expect(found).toContainEqual(expect.objectContaining({ about: 'work', says: expect.stringContaining('the lamp is broken') }));
    expect(found).toContainEqual(
      expect.objectContaining({ about: 'view licenses', todo: expect.stringContaining('keyledger views retry licenses') }),
    );
  });

  it('tells what is missing, and goes on with the rest', async () => {
    expect(await examine({ folder: join(folder, 'none'), now: LONG_AGO, deep: false, onStep: () => undefined })).toMatchObject([
      { about: 'folder', state: 'problem' },
    ]);
    for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `keys.db${end}`), { force: true });
    expect(await wrong()).toContainEqual(expect.objectContaining({ about: 'keys.db', state: 'problem' }));
  });

  it('tells a log that was altered, only when it reads all of it', async () => {
    await sql('events.db', "UPDATE events SET data = replace(data, '}', ']') WHERE pos = 1");
    const log = { about: 'events.db', state: 'problem', says: expect.stringContaining('payload of event 1') };
    expect(await wrong()).toContainEqual(expect.objectContaining(log));
    expect((await wrong({ deep: false })).map(({ about }) => about)).not.toContain('events.db');
  });
});
