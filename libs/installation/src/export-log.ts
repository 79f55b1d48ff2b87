// Writes events of the log to a file: NDJSON, one event a line, in the order of the log.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { START, type Position } from '#event-store/event-store.js';
import { sqliteRefusal } from '#event-store/sqlite.file.js';
import { sync } from './durable-file.js';
import type { LogViewer, Selection } from './log-viewer.js';
import { operatorErrors } from './operator.errors.js';
import { steps, type OnStep } from './step.js';

export interface Exported {
  readonly file: string;
  readonly events: number;
  readonly bytes: number;
  /** Of the file. */
  readonly sha256: string;
  /** The log was read up to here. */
  readonly to: Position;
}

const CHUNK = 256 * 1024;

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
  const draft = `${file}.partial`;
  try {
    const out = new HashedFile(draft);
    try {
      const range = { ...selection, from, to: end };
      for await (const event of viewer.range(range, (at) => tell(Number(at) - first, Number(end) - first)))
        out.line(JSON.stringify(event));
    } finally {
      out.close();
    }
    renameSync(draft, file);
    sync(dirname(file));
    return { file, ...out.facts(), to: end };
  } catch (error) {
    rmSync(draft, { force: true });
    throw sqliteRefusal(error, file);
  }
}

class HashedFile {
  private readonly hash = createHash('sha256');
  private readonly fd: number;
  private waiting = '';
  private events = 0;
  private bytes = 0;

  constructor(path: string) {
    this.fd = openSync(path, 'w', 0o600);
  }

  line(text: string): void {
    this.waiting += `${text}\n`;
    this.events += 1;
    if (this.waiting.length >= CHUNK) this.write();
  }

  close(): void {
    try {
      this.write();
      fsyncSync(this.fd);
    } finally {
      closeSync(this.fd);
    }
  }

  facts(): { events: number; bytes: number; sha256: string } {
    return { events: this.events, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  private write(): void {
    const chunk = Buffer.from(this.waiting);
    this.waiting = '';
    this.hash.update(chunk);
    for (let at = 0; at < chunk.length;) at += writeSync(this.fd, chunk, at);
    this.bytes += chunk.length;
  }
}
