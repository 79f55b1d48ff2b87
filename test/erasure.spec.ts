// An erased person: with a marker in every personal field, no byte of any file shows one afterwards, also after a rebuild,
// after a crash at any step, and after an older backup was restored.
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openInstallation, type Installation } from '#installation/installation.js';
import { askOperator } from '#installation/operator-socket.js';
import { KEYS_FILE } from '#installation/files.js';
import { SystemClock } from '#installation/system-clock.js';
import { rootContext } from '#kernel/context.js';
import { newCommandId } from '#kernel/ids.js';
import { contact } from '#organizations/contact.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { views } from '#catalogue/views.js';
import { clientOf, type Body, type Client } from './support/client.js';
import { findMarkers, formsOf, newMarker } from './support/markers.js';
import { markPerson, markTheRest, personalFields, type MarkedPerson } from './support/marked-person.js';
import { command, keyledger } from './support/operator.js';
import { expectEqualToRebuild } from './support/rebuild.js';
import { startServer, temporaryFolder, type RunningServer } from './support/server.js';
import { until } from './support/until.js';
import { firstVendor, type Vendor } from './support/vendor.js';

jest.setTimeout(120_000);

const root = temporaryFolder();
/** An installation with a marked person, stopped: what each story begins with. */
const before = join(root, 'before');
const backup = join(root, 'backup');
const keys = join(root, 'keys');
let acme: Vendor;
let person: MarkedPerson;
/** All events, opened with the keys. */
let readable: string;

beforeAll(async () => {
  const server = await startServer({ folder: before });
  acme = await firstVendor(server, { activations: 3 });
  person = await markPerson(acme);
  await until(async () => (await acme.staff.read(`/v1/outbox?contactId=${person.contactId}`)).data.length === 2);
  // A build that is kept for a rollback holds everything too.
  await keyledger(before, 'views', 'rebuild', 'contacts');
  await server.end();
  readable = await withInstallation(before, async (installation) => {
    await markTheRest(installation, person);
    const head = await installation.events.head();
    for (const view of views) await installation.freshness.waitFor(view, head, 20_000);
    const { events } = await installation.events.readLog({ limit: 1_000 });
    return JSON.stringify(await installation.codec.decode(events));
  });
  await keyledger(before, 'backup', backup, '--keys-to', keys);
}, 120_000);
afterAll(() => rmSync(root, { recursive: true }));

/** A copy of the installation for one story, served while it is told. */
async function onCopy(name: string, story: (folder: string, staff: Client) => Promise<void>): Promise<void> {
  const folder = join(root, name);
  cpSync(before, folder, { recursive: true });
  await served(folder, (staff) => story(folder, staff));
}

async function served(folder: string, story: (staff: Client, server: RunningServer) => Promise<void>): Promise<void> {
  const running = await startServer({ folder });
  try {
    await story(clientOf(running.url, { authorization: `Bearer ${acme.token}` }), running);
  } finally {
    await running.end();
    writeFileSync(join(folder, 'server.log'), running.output());
  }
}

const found = (folder: string) => findMarkers(folder, person.markers);
/** The folder opened without a server. */
async function withInstallation<T>(folder: string, work: (installation: Installation) => Promise<T>): Promise<T> {
  const installation = await openInstallation({ dataDir: folder, clock: new SystemClock() });
  try {
    return await work(installation);
  } finally {
    await installation.close();
  }
}

const erased = (staff: Client) => staff.done(`/v1/contacts/${person.contactId}/erase`);

async function rebuildAll(folder: string): Promise<void> {
  for (const { name } of views) await askOperator(folder, 'views.rebuild', { view: name });
  const statuses = async () => ((await askOperator(folder, 'views.status', {})) as Body).result as Body[];
  await until(async () => (await statuses()).every(({ builds }) => builds.every((build: Body) => build.status !== 'building')));
}

describe('the search', () => {
  it('knows every form in which a text may have been written', () => {
    const marker = newMarker();
    const forms = formsOf(marker);
    const written = (text: string) => Object.keys(forms).filter((form) => Buffer.from(text, 'latin1').includes(forms[form]!));
    expect(written(`…${marker}…`)).toEqual(['raw']);
    for (const [i, lead] of ['', 'a', 'ab'].entries()) {
      for (const encoding of ['base64', 'base64url'] as const)
        expect(written(Buffer.from(`${lead}${marker}xyz`).toString(encoding))).toEqual([`base64+${i}`]);
    }
    expect(written(Buffer.from(marker, 'utf16le').toString('latin1'))).toEqual(['UTF-16LE']);
    expect(written(Buffer.from(marker).toString('hex'))).toEqual(['hex']);
  });

  it('covers every field of every event that is sealed for persons', () => {
    expect(personalFields.filter((field) => !person.markers.has(field))).toEqual([]);
  });

  it('finds every marker before: in the files where views show it, and in the log where the keys open it', () => {
    const inFiles = found(before);
    for (const what of [
      'ContactRenamed.name',
      'ContactEmailChanged.email',
      'ContactAccountSet.accountNumber',
      'LicenseIssued.name',
    ])
      expect(inFiles.some((each) => each.startsWith(`${what} in views.db`))).toBe(true);
    expect(inFiles.filter((each) => !each.includes(' in views.db'))).toEqual([]);
    expect([...person.markers].filter(([what, marker]) => personalFields.includes(what) && !readable.includes(marker))).toEqual(
      [],
    );
  });
});

describe('an erased person', () => {
  it('stands in no byte of any file, while the server runs, after a rebuild, and after a restart', async () => {
    const folder = join(root, 'erased');
    await onCopy('erased', async (_, staff) => {
      const answer = await erased(staff);
      expect(answer).toMatchObject({ id: person.contactId });
      expect(answer.documents).toBeGreaterThan(3);
      expect(answer.records).toBeGreaterThanOrEqual(3);
      expect(found(folder)).toEqual([]);
      expect(await erased(staff)).toMatchObject({ documents: answer.documents });
      expect(found(folder)).toEqual([]);
      await rebuildAll(folder);
      await until(async () =>
        (await keyledger(folder, 'views', 'status')).every((view: Body) => view.builds[0].status !== 'building'),
      );
      expect(found(folder)).toEqual([]);
    });
    await served(folder, async (_, running) => {
      expect(found(folder)).toEqual([]);
      await expectEqualToRebuild(running);
    });
    expect(found(folder)).toEqual([]);
  });

  it('reads as erased; his licenses and their history stay, and go on', async () => {
    await onCopy('read', async (_, staff) => {
      await erased(staff);
      const seen = await staff.read(`/v1/contacts/${person.contactId}`);
      expect(seen).toMatchObject({
        name: '\u0000erased',
        email: '\u0000erased',
        status: 'archived',
        erasedAt: expect.any(String),
      });
      const license = await staff.read(`/v1/licenses/${person.licenseId}`);
      expect(license).toMatchObject({ id: person.licenseId, name: '\u0000erased' });
      const { data } = await staff.read(`/v1/licenses/${person.licenseId}/history?limit=100`);
      expect(data.length).toBeGreaterThan(10);
      expect((await staff.read(`/v1/outbox?contactId=${person.contactId}`)).data).toEqual([]);
      expect((await staff.post(`/v1/contacts/${person.contactId}/restore`)).body.code).toBe('contact.erased');
      for (const [what, marker] of person.markers)
        expect([what, JSON.stringify([seen, license, data]).includes(marker)]).toEqual([what, false]);
    });
  });

  it('gives his address and his account number free, and nothing is kept of him from then on', async () => {
    await onCopy('free', async (folder, staff) => {
      await erased(staff);
      const email = `${person.markers.get('ContactEmailChanged.email')}@marked.example`;
      const { id } = await staff.done('/v1/contacts', { name: 'Somebody new', email });
      await staff.done(`/v1/contacts/${id}/erase`);
      const reason = newMarker();
      await staff.done(`/v1/licenses/${person.licenseId}/suspend`, { reason });
      expect(findMarkers(folder, new Map([['said later', reason]]))).toEqual([]);
    });
  });

  it('is refused while he is contact of an organization', async () => {
    await onCopy('placed', async (_, staff) => {
      await staff.done(`/v1/contacts/${person.contactId}/resume`);
      const assign = `/v1/organizations/${acme.organizationId}/contacts/assign`;
      await staff.done(assign, { place: 'secondary', contactId: person.contactId });
      const refused = await staff.post(`/v1/contacts/${person.contactId}/erase`);
      expect(refused.body).toMatchObject({ code: 'contact.holds-place' });
      expect((await staff.read(`/v1/contacts/${person.contactId}`)).erasedAt).toBeNull();
    });
  });

  it('is erased by the operator too, beside a server and without one, once it is said to be meant', async () => {
    const folder = join(root, 'operator');
    cpSync(before, folder, { recursive: true });
    const said = await command(folder, 'person', 'erase', 'acme', person.contactId);
    expect([said.code, said.error]).toEqual([2, expect.stringContaining('--yes')]);
    const answer = await keyledger(folder, 'person', 'erase', 'acme', person.contactId, '--yes');
    expect(answer).toMatchObject({ tenant: 'acme', contactId: person.contactId });
    expect(found(folder)).toEqual([]);
    await served(folder, async () => {
      expect(await keyledger(folder, 'person', 'erase', 'acme', person.contactId, '--yes')).toEqual(answer);
    });
    expect(await keyledger(folder, 'doctor', '--deep')).toContainEqual(
      expect.objectContaining({ about: 'keys', state: 'sound' }),
    );
  });
});

describe('a key that is put back', () => {
  it('is found by the search: the test can fail', async () => {
    const folder = join(root, 'planted');
    await onCopy('planted', async (_, staff) => void (await erased(staff)));
    expect(found(folder)).toEqual([]);
    const name = `acme/${person.contactId}`;
    const [old, now] = [before, folder].map((each) => SqliteRecordStore.open(join(each, KEYS_FILE), { durable: true }));
    const key = await old!.get('subject-keys', name, '');
    await now!.put('subject-keys', name, key!.value, '');
    await now!.delete('destroyed-keys', name);
    await Promise.all([old!.close(), now!.close()]);
    await served(folder, async () => {
      await rebuildAll(folder);
      await until(async () => found(folder).length > 0);
    });
  });
});

/** Steps after the fact, each with how a process dies before it. */
const STEPS: Readonly<Record<string, (installation: Installation, die: () => never) => void>> = {
  'the ledger': (installation, die) => void (Reflect.get(installation.erasures, 'ports').ledger.note = die),
  'the key': ({ keyring }, die) => void (keyring.destroy = die),
  'the views': ({ projection }, die) => void (projection.ask = die),
  'the kept answers': ({ records }, die) => void (records.list = die),
  'the records': ({ records }, die) => void (records.deleteNaming = die),
  'the files': ({ records }, die) => void (records.compact = die),
  'the end': ({ records }, die) => void (records.put = die),
};

describe('killed before', () => {
  it.each(Object.keys(STEPS))('%s, it is finished by the next start', async (step) => {
    const folder = join(root, `killed-${step.replace(' ', '-')}`);
    cpSync(before, folder, { recursive: true });
    await withInstallation(folder, async (installation) => {
      const ctx = rootContext('acme', 'operator', new SystemClock().now(), newCommandId());
      await installation.executor.execute(contact, person.contactId, 'erase', { places: [] }, ctx);
      STEPS[step]!(installation, () => {
        throw new Error('killed');
      });
      await expect(installation.erasures.carryOut('acme', person.contactId)).rejects.toThrow('killed');
      // Closing asks the thread of the views too.
      Reflect.deleteProperty(installation.projection, 'ask');
    });
    await served(folder, () => until(async () => found(folder).length === 0));
    expect(found(folder)).toEqual([]);
  });
});

describe('an older backup', () => {
  const ledger = join(root, 'erased', 'erasures.jsonl');

  it('brings nothing back where the newest ledger comes along, though the keys are as old', async () => {
    const folder = join(root, 'restored');
    expect(await keyledger(folder, 'restore', backup, '--keys', keys, '--erasures', ledger)).toMatchObject({ erased: 1 });
    expect(found(folder)).toEqual([]);
    await served(folder, async (staff, running) => {
      await until(async () => (await fetch(`${running.url}/health/ready`)).status === 200);
      expect(await staff.read(`/v1/contacts/${person.contactId}`)).toMatchObject({ name: '\u0000erased', status: 'archived' });
      expect(found(folder)).toEqual([]);
    });
    expect(found(folder)).toEqual([]);
  });

  it('brings nothing back with the keys of today', async () => {
    const folder = join(root, 'restored-today');
    expect(await keyledger(folder, 'restore', backup, '--keys', join(root, 'erased'))).toMatchObject({ erased: 1 });
    await served(folder, async (_, running) => {
      await until(async () => (await fetch(`${running.url}/health/ready`)).status === 200);
    });
    expect(found(folder)).toEqual([]);
  });

  it('is refused without a ledger, and goes without where that is said: then everything comes back', async () => {
    const folder = join(root, 'without');
    const old = join(root, 'old-keys');
    cpSync(keys, old, { recursive: true });
    rmSync(join(old, 'erasures.jsonl'));
    const refused = await command(folder, '--json', 'restore', backup, '--keys', old);
    expect(JSON.parse(refused.error || refused.out)).toMatchObject({ error: { code: 'restore.erasures-missing' } });
    expect(await keyledger(folder, 'restore', backup, '--keys', old, '--without-erasures')).toMatchObject({ erased: null });
    await served(folder, () => until(async () => found(folder).length > 0));
  });
});
