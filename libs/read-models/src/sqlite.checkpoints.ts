// The store's hold of the thread that empties the write-ahead log of the views.
import { Worker } from 'node:worker_threads';

export interface CheckpointThreadData {
  readonly folder: string;
}

/** Starts the thread on an existing file. Where it fails, the log is emptied by commits, as without it. */
export class Checkpoints {
  readonly #thread: Worker;
  readonly #gone: Promise<void>;

  /** @param finish carries over what was committed since the thread did; called between two commits */
  constructor(folder: string, finish: () => void) {
    const workerData: CheckpointThreadData = { folder };
    this.#thread = new Worker(new URL('./sqlite.checkpoint-thread.js', import.meta.url), { workerData, name: 'checkpoints' });
    this.#thread.on('message', () => {
      try {
        finish();
      } catch {
        // A full or failing disk shows in the next commit, which refuses; here nothing is lost.
      }
    });
    this.#gone = new Promise((resolve) => {
      this.#thread.once('error', () => resolve());
      this.#thread.once('exit', () => resolve());
    });
    this.#thread.unref();
  }

  /** Ends the thread and waits until it has let go of the file. */
  async close(): Promise<void> {
    this.#thread.ref();
    this.#thread.postMessage('close');
    await this.#gone;
  }
}
