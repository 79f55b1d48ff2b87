// Read models equal a rebuild from the log alone, byte for byte: the live views file against what a fresh
// process makes of the log in an empty folder.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { dumpOf } from '#read-models/rebuild-into.js';
import { SqliteReadStore } from '#read-models/sqlite.read-store.js';
import { until } from './until.js';

const program = fileURLToPath(new URL('./rebuild-process.js', import.meta.url));

/** The documents of all views, as a fresh process folds them into an empty file. */
export async function rebuilt(dataFolder: string, ...more: 'planted'[]): Promise<readonly string[]> {
  const empty = mkdtempSync(join(tmpdir(), 'kl-empty-'));
  try {
    const run = await promisify(execFile)(process.execPath, [program, dataFolder, empty, ...more], {
      env: { PATH: process.env['PATH'] },
      maxBuffer: 2 ** 30,
    });
    return run.stdout.split('\n').filter(Boolean);
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
}

/** The documents of all views as they stand in the live file, once it has caught up with the log. */
export async function live(dataFolder: string): Promise<readonly string[]> {
  const events = SqliteEventStore.openReader(dataFolder);
  const reads = SqliteReadStore.openReader(dataFolder);
  try {
    const head = await events.head();
    await until(async () => {
      const builds = (await reads.builds()).filter(({ status }) => status === 'active');
      return builds.length > 0 && builds.every(({ checkpoint }) => checkpoint.position >= head);
    });
    const lines: string[] = [];
    for await (const line of dumpOf(reads)) lines.push(line);
    return lines;
  } finally {
    await Promise.all([reads.close(), events.close()]);
  }
}

/** Lines of one dump that the other has not, of both. */
export function differences(one: readonly string[], other: readonly string[]): readonly string[] {
  const [first, second] = [new Set(one), new Set(other)];
  return [...one.filter((line) => !second.has(line)), ...other.filter((line) => !first.has(line))];
}
