// Leases in MongoDB: one document each, changed only in the state that was looked for.
import { insertedNew, type MongoDatabase } from './mongo.database.js';

interface LeaseDocument {
  readonly _id: string;
  readonly owner: string | null;
  readonly until: string;
  readonly epoch: number;
}

export class MongoLeases {
  private readonly leases;

  constructor(database: MongoDatabase) {
    this.leases = database.collection<LeaseDocument>('leases');
  }

  async acquire(_id: string, owner: string, now: string, until: string): Promise<number | null> {
    const answer = { returnDocument: 'after' } as const;
    const renewed = await this.leases.findOneAndUpdate({ _id, owner, until: { $gt: now } }, { $set: { until } }, answer);
    if (renewed) return renewed.epoch;
    const free = { _id, $or: [{ owner: null }, { until: { $lte: now } }] };
    const taken = await this.leases.findOneAndUpdate(free, { $set: { owner, until }, $inc: { epoch: 1 } }, answer);
    if (taken) return taken.epoch;
    return (await insertedNew(this.leases.insertOne({ _id, owner, until, epoch: 1 }))) ? 1 : null;
  }

  async release(_id: string, owner: string): Promise<void> {
    await this.leases.updateOne({ _id, owner }, { $set: { owner: null } });
  }
}
