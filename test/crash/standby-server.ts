// A server that has everything loaded and waits for the folder: the next one is up a moment after this one is gone.
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spawnServer, whenListening, type ListeningServer, type ServerOptions } from '../support/server.js';

const STANDBY = fileURLToPath(new URL('./standby.js', import.meta.url));

export class StandbyServer {
  private readonly child;
  private readonly signal: string;

  /** @param number tells it from others of the same folder */
  constructor(
    private readonly folder: string,
    number: number,
    options: ServerOptions = {},
  ) {
    this.signal = `${folder}.go-${number}`;
    const nodeArguments = ['--import', STANDBY, ...(options.nodeArguments ?? [])];
    this.child = spawnServer(folder, { ...options, nodeArguments, env: { ...options.env, STANDBY_UNTIL: this.signal } });
  }

  /** Lets it start. @throws Error with its output where it ends before it listens. */
  go(): Promise<ListeningServer> {
    writeFileSync(this.signal, '');
    return whenListening(this.child, this.folder).finally(() => rmSync(this.signal, { force: true }));
  }

  /** Ends it at once, wherever it is. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
    rmSync(this.signal, { force: true });
  }
}
