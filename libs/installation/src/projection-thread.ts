// The main thread's hold of the projection thread: hears its progress, asks it for work, stops it.
import { Worker } from 'node:worker_threads';
import { DomainError } from '#kernel/errors.js';
import type { Progress } from '#read-models/projection.js';
import { readErrors } from '#read-models/read-store.js';
import type { FromProjection, ProjectionThreadData, ProjectionWork, ToProjection, WorkName } from './projection-messages.js';

export interface ProjectionListener {
  onProgress(progress: Progress): void;
  onTrouble(view: string, error: string): void;
  /** The thread is gone without having been asked to. */
  onEnd(error: Error): void;
}

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

export class ProjectionThread {
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;
  private stopping = false;

  private constructor(private readonly worker: Worker) {}

  /** Starts the thread; answers once the views file is open and every view has a projector. */
  static async start(data: ProjectionThreadData, listener: ProjectionListener): Promise<ProjectionThread> {
    const worker = new Worker(new URL('./projection.thread.js', import.meta.url), { workerData: data, name: 'projection' });
    const thread = new ProjectionThread(worker);
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromProjection) => {
        if (message.kind === 'started') resolve();
        else thread.hear(message, listener);
      });
      worker.once('error', (error: Error) => thread.ended(error, reject, listener));
      worker.once('exit', (code) => thread.ended(new Error(`the projection thread ended with ${code}`), reject, listener));
    });
    return thread;
  }

  /** @throws DomainError with the code of the refusal; Error where the thread is gone. */
  ask<K extends WorkName>(name: K, ...args: Parameters<ProjectionWork[K]>): Promise<ReturnType<ProjectionWork[K]>> {
    if (this.stopping) return Promise.reject(new Error('the projection thread is gone'));
    const ask = ++this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(ask, { resolve, reject });
      this.worker.postMessage({ ask, name, args } satisfies ToProjection);
    });
  }

  /** Finishes the batches under way and closes its files. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    const stopped = this.ask('stop');
    this.stopping = true;
    await stopped;
    await this.worker.terminate();
  }

  private hear(message: Exclude<FromProjection, { kind: 'started' }>, listener: ProjectionListener): void {
    if (message.kind === 'progress') return message.progress.forEach((each) => listener.onProgress(each));
    if (message.kind === 'trouble') return listener.onTrouble(message.view, message.error);
    const waiting = this.waiting.get(message.ask);
    this.waiting.delete(message.ask);
    if (message.kind === 'answer') waiting?.resolve(message.value as never);
    else waiting?.reject(refusal(message.code, message.message));
  }

  private ended(error: Error, reject: (error: Error) => void, listener: ProjectionListener): void {
    reject(error);
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
    if (!this.stopping) listener.onEnd(error);
    this.stopping = true;
  }
}

function refusal(code: string | null, message: string): Error {
  const definition = code === null ? undefined : (readErrors.table as Record<string, DomainError['definition']>)[code];
  return definition ? new DomainError(code!, definition, message) : new Error(message);
}
