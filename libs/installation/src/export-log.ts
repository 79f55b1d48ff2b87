// Writes events of the log to a file: NDJSON, one event a line, in the order of the log.
import { existsSync } from 'node:fs';
import { START, type Position } from '#event-store/event-store.js';
import { sqliteRefusal } from '#event-store/sqlite.file.js';
import { writeHashed, type Hashed } from './hashed-file.js';
import type { LogViewer, Selection } from './log-viewer.js';
import { operatorErrors } from './operator.errors.js';
import { steps, type OnStep } from './step.js';

export interface Exported extends Hashed {
  readonly file: string;
  readonly events: number;
  /** The log was read up to here. */
  readonly to: Position;
}

/**
 * The file appears once it is complete and on the disk.
 * @throws `export.file-exists`, `store.full`; nothing is left then.
 */
export async function exportLog(
  viewer: LogViewer,
  file: string,
  { from, to, ...selection }: Selection & { readonly from?: Position; readonly to?: Position },
  onStep: OnStep,
): Promise<Exported> {
  if (existsSync(file)) operatorErrors.refuse('export.file-exists', `${file} is there already; name a new file.`);
  const head = await viewer.head();
  const end = to !== undefined && to < head ? to : head;
  const first = Number(from ?? START);
  const tell = steps(onStep, 'exporting', 'events');
  let events = 0;
  try {
    const hashed = await writeHashed(file, async (write) => {
      const range = { ...selection, from, to: end };
      for await (const event of viewer.range(range, (at) => tell(Number(at) - first, Number(end) - first))) {
        write(`${JSON.stringify(event)}\n`);
        events += 1;
      }
    });
    return { file, events, ...hashed, to: end };
  } catch (error) {
    throw sqliteRefusal(error, file);
  }
}
