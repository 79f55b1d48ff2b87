// A folder that is there as a whole or not at all: filled under another name, then renamed.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sqliteRefusal } from '#event-store/sqlite.file.js';
import { FolderLock, LOCK_FILE } from '#event-store/sqlite.folder-lock.js';
import { DomainError } from '#kernel/errors.js';
import { sync } from '#event-store/sync.js';
import { operatorErrors } from './operator.errors.js';

/** @throws `backup.target-not-empty` */
export function mustBeFree(target: string): void {
  if (!existsSync(target) || readdirSync(target).length === 0) return;
  operatorErrors.refuse('backup.target-not-empty', `${target} is not empty; name a folder that does not exist yet.`);
}

/** Bytes that the disk has left for a folder, which need not be there yet. */
export function freeBytes(folder: string): number {
  const there = existsSync(folder) ? folder : dirname(resolve(folder));
  if (!existsSync(there)) return freeBytes(there);
  const { bavail, bsize } = statfsSync(there);
  return bavail * bsize;
}

/** @throws `backup.no-room` */
export function needRoom(folder: string, bytes: number, free: number): void {
  if (free >= bytes) return;
  const detail = `${folder} has room for ${megabytes(free)}, and ${megabytes(bytes)} are needed; free some, or take another disk.`;
  operatorErrors.refuse('backup.no-room', detail, { needed: bytes, free });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * Lets `fill` write into a folder beside `target`, and gives it that name once everything in it is on the disk.
 * What a killed process left of an earlier try is taken away first.
 *
 * @throws `backup.target-not-empty`, `backup.under-way`, `store.read-only`, and what `fill` throws; nothing is left then.
 */
export async function intoNewFolder<T>(target: string, fill: (folder: string) => Promise<T>): Promise<T> {
  mustBeFree(target);
  const partial = `${resolve(target)}.partial`;
  const lock = lockPartial(partial);
  let released = false;
  const release = () => {
    if (!released) lock.release();
    released = true;
    rmSync(join(partial, LOCK_FILE), { force: true });
  };
  try {
    for (const name of readdirSync(partial)) if (name !== LOCK_FILE) rmSync(join(partial, name), { recursive: true });
    const result = await fill(partial);
    release();
    sync(partial);
    renameSync(partial, target);
    sync(dirname(resolve(target)));
    return result;
  } catch (error) {
    release();
    rmSync(partial, { recursive: true, force: true });
    const refusal = sqliteRefusal(error, target);
    if (!(refusal instanceof DomainError && refusal.code === 'store.full')) throw refusal;
    return operatorErrors.refuse('backup.no-room', `The disk of ${target} is full; free some space, or take another disk.`);
  }
}

function lockPartial(partial: string): FolderLock {
  try {
    mkdirSync(dirname(partial), { recursive: true });
    return FolderLock.acquire(partial);
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'store.locked')) throw sqliteRefusal(error, partial);
    return operatorErrors.refuse(
      'backup.under-way',
      `Another process is writing ${partial}; wait for it, or take another target.`,
    );
  }
}
