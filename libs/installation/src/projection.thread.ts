// The thread that folds the log into the views: the only writer of the views file.
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { events } from '#catalogue/events.js';
import { views } from '#catalogue/views.js';
import { Codec } from '#event-store/codec.js';
import { Keyring } from '#event-store/keyring.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { DomainError } from '#kernel/errors.js';
import { paceOf } from '#read-models/pace.js';
import { Projection, type Progress } from '#read-models/projection.js';
import { SqliteReadStore } from '#read-models/sqlite.read-store.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { KEYS_FILE } from './files.js';
import type { FromProjection, ProjectionThreadData, ToProjection, WorkName } from './projection-messages.js';
import { SystemClock } from './system-clock.js';

const { folder, masterKey } = workerData as ProjectionThreadData;
const main = parentPort!;
const tell = (message: FromProjection) => main.postMessage(message);

const log = SqliteEventStore.openReader(folder);
const reads = SqliteReadStore.open(folder, { checkpoints: 'beside' });
const keys = SqliteRecordStore.open(join(folder, KEYS_FILE), { durable: true });
const keyring = new Keyring(keys, masterKey);
const codec = new Codec(events, keyring);

// All views move with one commit: what they tell of it goes to the main thread as one message.
let progress: Progress[] = [];
function tellProgress(): void {
  tell({ kind: 'progress', progress });
  progress = [];
}

const projection = new Projection({ events: log, reads, decode: (stored) => codec.decode(stored) }, views, {
  owner: 'embedded',
  pace: paceOf(new SystemClock()),
  onProgress: (each) => progress.push(each) === 1 && setImmediate(tellProgress),
  onTrouble: (view, error) =>
    tell({ kind: 'trouble', view, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
});

async function stop(): Promise<null> {
  await projection.stop();
  await Promise.all([log.close(), reads.close(), keys.close()]);
  return null;
}

async function forget(tenant: string, subject: string): Promise<number> {
  keyring.forget(tenant, subject);
  return projection.forget(tenant, subject);
}

const work: { readonly [K in WorkName]: (...args: never[]) => Promise<unknown> } = {
  status: () => projection.status(),
  rebuild: (view: string) => projection.rebuild(view),
  rollback: (view: string) => projection.rollback(view),
  switch: (view: string, build: number) => projection.switchTo(view, build).then(() => build),
  verify: (view: string) => projection.verify(view),
  retry: (view: string, document: { tenant: string; key: string }) => projection.retry(view, document),
  forget,
  stop,
};

main.on('message', ({ ask, name, args }: ToProjection) => {
  work[name](...(args as never[])).then(
    (value) => tell({ kind: 'answer', ask, value }),
    (error: unknown) => {
      const code = error instanceof DomainError ? error.code : null;
      tell({ kind: 'refused', ask, code, message: error instanceof Error ? error.message : String(error) });
    },
  );
});

await projection.start();
tell({ kind: 'started' });
