import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TemporaryMongo } from '#records/testing/temporary-mongo.js';
import { MongoDatabase } from '#records/mongo.database.js';
import { compareValues } from './document.js';
import { MongoDocuments } from './mongo.documents.js';
import { MongoReadStore } from './mongo.read-store.js';
import { fromIndex, fromStored, toIndex, toStored } from './mongo.values.js';
import { at, buildOf, change, LATER, MUCH_LATER, NOW, plainView, thing, write } from './testing/plain-things.js';
import { readStoreContract } from './testing/read-store.contract.js';
import { shapeOf } from './view.js';

const mongo = new TemporaryMongo();
afterAll(() => mongo.dispose());

readStoreContract('MongoDB', async () => {
  const name = mongo.another();
  const store = await MongoReadStore.open(mongo.uri, name);
  return { store, another: () => MongoReadStore.open(mongo.uri, name), dispose: () => store.close() };
});

describe('values of indexes in MongoDB', () => {
  const value = fc.oneof(fc.constant(null), fc.double({ noNaN: true }), fc.integer(), fc.string({ unit: 'binary' }));

  it('are kept as text in the order of the port, and read as they were', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [x, y] = [a, b].map((each) => (typeof each === 'number' ? each + 0 : each));
        const order = Buffer.compare(Buffer.from(toIndex(x!)), Buffer.from(toIndex(y!)));
        expect(order).toBe(Math.sign(compareValues(x!, y!)));
        expect(fromIndex(toIndex(x!))).toBe(x);
      }),
    );
  });

  it('and members of documents may be called anything', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom('', '$set', 'a.b', '%', '%24', '\u0000'));
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), (doc) => {
        const stored = toStored(doc as never);
        expect(fromStored(stored)).toEqual(doc);
        for (const each of Object.keys(stored)) {
          expect(each).not.toBe('');
          for (const sign of ['$', '.', '\u0000']) expect(each.includes(sign)).toBe(false);
        }
      }),
    );
  });
});

describe('a projector in MongoDB', () => {
  const view = plainView();
  const build = buildOf(view);

  it('that sleeps over the end of its lease and wakes can harm nothing: neither documents, nor what was removed', async () => {
    const name = mongo.another();
    const store = await MongoReadStore.open(mongo.uri, name);
    await store.prepare(view);
    const old = (await store.acquire(build, 'sleeper', NOW, LATER))!;
    const epoch = (await store.acquire(build, 'other', MUCH_LATER, MUCH_LATER.replace('13:', '14:')))!;
    const changes = [change(view, 'acme', 'a', 5, thing('newer')), change(view, 'acme', 'b', 5, null)];
    const made = [change(view, 'acme', 'a', 2, thing('first')), change(view, 'acme', 'b', 2, thing('first'))];
    const first = { from: at(0), to: { position: at(2), occurredAt: NOW }, changes: made };
    expect(await store.apply(build, epoch, first)).toBe(true);
    expect(await store.apply(build, epoch, { from: at(2), to: { position: at(5), occurredAt: NOW }, changes })).toBe(true);
    expect(await store.apply(build, old, { ...first, to: { position: at(3), occurredAt: NOW } })).toBe(false);
    // As if it had fallen asleep just before the first of its documents.
    const database = await MongoDatabase.open(mongo.uri, name);
    await new MongoDocuments(database).write(build, shapeOf(view), made);
    await database.close();
    expect((await store.get(view, 'acme', 'a'))?.doc.name).toBe('newer');
    expect(await store.get(view, 'acme', 'b')).toBeNull();
    await store.close();
  });

  it('writes the same again where it died between documents and checkpoint', async () => {
    const name = mongo.another();
    const store = await MongoReadStore.open(mongo.uri, name);
    await store.prepare(view);
    const epoch = await write(store, build, 1, [change(view, 'acme', 'a', 1, thing('one'))]);
    const ahead = [change(view, 'acme', 'a', 3, thing('two'), 1), change(view, 'acme', 'b', 2, thing('b'))];
    const batch = { from: at(1), to: { position: at(3), occurredAt: NOW }, changes: ahead };
    expect(await store.apply(build, epoch, batch)).toBe(true);
    // As if the checkpoint had never been written.
    const database = await MongoDatabase.open(mongo.uri, name);
    await database.collection('partitions').updateOne({ name: view.name }, { $set: { position: at(1) } });
    await database.close();
    expect(await store.load(build, [{ tenant: 'acme', key: 'a' }])).toMatchObject([{ position: at(3) }]);
    expect(await store.apply(build, epoch, batch)).toBe(true);
    expect((await store.get(view, 'acme', 'a'))?.doc.name).toBe('two');
    expect((await store.checkpoint(build)).position).toBe(at(3));
    await store.close();
  });

  it('is one of many that prepare the same view at once: they make one build', async () => {
    const name = mongo.another();
    const stores = await Promise.all([1, 2, 3, 4].map(() => MongoReadStore.open(mongo.uri, name)));
    await Promise.all(stores.map((store) => store.prepare(view, 2)));
    await Promise.all(stores.map((store) => store.prepare(plainView(2), 2)));
    expect((await stores[0]!.builds()).map(({ number, version, status }) => [number, version, status])).toEqual([
      [1, 1, 'active'],
      [2, 2, 'building'],
    ]);
    await Promise.all(stores.map((store) => store.close()));
  });
});
