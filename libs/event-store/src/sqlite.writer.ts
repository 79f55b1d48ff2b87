// The caller's side of the writer thread: gathers the appends of a turn of the event loop, bounds what
// waits, and settles what the thread answers.
import { Worker } from 'node:worker_threads';
import type { DomainError } from '#kernel/errors.js';
import { storeErrors, wrongExpectedState, type AppendResult, type StreamWrite } from './event-store.js';
import type { Answer, AppendMessage, FromWriter, Outcome, ToWriter, WriteMessage, WriterData } from './sqlite.messages.js';

export interface WriterLimits {
  /** Appends that may wait. */
  readonly maxWaiting: number;
  /** Bytes that may wait. */
  readonly maxWaitingBytes: number;
}

/** Is told what becomes of appends. */
export interface WriterObserver {
  /** @param seconds from the call to the answer */
  appendEnded(end: 'appended' | 'conflict' | 'refused', events: number, seconds: number): void;
  /** So many appends were answered by one commit. */
  committed(appends: number): void;
}

/** Who is told what, if anybody. */
export interface WriterListeners {
  readonly onBroken?: OnBroken;
  readonly observer?: WriterObserver;
}

interface Waiting {
  readonly since: number;
  readonly events: number;
  readonly bytes: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

/** Told once where nothing can be appended any more, because the disk could not sync. */
export type OnBroken = (error: DomainError) => void;

/** Starts the thread. */
export type StartThread = (data: WriterData) => Worker;

export const startThread: StartThread = (data) =>
  new Worker(new URL('./sqlite.writer-thread.js', import.meta.url), { workerData: data, name: 'event-writer' });

export class SqliteWriter {
  readonly #waiting = new Map<number, Waiting>();
  #turn: AppendMessage[] = [];
  #bytes = 0;
  #lastId = 0;
  #thread: Worker | undefined;
  #closing = false;

  constructor(
    private readonly data: WriterData,
    private readonly limits: WriterLimits,
    private readonly start: StartThread,
    private readonly told: WriterListeners = {},
  ) {}

  /** Starts the thread and waits until it serves. @throws a refusal where it cannot open the file. */
  async open(): Promise<void> {
    const thread = this.#run();
    await new Promise<void>((resolve, reject) => {
      thread.once('message', (message: FromWriter) => {
        if (typeof message === 'object' && 'cannotOpen' in message) {
          reject(storeErrors.error(message.cannotOpen.code, message.cannotOpen.detail));
        } else resolve();
      });
      thread.once('error', reject);
      thread.once('exit', () => reject(storeErrors.error('store.failed', 'The writer thread ended before it served.')));
    });
  }

  /** @param bytes the size of the append, for the bound on what waits */
  append(writes: readonly StreamWrite[], bytes: number): Promise<AppendResult> {
    if (this.#closing) return Promise.reject(storeErrors.error('store.closed'));
    if (this.#waiting.size >= this.limits.maxWaiting || this.#bytes + bytes > this.limits.maxWaitingBytes) {
      const detail = `${this.#waiting.size} appends with ${this.#bytes} bytes are waiting; try again in a moment`;
      return Promise.reject(storeErrors.error('store.busy', detail));
    }
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#bytes += bytes;
      const events = writes.reduce((sum, write) => sum + write.events.length, 0);
      this.#waiting.set(id, { since: performance.now(), events, bytes, resolve, reject });
      if (this.#turn.push({ id, writes: writes.map(messageOf) }) === 1) setImmediate(() => this.#send());
    });
  }

  /** Waits for what is under way; the thread then closes the file. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#send();
    const thread = this.#thread;
    if (!thread) return;
    const gone = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('close' satisfies ToWriter);
    await gone;
  }

  #send(): void {
    if (this.#turn.length === 0) return;
    const turn: ToWriter = this.#turn;
    this.#turn = [];
    (this.#thread ?? this.#run()).postMessage(turn);
  }

  #run(): Worker {
    const thread = this.start(this.data);
    this.#thread = thread;
    let why = 'it ended';
    thread.on('message', (message: FromWriter) => {
      if (message === 'ready') return;
      if ('cannotOpen' in message) why = message.cannotOpen.detail;
      else if ('broken' in message) this.told.onBroken?.(storeErrors.error(message.broken.code, message.broken.detail));
      else {
        this.told.observer?.committed(message.length);
        for (const answer of message) this.#settle(answer);
      }
    });
    thread.on('error', (error) => (why = String(error)));
    thread.on('exit', () => this.#lost(thread, why));
    return thread;
  }

  /**
   * The thread is gone. What it had not answered may or may not be in the log: a retry with the same
   * event ids finds out. The next append starts another thread.
   */
  #lost(thread: Worker, why: string): void {
    if (this.#thread === thread) this.#thread = undefined;
    const unsent = new Set(this.#turn.map(({ id }) => id));
    for (const [id, { bytes, reject }] of [...this.#waiting]) {
      if (unsent.has(id)) continue;
      this.#waiting.delete(id);
      this.#bytes -= bytes;
      reject(
        storeErrors.error(
          'store.failed',
          `The writer thread is gone (${why}). Whether the append was written is unknown: repeat it as it was.`,
        ),
      );
    }
  }

  #tell({ since, events }: Waiting, { kind }: Outcome): void {
    const end = kind === 'appended' || kind === 'conflict' ? kind : 'refused';
    this.told.observer?.appendEnded(end, events, (performance.now() - since) / 1000);
  }

  #settle({ id, outcome }: Answer): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    this.#bytes -= waiting.bytes;
    this.#tell(waiting, outcome);
    if (outcome.kind === 'appended') waiting.resolve(outcome.result);
    else waiting.reject(errorOf(outcome));
  }
}

function messageOf({ stream, expected, events }: StreamWrite): WriteMessage {
  return {
    stream,
    expected,
    events: events.map(({ eventId, type, data, metadata }) => ({ eventId, type, data, metadata: JSON.stringify(metadata) })),
  };
}

function errorOf(outcome: Exclude<Outcome, { kind: 'appended' }>): Error {
  if (outcome.kind === 'conflict') return wrongExpectedState(outcome.stream, outcome.expected, outcome.actual);
  if (outcome.kind === 'mistake') return new Error(outcome.message);
  return storeErrors.error(outcome.refusal.code, outcome.refusal.detail);
}
