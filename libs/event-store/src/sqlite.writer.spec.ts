// What the embedded store adds to the contract: group commit, bounded waiting, a full file, a lost thread.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BroadcastChannel, Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commitChannel } from './commit-signal.js';
import { SqliteEventStore, type SqliteEventStoreOptions } from './sqlite.event-store.js';
import { startThread } from './sqlite.writer.js';
import { freshStream, readAll, refusalOf, sampleEvent, write } from './testing/samples.js';

/** Serves, and dies of the first append. */
const DYING_THREAD = `
  const { parentPort } = require('node:worker_threads');
  parentPort.postMessage('ready');
  parentPort.on('message', () => process.exit(1));
`;

describe('SqliteEventStore', () => {
  let folder: string;
  let store: SqliteEventStore | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'events-'));
  });
  afterEach(async () => {
    await store?.close();
    rmSync(folder, { recursive: true });
  });

  async function open(options: SqliteEventStoreOptions = {}): Promise<SqliteEventStore> {
    await store?.close();
    return (store = await SqliteEventStore.open(folder, { durable: false, ...options }));
  }

  it('commits the appends of a turn together, and a refused one undoes none of the others', async () => {
    const { append } = await opened();
    const [a, b, taken] = [freshStream(), freshStream(), freshStream()];
    await append(write(taken, 'no-stream'));
    const outcomes = await Promise.allSettled([
      append(write(a, 'no-stream')),
      append(write(taken, 'no-stream')),
      append(write(b, 'no-stream')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await readAll(store!)).map(({ stream }) => stream)).toEqual([taken, a, b]);
  });

  it('refuses an event id that stands elsewhere in the log, and a payload that is no JSON object', async () => {
    const { append } = await opened();
    const stream = freshStream();
    const event = sampleEvent();
    await append(write(stream, 'no-stream', [event]));
    await expect(append(write(freshStream(), 'no-stream', [event]))).rejects.toThrow(`stands in ${stream} already`);
    await expect(append(write(stream, 'any', [event]))).rejects.toThrow(`stands in ${stream} already`);
    for (const data of ['{', '[]', '1', '']) {
      await expect(append(write(freshStream(), 'any', [sampleEvent(data)]))).rejects.toThrow('not a JSON object');
    }
    expect(await readAll(store!)).toHaveLength(1);
  });

  it('says that it is busy where too many appends, or too many bytes, wait; and takes more when they are done', async () => {
    const many = await opened({ maxWaiting: 2 });
    const waiting = [many.append(write(freshStream(), 'any')), many.append(write(freshStream(), 'any'))];
    expect(await refusalOf(many.append(write(freshStream(), 'any')))).toMatchObject({ code: 'store.busy' });
    await Promise.all(waiting);
    await many.append(write(freshStream(), 'any'));

    const large = await opened({ maxWaitingBytes: 1_500 });
    const kilobyte = () => write(freshStream(), 'any', [sampleEvent(`{"t":"${'x'.repeat(1_000)}"}`)]);
    const first = large.append(kilobyte());
    expect(await refusalOf(large.append(kilobyte()))).toMatchObject({ code: 'store.busy' });
    await first;
    await large.append(kilobyte());
  });

  it('refuses writes when the file is full, keeps what it answered, and goes on when there is space', async () => {
    const small = await opened({ maxPages: 60 });
    const answered: string[] = [];
    const page = () => sampleEvent(`{"t":"${'x'.repeat(4_000)}"}`);
    let refused: { code: unknown } | undefined;
    while (!refused) {
      const stream = freshStream();
      await small.append(write(stream, 'no-stream', [page(), page()])).then(
        () => answered.push(stream, stream),
        async (error: { code: unknown }) => (refused = error),
      );
    }
    expect(refused).toMatchObject({ code: 'store.full' });
    const together = await Promise.all(
      Array.from({ length: 3 }, () => refusalOf(small.append(write(freshStream(), 'any', [page(), page()])))),
    );
    expect(together.map(({ code }) => code)).toEqual(['store.full', 'store.full', 'store.full']);
    expect((await readAll(store!)).map(({ stream }) => stream)).toEqual(answered);

    const larger = await opened({ maxPages: 120 });
    await larger.append(write(freshStream(), 'no-stream', [page(), page()]));
    expect(await readAll(store!)).toHaveLength(answered.length + 2);
  });

  it('fails what waited for a thread that is gone, and starts another one for the next append', async () => {
    let started = 0;
    const { append } = await opened({
      startThread: (data) => (++started === 1 ? new Worker(DYING_THREAD, { eval: true }) : startThread(data)),
    });
    const writes = write(freshStream(), 'no-stream', 2);
    const lost = await Promise.all([refusalOf(append(writes)), refusalOf(append(write(freshStream(), 'any')))]);
    expect(lost.map(({ code }) => code)).toEqual(['store.failed', 'store.failed']);
    expect(await append(writes)).toMatchObject({ revisions: { [writes.stream]: 1 } });
    expect(started).toBe(2);
  });

  it('sends to the next thread what it had not yet sent to the lost one', async () => {
    let late: Promise<unknown> | undefined;
    const current = await open({
      startThread: (data) => {
        if (late) return startThread(data);
        const thread = new Worker(DYING_THREAD, { eval: true });
        thread.on('exit', () => void (late ??= current.append([write(freshStream(), 'no-stream')])));
        return thread;
      },
    });
    expect(await refusalOf(current.append([write(freshStream(), 'no-stream')]))).toMatchObject({ code: 'store.failed' });
    await late;
    expect(await readAll(current)).toHaveLength(1);
  });

  it('repeats an append that a lost thread had written already with the result of the first', async () => {
    let thread: Worker | undefined;
    const { append } = await opened({ startThread: (data) => (thread = startThread(data)) });
    const writes = write(freshStream(), 'no-stream', 2);
    const result = await append(writes);
    await thread!.terminate();
    expect(await append(writes)).toEqual(result);
    await append(write(writes.stream, 1));
    expect(await store!.readStream(writes.stream)).toHaveLength(3);
  });

  it('announces a commit to all threads of the process', async () => {
    const { append } = await opened();
    const channel = new BroadcastChannel(commitChannel(folder));
    const announced = new Promise((resolve) => (channel.onmessage = resolve));
    await append(write(freshStream(), 'no-stream'));
    await announced;
    channel.close();
  });

  it('wakes a reader of its own, which sees what was appended', async () => {
    const { append } = await opened();
    const reader = SqliteEventStore.openReader(folder);
    const batches = reader.subscribe({ after: await reader.head() })[Symbol.asyncIterator]();
    await batches.next();
    const next = batches.next();
    const stream = freshStream();
    await append(write(stream, 'no-stream', 2));
    expect((await next).value).toMatchObject({
      events: [
        { stream, revision: 0 },
        { stream, revision: 1 },
      ],
      caughtUp: true,
    });
    await reader.close();
    expect(await refusalOf(reader.head())).toMatchObject({ code: 'store.closed' });
  });

  async function opened(options?: SqliteEventStoreOptions) {
    const current = await open(options);
    return { append: (...writes: Parameters<SqliteEventStore['append']>[0]) => current.append(writes) };
  }
});
