// Leases in MongoDB: one document each, changed only in the state that was looked for.
import { insertedNew, type MongoDatabase } from './mongo.database.js';

/** What a document has that can be held. */
export interface Held {
  readonly _id: string;
  readonly owner: string | null;
  readonly until: string;
  /** Grows whenever the owner changes, or the lease had run out or was given back. */
  readonly epoch: number;
}

type Holding = ReturnType<typeof MongoDatabase.prototype.collection<Held>>;

/** Renews or takes the lease on a document that is there; answers its epoch, or null while somebody else holds it. */
export async function takeLease(
  among: Holding,
  { _id, owner, until }: Pick<Held, '_id' | 'until'> & { readonly owner: string },
  now: string,
): Promise<number | null> {
  const answer = { returnDocument: 'after' } as const;
  const renewed = await among.findOneAndUpdate({ _id, owner, until: { $gt: now } }, { $set: { until } }, answer);
  if (renewed) return renewed.epoch;
  const free = { _id, $or: [{ owner: null }, { until: { $lte: now } }] };
  return (await among.findOneAndUpdate(free, { $set: { owner, until }, $inc: { epoch: 1 } }, answer))?.epoch ?? null;
}

/** Gives the lease on a document back; only the owner's own. */
export async function giveBack(among: Holding, { _id, owner }: Pick<Held, '_id' | 'owner'>): Promise<void> {
  await among.updateOne({ _id, owner }, { $set: { owner: null } });
}

export class MongoLeases {
  private readonly leases;

  constructor(database: MongoDatabase) {
    this.leases = database.collection<Held>('leases');
  }

  async acquire(_id: string, owner: string, now: string, until: string): Promise<number | null> {
    const epoch = await takeLease(this.leases, { _id, owner, until }, now);
    if (epoch !== null) return epoch;
    return (await insertedNew(this.leases.insertOne({ _id, owner, until, epoch: 1 }))) ? 1 : null;
  }

  async release(_id: string, owner: string): Promise<void> {
    await giveBack(this.leases, { _id, owner });
  }
}
