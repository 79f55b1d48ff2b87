// The writer thread: the only place that writes to the event log. Everything that waits when it looks is
// one transaction (group commit); answers go out after the commit.
import type Database from 'better-sqlite3';
import { BroadcastChannel, parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { AppendLog } from './sqlite.append.js';
import { DomainError } from '#kernel/errors.js';
import { openForWriting } from './sqlite.events-file.js';
import { sqliteRefusal } from './sqlite.file.js';
import type { Answer, AppendMessage, FromWriter, Outcome, StoreRefusal, ToWriter, WriterData } from './sqlite.messages.js';

/** More than this many appends are not held up by each other's fsync, but split. */
const MAX_APPENDS_PER_COMMIT = 1_024;

const SYNC_FAILED: readonly unknown[] = ['SQLITE_IOERR_FSYNC', 'SQLITE_IOERR_DIR_FSYNC'];

interface Committed {
  readonly answers: readonly Answer[];
  /**
   * A sync failed. Nobody knows what of the commit is on the disk, and a later sync that succeeds does not tell: the
   * system takes those pages for clean. So nothing is appended after it; a fresh start writes anew what it finds.
   */
  readonly broken?: StoreRefusal;
}

/** Commits all appends together. A failure of the disk undoes and refuses them all. */
function commitTogether(db: Database.Database, log: AppendLog, appends: readonly AppendMessage[], file: string): Committed {
  try {
    db.exec('BEGIN IMMEDIATE');
    const answers = appends.map(({ id, writes }): Answer => ({ id, outcome: log.append(writes) }));
    db.exec('COMMIT');
    return { answers };
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    const refusal = refusalOf(error, file);
    const answers = refuseAll(appends, refusal);
    return SYNC_FAILED.includes((error as { code?: unknown }).code) ? { answers, broken: refusal } : { answers };
  }
}

function refuseAll(appends: readonly AppendMessage[], refusal: StoreRefusal): Answer[] {
  const outcome: Outcome = { kind: 'refused', refusal };
  return appends.map(({ id }) => ({ id, outcome }));
}

function refusalOf(error: unknown, file: string): StoreRefusal {
  if (SYNC_FAILED.includes((error as { code?: unknown }).code)) {
    const detail = `${file}: the disk could not sync what was written. Whether the append is there is unknown: repeat it as it was, once the server is back. Check the disk before you start it again`;
    return { code: 'store.failed', detail };
  }
  const known = sqliteRefusal(error, file);
  if (known instanceof DomainError) return { code: known.code as StoreRefusal['code'], detail: known.message };
  return { code: 'store.failed', detail: `${file}: ${String(error)}` };
}

/** Takes everything that has arrived by now. */
function drain(port: MessagePort, first: ToWriter): { appends: AppendMessage[]; close: boolean } {
  const appends: AppendMessage[] = [];
  let message: ToWriter | undefined = first;
  while (message !== undefined) {
    if (message === 'close') return { appends, close: true };
    appends.push(...message);
    message = receiveMessageOnPort(port)?.message as ToWriter | undefined;
  }
  return { appends, close: false };
}

function serve(port: MessagePort, data: WriterData): void {
  const send = (message: FromWriter): void => port.postMessage(message);
  let db: Database.Database;
  try {
    db = openForWriting(data.file, data.durable, data.maxPages);
  } catch (error) {
    send({ cannotOpen: refusalOf(error, data.file) });
    return port.close();
  }
  const log = new AppendLog(db);
  const commits = new BroadcastChannel(data.channel);
  let broken: StoreRefusal | undefined;
  port.on('message', (first: ToWriter) => {
    const { appends, close } = drain(port, first);
    for (let i = 0; i < appends.length; i += MAX_APPENDS_PER_COMMIT) {
      const together = appends.slice(i, i + MAX_APPENDS_PER_COMMIT);
      const done: Committed = broken ? { answers: refuseAll(together, broken) } : commitTogether(db, log, together, data.file);
      const { answers } = done;
      send(answers);
      if (done.broken) send({ broken: (broken = done.broken) });
      if (answers.some(({ outcome }) => outcome.kind === 'appended')) commits.postMessage(null);
    }
    if (!close) return;
    db.close();
    commits.close();
    port.close();
  });
  send('ready');
}

serve(parentPort!, workerData as WriterData);
