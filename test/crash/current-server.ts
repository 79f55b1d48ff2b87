// The server that is there at the moment, for clients who outlive many of them.
import type { ListeningServer } from '../support/server.js';

export class CurrentServer {
  private server: ListeningServer | null = null;
  private waiting: ((server: ListeningServer) => void)[] = [];

  /** The server; waits while there is none. */
  get(): Promise<ListeningServer> {
    return this.server ? Promise.resolve(this.server) : new Promise((resolve) => this.waiting.push(resolve));
  }

  put(server: ListeningServer): void {
    this.server = server;
    for (const resolve of this.waiting.splice(0)) resolve(server);
  }

  /** From now on there is none. */
  gone(): void {
    this.server = null;
  }
}
