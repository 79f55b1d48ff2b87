// Due work in MongoDB: claimed by a change that only one can make, answered under the token of that claim alone.
import { insertedNew, type MongoDatabase } from './mongo.database.js';
import { BEHIND_ALL, sortable } from './mongo.text.js';
import type { Json } from '#kernel/json.js';
import type { ClaimedWork, ParkedWork } from './record-store.js';

interface WorkDocument {
  readonly _id: string;
  readonly queue: string;
  readonly key: string;
  /** JSON. */
  readonly value: string;
  readonly state: 'waiting' | 'claimed' | 'parked';
  /** When it is due, or when its claim ends. */
  readonly readyAt: string;
  readonly attempt: number;
  /** Of the newest claim; before the first, the last that had been given to anybody when it was scheduled. */
  readonly token: number;
  readonly error: string;
  readonly parkedAt: string;
}

type Answer = Pick<WorkDocument, 'state' | 'error'> & Partial<Pick<WorkDocument, 'readyAt' | 'parkedAt'>>;

/** The last token of all queues. */
const TOKENS = 'tokens';

export class MongoWork {
  private readonly work;
  private readonly tokens;

  constructor(database: MongoDatabase) {
    this.work = database.collection<WorkDocument>('work');
    this.tokens = database.collection<{ readonly _id: string; readonly last: number }>('work-tokens');
  }

  async prepare(): Promise<void> {
    await this.work.createIndex({ queue: 1, state: 1, readyAt: 1, _id: 1 });
  }

  async schedule(queue: string, key: string, value: Json, dueAt: string): Promise<boolean> {
    const last = (await this.tokens.findOne({ _id: TOKENS }))?.last ?? 0;
    const waiting = { state: 'waiting', readyAt: dueAt, attempt: 0, token: last, error: '', parkedAt: '' } as const;
    return insertedNew(this.work.insertOne({ _id: idOf(queue, key), queue, key, value: JSON.stringify(value), ...waiting }));
  }

  async claim<T extends Json>(queue: string, now: string, leaseUntil: string, limit: number): Promise<readonly ClaimedWork<T>[]> {
    const ready = { queue, state: { $in: ['waiting', 'claimed'] as const }, readyAt: { $lte: now } };
    const claimed: ClaimedWork<T>[] = [];
    while (claimed.length < limit) {
      const free = limit - claimed.length;
      const found = await this.work.find(ready).sort({ readyAt: 1, _id: 1 }).limit(free).toArray();
      if (found.length === 0) break;
      let token = await this.#newTokens(found.length);
      for (const { _id } of found) {
        token++;
        const mine = { $set: { state: 'claimed' as const, readyAt: leaseUntil, token }, $inc: { attempt: 1 } };
        // A token that was drawn before a newer claim of this work is of no use for it any more.
        const work = await this.work.findOneAndUpdate({ _id, ...ready, token: { $lt: token } }, mine, {
          returnDocument: 'after',
        });
        if (work) claimed.push({ key: work.key, value: JSON.parse(work.value) as T, attempt: work.attempt, token });
      }
    }
    return claimed;
  }

  /** Draws some tokens; answers the one before the first. */
  async #newTokens(count: number): Promise<number> {
    const options = { upsert: true, returnDocument: 'after' } as const;
    const drawn = await this.tokens.findOneAndUpdate({ _id: TOKENS }, { $inc: { last: count } }, options);
    return drawn!.last - count;
  }

  async complete(queue: string, key: string, token: number): Promise<boolean> {
    return (await this.work.deleteOne({ _id: idOf(queue, key), state: 'claimed', token })).deletedCount === 1;
  }

  async answer(queue: string, key: string, token: number, answer: Answer): Promise<boolean> {
    const held = { _id: idOf(queue, key), state: 'claimed' as const, token };
    return (await this.work.updateOne(held, { $set: { ...answer } })).matchedCount === 1;
  }

  async parked<T extends Json>(queue: string, after: string | undefined, limit: number): Promise<readonly ParkedWork<T>[]> {
    const from = after === undefined ? {} : { $gt: idOf(queue, after) };
    const filter = { queue, state: 'parked' as const, _id: { ...from, $lt: `${queue} ${BEHIND_ALL}` } };
    const found = await this.work.find(filter).sort({ _id: 1 }).limit(limit).toArray();
    return found.map(({ key, value, attempt, error, parkedAt }) => ({
      key,
      value: JSON.parse(value) as T,
      attempt,
      error,
      parkedAt,
    }));
  }

  async unpark(queue: string, key: string, dueAt: string): Promise<boolean> {
    const anew = { state: 'waiting' as const, readyAt: dueAt, attempt: 0, error: '', parkedAt: '' };
    const parked = { _id: idOf(queue, key), state: 'parked' as const };
    return (await this.work.updateOne(parked, { $set: anew })).matchedCount === 1;
  }

  async counts(queue: string): Promise<{ readonly waiting: number; readonly parked: number }> {
    const count = (states: readonly WorkDocument['state'][]) => this.work.countDocuments({ queue, state: { $in: [...states] } });
    const [waiting, parked] = await Promise.all([count(['waiting', 'claimed']), count(['parked'])]);
    return { waiting, parked };
  }
}

function idOf(queue: string, key: string): string {
  return `${queue} ${sortable(key)}`;
}
