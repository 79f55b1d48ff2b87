// Files that people take away: complete, on the disk and with a digest, or not there at all.
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { sync } from '#event-store/sync.js';

export interface Hashed {
  readonly bytes: number;
  /** Hexadecimal, as `sha256sum` prints it. */
  readonly sha256: string;
}

const CHUNK = 256 * 1024;

/**
 * Lets `fill` write a file (mode 0600) under another name, and gives it its own once it is on the disk.
 * Nothing is left where `fill` throws.
 */
export async function writeHashed(file: string, fill: (write: (text: string) => void) => Promise<void>): Promise<Hashed> {
  const draft = `${file}.partial`;
  try {
    const out = new HashedFile(draft);
    try {
      await fill((text) => out.add(text));
    } finally {
      out.close();
    }
    renameSync(draft, file);
    sync(dirname(file));
    return out.facts();
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

class HashedFile {
  private readonly hash = createHash('sha256');
  private readonly fd: number;
  private waiting = '';
  private bytes = 0;

  constructor(path: string) {
    this.fd = openSync(path, 'w', 0o600);
  }

  add(text: string): void {
    this.waiting += text;
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

  facts(): Hashed {
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  private write(): void {
    const chunk = Buffer.from(this.waiting);
    this.waiting = '';
    this.hash.update(chunk);
    for (let at = 0; at < chunk.length;) at += writeSync(this.fd, chunk, at);
    this.bytes += chunk.length;
  }
}
