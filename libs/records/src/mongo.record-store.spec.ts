import { afterAll, describe, expect, it } from '@jest/globals';
import { MongoDatabase } from './mongo.database.js';
import { MongoRecordStore } from './mongo.record-store.js';
import { at } from './testing/instants.js';
import { recordStoreContract } from './testing/record-store.contract.js';
import { TemporaryMongo } from './testing/temporary-mongo.js';

const mongo = new TemporaryMongo();
afterAll(() => mongo.dispose());

recordStoreContract('MongoDB', () => MongoRecordStore.open(mongo.uri, mongo.another()));

describe('records in MongoDB', () => {
  it('are the same for every process', async () => {
    const name = mongo.another();
    const [one, other] = [await MongoRecordStore.open(mongo.uri, name), await MongoRecordStore.open(mongo.uri, name)];
    const versions = await Promise.all([one, other, one, other].map((store, i) => store.put('s', 'k', i, at(0))));
    expect([...versions].sort()).toEqual([1, 2, 3, 4]);
    expect(await one.acquireLease('l', 'one', at(0), at(10))).toBe(1);
    expect(await other.acquireLease('l', 'other', at(0), at(10))).toBeNull();
    await one.schedule('q', 'k', 1, at(0));
    const claims = await Promise.all([one, other].map((store) => store.claim('q', at(1), at(9), 1)));
    expect(claims.flat()).toHaveLength(1);
    await Promise.all([one.close(), other.close()]);
  });

  it('are refused with a code, in a bounded time, where no server answers', async () => {
    const nobody = 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50';
    await expect(MongoDatabase.open(nobody, 'none')).rejects.toMatchObject({ code: 'store.unreachable' });
  });
});
