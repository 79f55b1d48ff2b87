// Small files that must be whole on the disk, whatever happens to the power.
import { chmodSync, closeSync, copyFileSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { sync } from '#event-store/sync.js';

/** Writes the file (mode 0600) under another name, puts it on the disk, and gives it its own name. */
export function writeDurably(file: string, content: string | Uint8Array): void {
  const beside = `${file}.new`;
  const fd = openSync(beside, 'w', 0o600);
  try {
    writeSync(fd, typeof content === 'string' ? Buffer.from(content) : content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(beside, file);
  sync(dirname(file));
}

/** Copies a file (mode 0600) and puts the copy on the disk. */
export function copyDurably(source: string, target: string): void {
  copyFileSync(source, target);
  chmodSync(target, 0o600);
  sync(target);
}
