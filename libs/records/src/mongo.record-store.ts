// Records in MongoDB. Each write touches one document and is conditional on what it read: no transaction is needed, so one
// server alone will do as well as a replica set.
import { randomUUID } from 'node:crypto';
import { MongoDatabase, insertedNew } from './mongo.database.js';
import { MongoLeases } from './mongo.leases.js';
import { BEHIND_ALL, sortable } from './mongo.text.js';
import { MongoWork } from './mongo.work.js';
import type { Json } from '#kernel/json.js';
import {
  MAX_KEYS,
  RecordStore,
  type ClaimedWork,
  type Entry,
  type ListOptions,
  type ParkedWork,
  type PutOptions,
} from './record-store.js';

const DEFAULT_LIMIT = 100;
const DEFAULT_SWEEP = 1_000;

interface RecordDocument {
  /** Space and key, in the order of keys within a space. */
  readonly _id: string;
  readonly space: string;
  readonly key: string;
  /** JSON; absent where the value is a number. */
  readonly value?: string;
  /** A value that can be counted up without being read. */
  readonly number?: number;
  readonly version: number;
  /** Another one with each write, also of a record that was gone meanwhile: what a write was decided on is this very state. */
  readonly stamp: string;
  readonly expiresAt: string | null;
}

/** Not expired. */
const live = (now: string) => [{ expiresAt: null }, { expiresAt: { $gt: now } }];

export class MongoRecordStore extends RecordStore {
  private readonly records;
  private readonly work: MongoWork;
  private readonly leases: MongoLeases;

  private constructor(private readonly database: MongoDatabase) {
    super();
    this.records = database.collection<RecordDocument>('records');
    this.work = new MongoWork(database);
    this.leases = new MongoLeases(database);
  }

  /** @throws `store.unreachable` */
  static async open(uri: string, name?: string): Promise<MongoRecordStore> {
    const store = new MongoRecordStore(await MongoDatabase.open(uri, name));
    await store.database.run(async () => {
      await store.records.createIndex({ expiresAt: 1 });
      await store.work.prepare();
    });
    return store;
  }

  async get<T extends Json = Json>(space: string, key: string, now: string): Promise<Entry<T> | null> {
    return this.database.run(async () => {
      const found = await this.records.findOne({ _id: idOf(space, key), $or: live(now) });
      return found && entryOf<T>(found);
    });
  }

  async getMany<T extends Json = Json>(space: string, keys: readonly string[], now: string): Promise<readonly Entry<T>[]> {
    if (keys.length > MAX_KEYS) throw new Error(`at most ${MAX_KEYS} keys at once`);
    return this.database.run(async () => {
      const ids = [...new Set(keys)].map((key) => idOf(space, key));
      const found = await this.records.find({ _id: { $in: ids }, $or: live(now) }).toArray();
      return found.map((each) => entryOf<T>(each));
    });
  }

  async put(space: string, key: string, value: Json, now: string, options: PutOptions = {}): Promise<number | null> {
    const { expectedVersion, expiresAt = null } = options;
    return this.database.run(async () => {
      for (;;) {
        const stored = await this.records.findOne({ _id: idOf(space, key) });
        const version = liveVersion(stored, now);
        if (expectedVersion !== undefined && expectedVersion !== version) return null;
        if (await this.replace(stored, { ...recordOf(space, key, value), version: version + 1, expiresAt })) return version + 1;
      }
    });
  }

  /** False where somebody wrote since it was read. */
  private async replace(stored: RecordDocument | null, next: RecordDocument): Promise<boolean> {
    if (!stored) return insertedNew(this.records.insertOne(next));
    const { matchedCount } = await this.records.replaceOne({ _id: next._id, stamp: stored.stamp }, next);
    return matchedCount === 1;
  }

  async delete(space: string, key: string, options: { readonly expectedVersion?: number } = {}): Promise<boolean> {
    const { expectedVersion: version } = options;
    const of = version === undefined ? {} : { version };
    return this.database.run(async () => (await this.records.deleteOne({ _id: idOf(space, key), ...of })).deletedCount === 1);
  }

  async list<T extends Json = Json>(space: string, now: string, options: ListOptions = {}): Promise<readonly Entry<T>[]> {
    const { prefix = '', after, limit = DEFAULT_LIMIT, descending = false } = options;
    const [from, to] = [idOf(space, prefix), idOf(space, prefix) + BEHIND_ALL];
    const behind = after === undefined ? {} : descending ? { $lt: idOf(space, after) } : { $gt: idOf(space, after) };
    return this.database.run(async () => {
      const found = this.records.find({ $and: [{ _id: { $gte: from, $lt: to } }, { _id: { ...behind } }], $or: live(now) });
      const page = await found
        .sort({ _id: descending ? -1 : 1 })
        .limit(limit)
        .toArray();
      return page.map((each) => entryOf<T>(each));
    });
  }

  async increment(space: string, key: string, by: number, now: string, expiresAt?: string): Promise<number> {
    const _id = idOf(space, key);
    return this.database.run(async () => {
      for (;;) {
        const counted = await this.records.findOneAndUpdate(
          { _id, number: { $exists: true }, $or: live(now) },
          { $inc: { number: by, version: 1 }, $set: { stamp: randomUUID() } },
          { returnDocument: 'after' },
        );
        if (counted) return counted.number!;
        const stored = await this.records.findOne({ _id });
        if (stored && stored.number === undefined && liveVersion(stored, now) > 0)
          throw new Error(`${space}/${key} is not a counter`);
        if (liveVersion(stored, now) > 0) continue;
        const begun = { ...recordOf(space, key, by), version: 1, expiresAt: expiresAt ?? null };
        if (await this.replace(stored, begun)) return by;
      }
    });
  }

  async deleteNaming(text: string, keep: readonly string[]): Promise<number> {
    const named = { $regex: text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&') };
    return this.database.run(async () => {
      const filter = { space: { $nin: [...keep] }, $or: [{ key: named }, { value: named }] };
      return (await this.records.deleteMany(filter)).deletedCount;
    });
  }

  /** Its journal and oplog age out by the server's own settings: no call of a client shortens that. */
  async compact(): Promise<void> {}

  async sweep(now: string, limit: number = DEFAULT_SWEEP): Promise<number> {
    return this.database.run(async () => {
      const expired = { expiresAt: { $ne: null, $lte: now } };
      const found = await this.records
        .find(expired, { projection: { _id: 1 } })
        .limit(limit)
        .toArray();
      if (found.length === 0) return 0;
      return (await this.records.deleteMany({ _id: { $in: found.map(({ _id }) => _id) }, ...expired })).deletedCount;
    });
  }

  schedule(queue: string, key: string, value: Json, dueAt: string): Promise<boolean> {
    return this.database.run(() => this.work.schedule(queue, key, value, dueAt));
  }

  claim<T extends Json = Json>(
    queue: string,
    now: string,
    leaseUntil: string,
    limit: number,
  ): Promise<readonly ClaimedWork<T>[]> {
    return this.database.run(() => this.work.claim<T>(queue, now, leaseUntil, limit));
  }

  complete(queue: string, key: string, token: number): Promise<boolean> {
    return this.database.run(() => this.work.complete(queue, key, token));
  }

  retryLater(queue: string, key: string, token: number, dueAt: string, error: string): Promise<boolean> {
    return this.database.run(() => this.work.answer(queue, key, token, { state: 'waiting', readyAt: dueAt, error }));
  }

  park(queue: string, key: string, token: number, error: string, now: string): Promise<boolean> {
    return this.database.run(() => this.work.answer(queue, key, token, { state: 'parked', error, parkedAt: now }));
  }

  parked<T extends Json = Json>(
    queue: string,
    options: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly ParkedWork<T>[]> {
    const { after, limit = DEFAULT_LIMIT } = options;
    return this.database.run(() => this.work.parked<T>(queue, after, limit));
  }

  unpark(queue: string, key: string, dueAt: string): Promise<boolean> {
    return this.database.run(() => this.work.unpark(queue, key, dueAt));
  }

  workCounts(queue: string): Promise<{ readonly waiting: number; readonly parked: number }> {
    return this.database.run(() => this.work.counts(queue));
  }

  acquireLease(name: string, owner: string, now: string, until: string): Promise<number | null> {
    return this.database.run(() => this.leases.acquire(name, owner, now, until));
  }

  releaseLease(name: string, owner: string): Promise<void> {
    return this.database.run(() => this.leases.release(name, owner));
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

function idOf(space: string, key: string): string {
  return `${space} ${sortable(key)}`;
}

function recordOf(space: string, key: string, value: Json): Omit<RecordDocument, 'version' | 'expiresAt'> {
  const kept = typeof value === 'number' ? { number: value } : { value: JSON.stringify(value) };
  return { _id: idOf(space, key), space, key, ...kept, stamp: randomUUID() };
}

/** 0 where there is none, or one that is expired. */
function liveVersion(stored: RecordDocument | null, now: string): number {
  return stored && (stored.expiresAt === null || stored.expiresAt > now) ? stored.version : 0;
}

function entryOf<T>({ key, value, number, version, expiresAt }: RecordDocument): Entry<T> {
  const entry = { key, value: (value === undefined ? number : JSON.parse(value)) as T, version };
  return expiresAt === null ? entry : { ...entry, expiresAt };
}
