// Examines a data folder, whether a server runs on it or not. Changes nothing.
import { existsSync } from 'node:fs';
import { EVENTS_FILE } from '#event-store/sqlite.events-file.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { DomainError } from '#kernel/errors.js';
import { examineDisk, examineFiles, examineRights } from './doctor-files.js';
import { examineClock, examineKeys, examineServer, examineViews, examineWork } from './doctor-state.js';
import { problem, type Finding } from './finding.js';
import { freeBytes } from './new-folder.js';
import type { OnStep } from './step.js';

export interface Examination {
  readonly folder: string;
  /** From the configuration. */
  readonly masterKey?: Uint8Array;
  readonly now: string;
  /** Read every page of every file, every event, and every sealed field. */
  readonly deep: boolean;
  readonly onStep: OnStep;
  /** The bytes that the disk of a folder has left; tests have less. */
  readonly roomFor?: (folder: string) => number;
}

/** Everything that was looked at, the sound too. */
export async function examine(examination: Examination): Promise<Finding[]> {
  const { folder, deep, onStep, roomFor = freeBytes } = examination;
  if (!existsSync(folder)) return [problem('folder', `${folder} is not there`, 'name the right folder by --data')];
  const server = await examineServer(folder);
  const files = examineFiles(folder, deep, onStep);
  const findings = [server.finding, ...files, ...examineRights(folder), examineDisk(folder, roomFor(folder))];
  // Without a log that opens nothing more can be said.
  if (files.some(({ about, state }) => about === EVENTS_FILE && state === 'problem')) return findings;
  const log = SqliteEventStore.openReader(folder);
  try {
    const rest = [
      () => examineClock(log, examination.now),
      () => examineKeys(log, examination),
      () => examineViews(folder, log, server.views),
      () => examineWork(folder),
    ];
    for (const examineNext of rest) findings.push(...(await examineNext().catch(unlessTold)));
  } finally {
    await log.close();
  }
  return findings;
}

/** A file that does not open has its finding already. */
function unlessTold(error: unknown): Finding[] {
  if (error instanceof DomainError && error.definition.kind === 'unavailable') return [];
  throw error;
}
