// A disk that fails when it is told to: writes or syncs of some files in a folder. The work is done by `disk-shim.c`,
// which is preloaded into the program that uses the folder.
import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';

const PAGE = 4096;

export interface Failure {
  readonly call: 'write' | 'sync';
  /** How the names of the files end. */
  readonly file: string;
  readonly error: 'EIO' | 'ENOSPC';
  /** How often; default: until it is mended. */
  readonly times?: number;
}

export class FailingDisk {
  private readonly control: string;

  constructor(
    private readonly folder: string,
    private readonly shim: string,
  ) {
    this.control = `${folder}.control`;
    writeFileSync(this.control, Buffer.alloc(PAGE));
  }

  /** For the process that uses the folder. */
  get env(): Readonly<Record<string, string>> {
    return { LD_PRELOAD: this.shim, DISK_FOLDER: this.folder, DISK_CONTROL: this.control };
  }

  /** From now on. */
  fail({ call, file, error, times = 0 }: Failure): void {
    this.tell(`${call} ${file} ${constants.errno[error]} ${times}`);
  }

  /** All is well again. */
  mend(): void {
    this.tell('');
  }

  end(): void {
    rmSync(this.control, { force: true });
  }

  private tell(text: string): void {
    const page = Buffer.alloc(PAGE);
    page.write(text);
    const fd = openSync(this.control, 'r+');
    writeSync(fd, page);
    closeSync(fd);
  }
}
