// A history as a file: the same bytes whoever asks for it, by HTTP or by the command line, so that a digest can be compared.
import { createHash } from 'node:crypto';
import { ERASED } from '#kernel/fields.js';
import { csvLine } from './csv.js';
import { entryOf, type Audience, type HistoryEntry } from './history-entry.js';
import type { Step } from './history.js';

export const EXPORT_FORMATS = ['ndjson', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
};

/** In this order; what is no text of its own is JSON. */
const COLUMNS: Readonly<Record<string, (entry: HistoryEntry) => string | number | null>> = {
  position: (entry) => entry.position,
  revision: (entry) => entry.revision,
  eventId: (entry) => entry.eventId,
  at: (entry) => entry.at,
  who: (entry) => entry.who,
  type: (entry) => entry.what.type,
  words: (entry) => entry.what.words,
  data: (entry) => JSON.stringify(entry.what.data),
  changes: (entry) => JSON.stringify(entry.changes),
  reason: (entry) => entry.why.reason,
  commandId: (entry) => entry.why.commandId,
  correlationId: (entry) => entry.why.correlationId,
  causationId: (entry) => entry.why.causationId,
  requestId: (entry) => entry.why.requestId,
};

/** A NUL is nothing for a spreadsheet. */
const readable = (value: string | number | null) => (typeof value === 'string' ? value.replaceAll(ERASED, 'erased') : value);

/** The lines of a file, each with its end, oldest step first. */
export async function* exportLines(steps: AsyncIterable<Step>, audience: Audience, format: ExportFormat): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(Object.keys(COLUMNS));
  for await (const step of steps) {
    const entry = entryOf(step, audience);
    if (format === 'ndjson') yield `${JSON.stringify(entry)}\n`;
    else yield csvLine(Object.values(COLUMNS).map((column) => readable(column(entry))));
  }
}

export interface Digest {
  /** Hexadecimal, as `sha256sum` prints it. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What `sha256sum` and `wc -c` say of these lines. */
export async function digestOf(lines: AsyncIterable<string>): Promise<Digest> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const line of lines) {
    hash.update(line);
    bytes += Buffer.byteLength(line);
  }
  return { sha256: hash.digest('hex'), bytes };
}
