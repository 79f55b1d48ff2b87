// One database of a MongoDB: how it is reached, and what becomes of its errors. Views and records each have a pool of their own.
import mongoose, { type Connection } from 'mongoose';
import { storeErrors } from '#event-store/event-store.js';
import { DomainError } from '#kernel/errors.js';

/** How long a call looks for a server that takes it before it is refused, unless the connection string says otherwise. */
const SELECTION_MS = 5_000;

/** What only the connection can have caused; the same call may succeed later. */
const OUT_OF_REACH = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoWaitQueueTimeoutError',
]);
/** A primary that steps down, or is none: NotWritablePrimary, PrimarySteppedDown, ShutdownInProgress, InterruptedAtShutdown, … */
const NOT_PRIMARY = new Set([91, 189, 10_058, 10_107, 11_600, 11_602, 13_435, 13_436]);
const DUPLICATE_KEY = 11_000;

interface MongoFailure {
  readonly name?: string;
  readonly code?: number;
  readonly message?: string;
}

/** Whether a write found that there is such a document already. */
export function isDuplicate(error: unknown): boolean {
  return (error as MongoFailure).code === DUPLICATE_KEY;
}

/** True where the document is new, false where it was there. */
export async function insertedNew(insert: Promise<unknown>): Promise<boolean> {
  try {
    await insert;
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

export class MongoDatabase {
  #closed = false;

  private constructor(private readonly connection: Connection) {}

  /**
   * Every write is acknowledged by most members, and is in their journals.
   * @param uri a connection string; its path names the database unless `name` does
   * @throws `store.unreachable`
   */
  static async open(uri: string, name?: string): Promise<MongoDatabase> {
    const connection = mongoose.createConnection(uri, {
      appName: 'keyledger',
      autoCreate: false,
      autoIndex: false,
      bufferCommands: false,
      dbName: name,
      readPreference: 'primary',
      ...(uri.includes('serverSelectionTimeoutMS=') ? {} : { serverSelectionTimeoutMS: SELECTION_MS }),
      writeConcern: { w: 'majority', journal: true },
    });
    try {
      await connection.asPromise();
    } catch (error) {
      await connection.close().catch(() => undefined);
      throw refusalOf(error);
    }
    return new MongoDatabase(connection);
  }

  collection<T extends object>(name: string) {
    return this.connection.collection<T>(name);
  }

  /** @throws `store.closed`, `store.unreachable`; whatever else the work throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) storeErrors.refuse('store.closed');
    try {
      return await work();
    } catch (error) {
      if (this.#closed) storeErrors.refuse('store.closed');
      throw refusalOf(error);
    }
  }

  /** Removes the database with everything in it. */
  async drop(): Promise<void> {
    await this.run(() => this.connection.dropDatabase());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.connection.close();
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const { name = '', code = 0, message } = error as MongoFailure;
  if (OUT_OF_REACH.has(name) || NOT_PRIMARY.has(code))
    return storeErrors.error('store.unreachable', `MongoDB does not answer: ${message}`);
  return error;
}
