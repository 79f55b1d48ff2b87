// What is in the folder while a server runs on it: the whole log, and whether the views are what the log says.
import type { StoredEvent } from '#event-store/event-store.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { differences, live, rebuilt } from '../support/views-of-log.js';

const PAGE = 5_000;

/** Every event, in order. @throws `store.damaged` and the like, where it cannot be read. */
export async function logOf(folder: string): Promise<readonly StoredEvent[]> {
  const events = SqliteEventStore.openReader(folder);
  try {
    const log: StoredEvent[] = [];
    for (let after: string | undefined, end = false; !end;) {
      const page = await events.readLog({ after, limit: PAGE });
      log.push(...page.events);
      ({ position: after, end } = page);
    }
    return log;
  } finally {
    await events.close();
  }
}

/** In what the views differ from what a fresh process makes of the log, and what they have set aside. Nobody writes now. */
export async function wrongInViews(folder: string): Promise<string[]> {
  const lines = await live(folder);
  const aside = lines.filter((line) => line.includes('"set aside"'));
  return [
    ...differences(lines, await rebuilt(folder)).map((line) => `a view differs from its rebuild: ${line}`),
    ...aside.map((line) => `a document is set aside: ${line}`),
  ];
}
