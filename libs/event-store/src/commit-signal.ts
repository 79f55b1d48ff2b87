// Wakes readers that wait for the next commit: at once within the process, whatever thread wrote; by
// polling where another process did.
import { realpathSync } from 'node:fs';
import { BroadcastChannel } from 'node:worker_threads';

/** The channel on which the writer of `folder` announces its commits. */
export function commitChannel(folder: string): string {
  return `keyledger-commits:${realpathSync(folder)}`;
}

const POLL_MS = 250;

export class CommitSignal {
  readonly #channel: BroadcastChannel;
  readonly #waiting = new Set<() => void>();
  #count = 0;
  #poll: NodeJS.Timeout | undefined;
  #seen: number | undefined;

  /** @param dataVersion a number that changes with each commit of anybody else, another process included */
  constructor(
    folder: string,
    private readonly dataVersion: () => number,
  ) {
    this.#channel = new BroadcastChannel(commitChannel(folder));
    this.#channel.onmessage = () => this.#wake();
    this.#channel.unref();
  }

  /** Taken before a read; a commit after that makes {@link changedSince} return at once. */
  get count(): number {
    return this.#count;
  }

  /** Waits for a commit after `count` was taken, for `signal`, or for {@link close}. Spurious returns are possible. */
  async changedSince(count: number, signal?: AbortSignal): Promise<void> {
    if (this.#count !== count || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal?.removeEventListener('abort', done);
        this.#waiting.delete(done);
        if (this.#waiting.size === 0) this.#stopPolling();
        resolve();
      };
      signal?.addEventListener('abort', done);
      this.#waiting.add(done);
      this.#startPolling();
    });
  }

  close(): void {
    this.#channel.close();
    this.#wake();
  }

  #wake(): void {
    this.#count += 1;
    for (const done of [...this.#waiting]) done();
  }

  #startPolling(): void {
    if (this.#poll) return;
    this.#seen = this.#version();
    this.#poll = setInterval(() => {
      const version = this.#version();
      if (version !== this.#seen || version === undefined) this.#wake();
      this.#seen = version;
    }, POLL_MS);
  }

  /** Undefined where the file cannot be read: those who wait find out themselves. */
  #version(): number | undefined {
    try {
      return this.dataVersion();
    } catch {
      return undefined;
    }
  }

  #stopPolling(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }
}
