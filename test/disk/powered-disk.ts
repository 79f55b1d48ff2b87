// A folder on a disk whose power can fail: what the program has written and not synced is thrown away, all of it or a
// part, as real disks do that write back in whatever order they like. The work is done by `disk-shim.c`, which is
// preloaded into the program and keeps beside the folder what has been synced.
import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../support/random.js';

/** What a disk writes as a whole. */
const BLOCK = 4096;
/** In so many of all cuts, nothing that was not synced has reached the disk. In the others, some of it has. */
const NOTHING_REACHED = 0.5;

export class PoweredDisk {
  private readonly shadow: string;

  /** @param deaf a disk that lies: syncs of files whose names begin so have no effect */
  constructor(
    private readonly folder: string,
    private readonly shim: string,
    private readonly deaf?: string,
  ) {
    this.shadow = `${folder}.shadow`;
  }

  /** For the process that uses the folder. */
  get env(): Readonly<Record<string, string>> {
    const watched = { LD_PRELOAD: this.shim, DISK_FOLDER: this.folder, DISK_SHADOW: this.shadow };
    return this.deaf === undefined ? watched : { ...watched, DISK_DEAF: this.deaf };
  }

  /** Takes everything that is in the folder for synced. No process uses it now. */
  begin(): void {
    this.end();
    for (const kind of ['files', 'names']) mkdirSync(join(this.shadow, kind), { recursive: true });
    for (const name of this.filesIn(this.folder)) {
      const inode = lstatSync(join(this.folder, name), { bigint: true }).ino;
      const kept = join(this.shadow, 'files', String(inode));
      copyFileSync(join(this.folder, name), kept);
      linkSync(kept, join(this.shadow, 'names', name));
    }
  }

  /** Makes the folder what a loss of power leaves of it, once the process was killed; and goes on from there. */
  cut(random: Random): void {
    const reached = random() < NOTHING_REACHED ? 0 : random();
    const names = this.filesIn(join(this.shadow, 'names'));
    const left = new Map(names.map((name) => [name, this.leftOf(name, reached, random)]));
    for (const name of this.filesIn(this.folder)) rmSync(join(this.folder, name));
    for (const [name, bytes] of left) writeFileSync(join(this.folder, name), bytes, { mode: 0o600 });
    this.begin();
  }

  /** Removes what is kept beside the folder. */
  end(): void {
    rmSync(this.shadow, { recursive: true, force: true });
  }

  /** What was synced of a file, and of the blocks that differ since then some of those that were written. */
  private leftOf(name: string, reached: number, random: Random): Buffer {
    const synced = readFileSync(join(this.shadow, 'names', name));
    const path = join(this.folder, name);
    if (reached === 0 || !existsSync(path)) return synced;
    const written = readFileSync(path);
    const left = Buffer.alloc(Math.max(synced.length, written.length));
    synced.copy(left);
    let end = synced.length;
    for (let at = 0; at < written.length; at += BLOCK) {
      const block = written.subarray(at, at + BLOCK);
      if (random() >= reached || block.equals(synced.subarray(at, at + BLOCK))) continue;
      block.copy(left, at);
      end = Math.max(end, at + block.length);
    }
    return left.subarray(0, end);
  }

  /** Data: no sockets, and no shared memory of SQLite, which it makes anew. */
  private filesIn(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('-shm'))
      .map(({ name }) => name);
  }
}
