// Files that are not what they were: each is refused by name, and nothing that was answered is dropped in silence.
import {
  cpSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from './sqlite.driver.js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkEventsFile } from './sqlite.check-file.js';
import { SqliteEventStore } from './sqlite.event-store.js';
import { freshStream, readAll, refusalOf, sampleEvent, write } from './testing/samples.js';

const PAGE = 4_096;
const kilobytes = (n: number) => sampleEvent(`{"t":"${'x'.repeat(n * 1_000)}"}`);

describe('a damaged event log', () => {
  let folder: string;
  let file: string;
  let stream: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'events-'));
    file = join(folder, 'events.db');
    stream = freshStream();
    const store = await SqliteEventStore.open(folder);
    await store.append([write(stream, 'no-stream', 3)]);
    for (let n = 0; n < 50; n++) await store.append([write(freshStream(), 'no-stream', [kilobytes(10)])]);
    await store.append([write(stream, 2, 2)]);
    await store.close();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const opening = () => SqliteEventStore.open(folder).then((store) => store.close());

  function overwrite(path: string, at: number, bytes: Buffer): void {
    const fd = openSync(path, 'r+');
    writeSync(fd, bytes, 0, bytes.length, at);
    closeSync(fd);
  }

  function sql(statement: string): void {
    const db = new Database(file);
    db.exec(statement);
    db.close();
  }

  it.each<[string, string, () => void]>([
    ['a newer format', 'store.newer-format', () => sql('PRAGMA user_version = 99')],
    ['the mark of another program', 'store.damaged', () => sql('PRAGMA application_id = 7')],
    ['a broken header', 'store.damaged', () => overwrite(file, 0, Buffer.alloc(100, 'x'))],
    ['no bytes', 'store.damaged', () => truncateSync(file, 0)],
    ['half of its bytes', 'store.damaged', () => truncateSync(file, Math.floor(statSync(file).size / 2))],
    ['another content', 'store.damaged', () => writeFileSync(file, 'The quick brown fox jumps over the lazy dog. '.repeat(200))],
    [
      'an unreadable payload at its end',
      'store.damaged',
      () => sql("UPDATE events SET data = '{' WHERE pos = (SELECT max(pos) FROM events)"),
    ],
    [
      'unreadable metadata at its end',
      'store.damaged',
      () => sql("UPDATE events SET metadata = '' WHERE pos = (SELECT max(pos) FROM events)"),
    ],
    [
      'a missing revision at its end',
      'store.damaged',
      () => sql(`DELETE FROM events WHERE stream = '${stream}' AND revision = 3`),
    ],
    ['its last event removed', 'store.damaged', () => sql('DELETE FROM events WHERE pos = (SELECT max(pos) FROM events)')],
  ])('with %s is refused at start: %s', async (_, code, damage) => {
    damage();
    await expect(opening()).rejects.toMatchObject({ code, message: expect.stringContaining(file) });
  });

  it('is refused where the file is gone and its write-ahead log is there', async () => {
    rmSync(file);
    writeFileSync(`${file}-wal`, 'x');
    await expect(opening()).rejects.toMatchObject({ code: 'store.damaged' });
  });

  it('in its middle is found on reading and by the check, and the rest is served', async () => {
    const middle = Math.floor(statSync(file).size / PAGE / 2) * PAGE;
    refill();
    overwrite(file, middle, Buffer.alloc(8 * PAGE, 0xff));
    const store = await SqliteEventStore.open(folder);
    expect(await refusalOf(readAll(store))).toMatchObject({ code: 'store.damaged' });
    await expect(readAll(store)).rejects.toThrow(file);
    expect((await store.readLog({ direction: 'backward', limit: 2 })).events).toHaveLength(2);
    await store.append([write(freshStream(), 'no-stream')]);
    await store.close();
    expect(checkEventsFile(folder).problems.length).toBeGreaterThan(0);
  });

  it('with a damaged event in its middle is found on reading and by the check', async () => {
    sql(
      "UPDATE events SET metadata = 'x' WHERE pos = 20; UPDATE events SET event_id = x'00' WHERE pos = 21; UPDATE events SET revision = 1 WHERE pos = 22",
    );
    refill();
    const store = await SqliteEventStore.open(folder);
    expect(await refusalOf(readAll(store))).toMatchObject({ code: 'store.damaged' });
    await store.close();
    expect(checkEventsFile(folder).problems).toEqual([
      expect.stringContaining('metadata of event 20'),
      expect.stringContaining('id of event 21'),
      expect.stringContaining('event 22 is revision 1'),
    ]);
  });

  /** Moves the damage out of the events that are checked at start. */
  function refill(): void {
    const db = new Database(file);
    const insert = db.prepare(
      "INSERT INTO events (stream, revision, event_id, type, data, metadata) VALUES (?, 0, randomblob(16), 'T', '{}', '{}')",
    );
    for (let n = 0; n < 120; n++) insert.run(freshStream());
    db.close();
  }

  it('that is sound has no problems', () => {
    const told: string[] = [];
    const report = checkEventsFile(folder, (done, total) => told.push(`${done}/${total}`));
    expect(report).toEqual({ file, events: 55, streams: 51, position: '55'.padStart(20, '0'), problems: [] });
    expect(told).toEqual(['0/55', '55/55']);
  });

  it('whose last event of a stream was taken from the middle is found by the check', () => {
    refill();
    sql('DELETE FROM events WHERE pos = 60');
    expect(checkEventsFile(folder).problems).toEqual([expect.stringContaining('event 61 comes after event 59')]);
  });
});

describe('a write-ahead log', () => {
  let folder: string;
  let copy: string;
  let wal: string;
  let written: string[];
  // What a crash leaves: the files as they stand while the store is open.
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'events-'));
    copy = join(folder, 'copy');
    wal = join(copy, 'events.db-wal');
    written = [];
    const store = await SqliteEventStore.open(folder);
    for (let n = 0; n < 10; n++) {
      const stream = freshStream();
      await store.append([write(stream, 'no-stream')]);
      written.push(stream);
    }
    cpSync(join(folder, 'events.db'), join(copy, 'events.db'));
    cpSync(join(folder, 'events.db-wal'), wal);
    await store.close();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function streamsOfCopy(): Promise<string[]> {
    const store = await SqliteEventStore.open(copy);
    const events = await readAll(store);
    await store.close();
    return events.map(({ stream }) => stream);
  }

  it('that a crash left is read', async () => {
    expect(await streamsOfCopy()).toEqual(written);
  });

  it('of garbage is refused instead of dropped', async () => {
    writeFileSync(wal, Buffer.alloc(statSync(wal).size, 'garbage'));
    await expect(streamsOfCopy()).rejects.toMatchObject({
      code: 'store.damaged',
      message: expect.stringContaining('events.db-wal'),
    });
  });

  it('that is damaged before commits that were answered is refused instead of cut there', async () => {
    const bytes = readFileSync(wal);
    bytes.fill(0xee, Math.floor(bytes.length / 3), Math.floor(bytes.length / 3) + 64);
    writeFileSync(wal, bytes);
    await expect(streamsOfCopy()).rejects.toMatchObject({
      code: 'store.damaged',
      message: expect.stringContaining('events.db-wal'),
    });
  });

  it('that is torn at its end, as a crash during a commit leaves it, is read up to there', async () => {
    truncateSync(wal, statSync(wal).size - 100);
    expect(await streamsOfCopy()).toEqual(written.slice(0, -1));
  });

  it('of which a power loss took a part of the last commit, but not its end, is read up to there', async () => {
    const bytes = readFileSync(wal);
    const frame = PAGE + 24;
    const frames = Array.from({ length: (bytes.length - 32) / frame }, (_, n) => 32 + n * frame);
    const commits = frames.filter((at) => bytes.readUInt32BE(at + 4) !== 0);
    const begin = commits.at(-2)! + frame;
    expect(begin).toBeLessThan(commits.at(-1)!);
    bytes.fill(0xee, begin + 100, begin + 200);
    writeFileSync(wal, bytes);
    expect(await streamsOfCopy()).toEqual(written.slice(0, -1));
  });

  it('that is empty, or was never filled, is sound', async () => {
    truncateSync(wal, 0);
    expect(await streamsOfCopy()).toEqual([]);
    writeFileSync(wal, Buffer.alloc(8_192));
    expect(await streamsOfCopy()).toEqual([]);
  });
});
