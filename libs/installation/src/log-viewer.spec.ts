import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createToken } from '#identity/token.operator.js';
import { createTenant } from '#tenants/tenant.operator.js';
import { listDisclosures, noteDisclosure } from './disclosures.js';
import { exportLog } from './export-log.js';
import { LogViewer, positionFrom } from './log-viewer.js';
import { coveredEvent, type ShownEvent } from './shown-event.js';
import { temporaryInstallation, type TemporaryInstallation } from './testing/operator-ports.js';

const at = (position: number) => String(position).padStart(20, '0');

describe('the log as an operator reads it', () => {
  let temporary: TemporaryInstallation;
  let folder: string;
  let viewer: LogViewer;
  let parent: string;

  beforeEach(async () => {
    temporary = await temporaryInstallation();
    folder = temporary.installation.folder;
    parent = mkdtempSync(join(tmpdir(), 'kl-log-'));
    for (const slug of ['acme', 'beta']) await vendor(slug);
    viewer = await LogViewer.open(folder, false);
  });
  afterEach(async () => {
    await viewer.close();
    await temporary.dispose();
    rmSync(parent, { recursive: true });
  });

  async function vendor(slug: string): Promise<void> {
    await createTenant(temporary.ports, { slug, name: slug, legalEntity: slug });
    const wanted = { tenant: slug, name: 'Jane Doe', role: 'support' as const, grants: null, organizationId: null };
    await createToken(temporary.ports, wanted);
  }

  it('withholds personal and secret fields, and names them', async () => {
    const { events } = await viewer.newest(1, { tenant: 'beta' });
    expect(events).toMatchObject([{ type: 'ApiTokenCreated', withheld: expect.arrayContaining(['name', 'hash']) }]);
    const text = JSON.stringify(events);
    const { events: stored } = await temporary.installation.events.readLog({ direction: 'backward', limit: 1 });
    const { name, hash } = JSON.parse(stored[0]!.data) as { name: string; hash: string };
    for (const hidden of ['Jane Doe', name, hash]) expect(text).not.toContain(hidden);
  });

  it('shows nothing of a type that it does not know', () => {
    const metadata = { tenant: 'acme' };
    const place = { stream: 'x-acme~1', revision: 0, position: at(1), eventId: 'e', metadata };
    expect(coveredEvent({ ...place, type: 'NeverHeardOf', data: '{"key":"secret"}' })).toMatchObject({
      data: {},
      withheld: ['key'],
    });
  });

  it('reveals them with the keys, and only with the right ones', async () => {
    const revealing = await LogViewer.open(folder, true);
    const { events } = await revealing.newest(1, {});
    expect(events).toMatchObject([{ data: { name: 'Jane Doe', hash: expect.any(String) }, withheld: [] }]);
    await revealing.close();
    await expect(LogViewer.open(folder, true, randomBytes(32))).rejects.toMatchObject({ code: 'events.no-keys' });
    await expect(LogViewer.open(parent, false)).rejects.toMatchObject({ code: 'backup.nothing-there' });
  });

  it('finds an event by position or id', async () => {
    const first = await viewer.find('1');
    expect(first).toMatchObject({ position: at(1), type: 'TenantCreated' });
    expect(await viewer.find(first.eventId)).toEqual(first);
    for (const none of ['0', '999', '00000000-0000-0000-0000-000000000000']) {
      await expect(viewer.find(none)).rejects.toMatchObject({ code: 'events.not-found' });
    }
    await expect(viewer.find('last')).rejects.toMatchObject({ code: 'events.bad-position' });
  });

  it('chooses by vendor and type, newest or from a position on', async () => {
    const positions = (events: readonly ShownEvent[]) => events.map(({ position }) => Number(position));
    const head = Number(await viewer.head());
    expect(positions((await viewer.newest(2, {})).events)).toEqual([head - 1, head]);
    const tokens = await viewer.newest(9, { types: ['ApiTokenCreated'] });
    expect(tokens.events.map(({ metadata }) => metadata['tenant'])).toEqual(['acme', 'beta']);
    const range: ShownEvent[] = [];
    for await (const event of viewer.range({ from: at(2), to: at(4), tenant: 'acme' }, () => undefined)) range.push(event);
    expect(positions(range)).toEqual([2, 3]);
  });

  it('goes on with what is appended, until it is told to stop', async () => {
    const stopping = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { metadata } of viewer.follow(await viewer.head(), { types: ['TenantCreated'] }, stopping.signal)) {
        seen.push(metadata['tenant']!);
        if (seen.length === 2) stopping.abort();
      }
    })();
    for (const slug of ['gamma', 'delta']) await vendor(slug);
    await following;
    expect(seen).toEqual(['gamma', 'delta']);
  });

  it('is exported to a new file, whole, with its digest', async () => {
    const file = join(parent, 'out.ndjson');
    const steps: number[] = [];
    const made = await exportLog(viewer, file, { from: positionFrom('2'), to: positionFrom('9999') }, ({ done, total }) =>
      steps.push(total - done),
    );
    const text = readFileSync(file, 'utf8');
    const exported = text.trimEnd().split('\n').map((line) => (JSON.parse(line) as ShownEvent).position); // prettier-ignore
    expect(exported).toEqual(Array.from({ length: made.events }, (_, i) => at(i + 2)));
    expect(made).toMatchObject({
      to: await viewer.head(),
      bytes: text.length,
      sha256: createHash('sha256').update(text).digest('hex'),
    });
    expect(steps.at(-1)).toBe(0);
    await expect(exportLog(viewer, file, {}, () => undefined)).rejects.toMatchObject({ code: 'export.file-exists' });
    const failing = exportLog(viewer, join(parent, 'half'), {}, () => {
      throw new Error('enough');
    });
    await expect(failing).rejects.toThrow('enough');
    expect(['half', 'half.partial'].filter((name) => existsSync(join(parent, name)))).toEqual([]);
  });

  it('remembers who had what revealed, and why', async () => {
    const { records } = temporary.installation;
    for (const day of ['01', '02']) {
      const disclosure = { by: 'root', what: 'events show 1', reason: `ticket ${day}` };
      await noteDisclosure(records, disclosure, `2026-01-${day}T00:00:00.000Z`);
    }
    const all = await listDisclosures(records, '2027-01-01T00:00:00.000Z');
    expect(all.map(({ reason }) => reason)).toEqual(['ticket 01', 'ticket 02']);
  });
});
