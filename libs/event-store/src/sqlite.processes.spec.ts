// The embedded store among processes: one owner, kill -9, a limit on the size of files, folders that cannot be written.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderLock } from './sqlite.folder-lock.js';
import { checkEventsFile } from './sqlite.check-file.js';
import { SqliteEventStore } from './sqlite.event-store.js';
import { freshStream, readAll, refusalOf, write } from './testing/samples.js';
import type { ChildSays } from './testing/store.child.js';

const CHILD = fileURLToPath(new URL('./testing/store.child.js', import.meta.url));

describe('the embedded store among processes', () => {
  let folder: string;
  let child: ChildProcessByStdio<null, Readable, null> | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'events-'));
  });
  afterEach(async () => {
    await kill();
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true });
  });

  /** Starts the child; `before` is put before its command line. */
  function start(task: string, on = folder, before = ''): Interface {
    child = spawn('sh', ['-c', `${before} exec "$0" "$@"`, process.execPath, CHILD, task, on], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return createInterface({ input: child.stdout });
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async function everything(lines: Interface): Promise<ChildSays[]> {
    const said: ChildSays[] = [];
    for await (const line of lines) said.push(JSON.parse(line) as ChildSays);
    return said;
  }

  it('a folder has one owner, and a killed one leaves it free', async () => {
    const lines = start('own', join(folder, 'new'));
    await once(lines, 'line');
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
    expect(() => FolderLock.acquire(join(folder, 'new'))).toThrow(expect.objectContaining({ code: 'store.locked' }));
    await kill();
    const lock = FolderLock.acquire(join(folder, 'new'));
    expect(() => FolderLock.acquire(join(folder, 'new'))).toThrow(expect.objectContaining({ code: 'store.locked' }));
    lock.release();
    FolderLock.acquire(join(folder, 'new')).release();
  });

  it('kill -9 takes nothing that was answered, and leaves no half append', async () => {
    const answered = new Map<string, string>();
    for (const enough of [1, 40, 600, 1_300]) {
      const lines = start('append');
      const stopped = once(lines, 'close');
      let count = 0;
      lines.on('line', (line) => {
        const said = JSON.parse(line) as ChildSays;
        if (said.did === 'appended') answered.set(said.stream, said.position);
        if (++count === enough) child!.kill('SIGKILL');
      });
      await stopped;
      await kill();
      expect(count).toBeGreaterThanOrEqual(enough);
    }
    const store = await SqliteEventStore.open(folder);
    const events = await readAll(store);
    await store.close();
    const found = new Map(events.map(({ stream, position }) => [stream, position]));
    for (const [stream, position] of answered) expect(found.get(stream)).toBe(position);
    for (let i = 0; i < events.length; i += 2) {
      expect(events[i]).toMatchObject({ stream: events[i + 1]!.stream, revision: 0 });
      expect(events[i + 1]).toMatchObject({ revision: 1 });
    }
    expect(checkEventsFile(folder).problems).toEqual([]);
  });

  it('a reader in another process sees what the owner appends', async () => {
    await SqliteEventStore.open(folder).then((store) => store.close());
    const reader = SqliteEventStore.openReader(folder);
    const batches = reader.subscribe({ after: await reader.head() })[Symbol.asyncIterator]();
    await batches.next();
    const said = everything(start('three'));
    const seen: string[] = [];
    while (seen.length < 6) {
      const { value } = await batches.next();
      if (value) seen.push(...value.events.map(({ stream }) => stream));
    }
    expect((await said).flatMap((line) => (line.did === 'appended' ? [line.stream, line.stream] : []))).toEqual(seen);
    await reader.close();
  });

  it('a disk that takes no more refuses appends, keeps what was answered, and goes on being read', async () => {
    // The process's limit on the size of a file, in blocks of 512 or 1,024 bytes, is met as a full disk is: by a write that fails.
    const said = await everything(start('fill', folder, 'ulimit -f 2048;'));
    const appended = said.filter(({ did }) => did === 'appended');
    const refusals = said.flatMap((line) => (line.did === 'refused' ? [line.code] : []));
    expect(appended.length).toBeGreaterThan(10);
    expect(refusals).toHaveLength(2);
    for (const code of refusals) expect(['store.full', 'store.failed']).toContain(code);
    expect(said.at(-1)).toEqual({ did: 'read', events: appended.length * 2 });

    const store = await SqliteEventStore.open(folder);
    await store.append([write(freshStream(), 'no-stream')]);
    const streams = new Set((await readAll(store)).map(({ stream }) => stream));
    for (const line of appended) if (line.did === 'appended') expect(streams.has(line.stream)).toBe(true);
    expect(streams.size).toBe(appended.length + 1);
    await store.close();
  });

  it.each(['a folder with files', 'an empty folder', 'a folder with files that may be written'])(
    '%s that may not be written is refused',
    async (which) => {
      if (which !== 'an empty folder') await SqliteEventStore.open(folder).then((store) => store.close());
      const file = join(folder, 'events.db');
      if (which === 'a folder with files') chmodSync(file, 0o444);
      if (which === 'a folder with files that may be written') chmodSync(file, 0o666);
      chmodSync(folder, 0o555);
      const said = await everything(start('open'));
      expect(said).toEqual([
        { did: 'refused', code: 'store.read-only', message: expect.stringContaining(folder) },
        { did: 'refused', code: 'store.read-only', message: expect.stringContaining(folder) },
      ]);
    },
  );

  it('a file where the folder should be is refused', async () => {
    const file = join(folder, 'data');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'below')]) {
      expect(() => FolderLock.acquire(path)).toThrow(expect.objectContaining({ code: 'store.read-only' }));
      expect(await refusalOf(SqliteEventStore.open(path))).toMatchObject({ code: 'store.read-only' });
    }
  });
});
