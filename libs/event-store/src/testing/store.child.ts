// A process of its own that works on a data folder, for tests that kill it, starve it or lock it out.
// Usage: store.child.js <task> <folder>. It says what it did in lines of JSON.
import { writeSync } from 'node:fs';
import { Database } from '../sqlite.driver.js';
import { FolderLock } from '../sqlite.folder-lock.js';
import { SqliteEventStore } from '../sqlite.event-store.js';
import { freshStream, readAll, sampleEvent, write } from './samples.js';

export type ChildSays =
  | { readonly did: 'owned' }
  | { readonly did: 'opened' }
  | { readonly did: 'appended'; readonly stream: string; readonly position: string }
  | { readonly did: 'refused'; readonly code: unknown; readonly message: string }
  | { readonly did: 'read'; readonly events: number };

// Synchronously: what was answered has been said when the process is killed.
const say = (line: ChildSays): void => void writeSync(1, `${JSON.stringify(line)}\n`);

function refused(error: unknown): void {
  say({ did: 'refused', code: (error as { code?: unknown }).code, message: String(error) });
}

async function appendOne(store: SqliteEventStore, kilobytes: number): Promise<void> {
  const stream = freshStream();
  const event = () => sampleEvent(`{"t":"${'x'.repeat(kilobytes * 1_000)}"}`);
  const { position } = await store.append([write(stream, 'no-stream', [event(), event()])]);
  say({ did: 'appended', stream, position });
}

const tasks: Record<string, (folder: string) => Promise<void>> = {
  /** Owns the folder until it is killed. */
  async own(folder) {
    FolderLock.acquire(folder);
    say({ did: 'owned' });
    setInterval(() => undefined, 60_000);
  },

  /** Appends from 16 callers until it is killed. */
  async append(folder) {
    const store = await SqliteEventStore.open(folder);
    const caller = async (): Promise<void> => {
      for (;;) await appendOne(store, 3);
    };
    await Promise.all(Array.from({ length: 16 }, caller));
  },

  /** Appends three times and ends. */
  async three(folder) {
    const store = await SqliteEventStore.open(folder);
    for (let n = 0; n < 3; n++) await appendOne(store, 1);
    await store.close();
  },

  /** Appends until that is refused, once more, then reads everything. */
  async fill(folder) {
    const store = await SqliteEventStore.open(folder);
    for (let refusals = 0; refusals < 2;) {
      await appendOne(store, 10).catch((error: unknown) => {
        refusals += 1;
        refused(error);
      });
    }
    say({ did: 'read', events: (await readAll(store)).length });
    process.exit(0);
  },

  /** Tries to own and to open a folder that the user may not write; root becomes somebody else first. */
  async open(folder) {
    new Database(':memory:').close();
    if (process.getuid?.() === 0) {
      process.setgid!(65_534);
      process.setuid!(65_534);
    }
    try {
      FolderLock.acquire(folder);
      say({ did: 'owned' });
    } catch (error) {
      refused(error);
    }
    await SqliteEventStore.open(folder).then(() => say({ did: 'opened' }), refused);
    process.exit(0);
  },
};

const [task, folder] = process.argv.slice(2) as [string, string];
await tasks[task]!(folder);
