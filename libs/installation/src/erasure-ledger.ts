// The ledger of erasures: who was erased and when, a line of JSON each, by ids alone. It outlives the log and the keys: an
// older backup knows nothing of what was erased since, so whoever restores one brings the newest ledger.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sync } from '#event-store/sync.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema, tenantSlugSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { writeDurably } from './durable-file.js';
import { ERASURES_FILE } from './files.js';
import { operatorErrors } from './operator.errors.js';

const erasureSchema = z.strictObject({ tenant: tenantSlugSchema, contactId: idSchema, at: instantSchema });
export type Erasure = z.output<typeof erasureSchema>;

/** Names a person in maps and records. */
export function personKey({ tenant, contactId }: Pick<Erasure, 'tenant' | 'contactId'>): string {
  return `${tenant}/${contactId}`;
}

/** Each person once. A last line that a crash has torn is left out: its erasure is repeated. @throws `erasures.damaged` */
export function readLedger(file: string): readonly Erasure[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const known = new Map<string, Erasure>();
  for (const [i, line] of lines.slice(0, -1).entries()) {
    if (line === '') continue;
    const erasure = parsed(line);
    if (!erasure) return operatorErrors.refuse('erasures.damaged', `Line ${i + 1} of ${file} tells of no erasure.`);
    if (!known.has(personKey(erasure))) known.set(personKey(erasure), erasure);
  }
  return [...known.values()];
}

function parsed(line: string): Erasure | undefined {
  try {
    return erasureSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** The ledger of a data folder. */
export class ErasureLedger {
  readonly file: string;
  private readonly known: Map<string, Erasure>;

  /** Opens it, or makes one of those that are known otherwise. @throws `erasures.damaged` */
  constructor(folder: string, otherwise: readonly Erasure[] = []) {
    this.file = join(folder, ERASURES_FILE);
    const there = existsSync(this.file) ? readLedger(this.file) : null;
    this.known = new Map([...(there ?? []), ...otherwise].map((erasure) => [personKey(erasure), erasure]));
    // Also where a crash has torn the last line.
    if (this.known.size > (there?.length ?? -1) || !endsWhole(this.file)) this.write();
  }

  all(): readonly Erasure[] {
    return [...this.known.values()];
  }

  /** On the disk when it returns. Once for each person. */
  note(erasure: Erasure): void {
    if (this.known.has(personKey(erasure))) return;
    const fd = openSync(this.file, 'a', 0o600);
    try {
      writeSync(fd, lineOf(erasure));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    sync(dirname(this.file));
    this.known.set(personKey(erasure), erasure);
  }

  private write(): void {
    writeDurably(this.file, this.all().map(lineOf).join(''));
  }
}

function lineOf({ tenant, contactId, at }: Erasure): string {
  return `${JSON.stringify({ tenant, contactId, at })}\n`;
}

function endsWhole(file: string): boolean {
  const text = readFileSync(file, 'utf8');
  return text === '' || text.endsWith('\n');
}
