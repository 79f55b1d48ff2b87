// A backup that is being taken while the server is killed: what it leaves is a whole backup, or none.
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DIST } from '../support/server.js';

export class BackupUnderWay {
  private readonly child;
  private said = '';
  /** Resolves with its first words about its progress, or its end. */
  readonly begun: Promise<void>;
  private readonly over: Promise<number | null>;

  constructor(
    folder: string,
    readonly target: string,
  ) {
    const main = join(DIST, 'apps/cli/src/main.js');
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], KEYLEDGER_DATA_DIR: folder };
    this.child = spawn(process.execPath, [main, 'backup', target], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.over = new Promise((resolve) => this.child.once('close', resolve));
    this.begun = new Promise((resolve) => {
      const listen = (chunk: Buffer) => {
        this.said += chunk.toString();
        resolve();
      };
      this.child.stdout.on('data', listen);
      this.child.stderr.on('data', listen);
      void this.over.then(() => resolve());
    });
  }

  /** Waits for its end. Answers what is wrong with it, null where it is a backup or a refusal with a code. */
  async end(): Promise<string | null> {
    const code = await this.over;
    if (code === 0) return existsSync(this.target) ? null : `a backup was reported, but ${this.target} is not there`;
    if (existsSync(this.target)) return `a backup failed, but left ${this.target}: ${this.said}`;
    return /\([a-z-]+\.[a-z-]+\)/.test(this.said) ? null : `a backup failed without a code: ${this.said}`;
  }

  get isThere(): boolean {
    return existsSync(this.target);
  }

  async remove(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.over;
    rmSync(this.target, { recursive: true, force: true });
  }
}
