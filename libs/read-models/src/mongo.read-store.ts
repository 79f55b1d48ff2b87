// Keeps documents of views in MongoDB, a collection for each build. No transaction: documents are written first, each under a
// guard of its position, then the checkpoint, if it is still where the batch began. So documents may be ahead of it, never behind.
import type { Position } from '#event-store/event-store.js';
import { MongoDatabase } from '#records/mongo.database.js';
import type { JsonObject } from '#kernel/json.js';
import { Found } from './document.js';
import { MongoBuilds } from './mongo.builds.js';
import { MongoDocuments, textOf, type KeptDocument } from './mongo.documents.js';
import { idOf, pageOf, tallyOf } from './mongo.query.js';
import { fromIndex, fromStored } from './mongo.values.js';
import {
  MAX_PAGE,
  ReadStore,
  type Batch,
  type Build,
  type BuildState,
  type Checkpoint,
  type DocumentKey,
  type FoundPage,
  type Loaded,
  type Quarantined,
  type Query,
  type ShownPage,
} from './read-store.js';
import { shapeOf, type AnyView, type IndexValue, type View } from './view.js';

type Row = Pick<KeptDocument, 'key' | 'position' | 'stale' | 'doc' | 'shown' | 'one'>;

export class MongoReadStore extends ReadStore {
  readonly #builds: MongoBuilds;
  readonly #documents: MongoDocuments;

  private constructor(private readonly database: MongoDatabase) {
    super();
    this.#builds = new MongoBuilds(database);
    this.#documents = new MongoDocuments(database);
  }

  /** @throws `store.unreachable` */
  static async open(uri: string, name?: string): Promise<MongoReadStore> {
    return new MongoReadStore(await MongoDatabase.open(uri, name));
  }

  async prepare(view: AnyView, partitions = 1): Promise<void> {
    await this.database.run(async () => {
      const newest = await this.#builds.newest(view.name);
      const same = newest?.version === view.version && JSON.stringify(newest.shape) === JSON.stringify(shapeOf(view));
      if (newest && (newest.version > view.version || same)) return this.#builds.complete(newest);
      const number = (newest?.number ?? 0) + 1;
      // Who loses this race looks again: the winner may have been of another version.
      if (!(await this.#builds.make(view, number, partitions))) return this.prepare(view, partitions);
      await this.#documents.create(view.name, number);
      if (number === 1) await this.#documents.complete(view.name, number, shapeOf(view));
    });
  }

  async begin(view: AnyView, partitions = 1): Promise<number> {
    return this.database.run(async () => {
      for (;;) {
        const number = ((await this.#builds.newest(view.name))?.number ?? 0) + 1;
        if (!(await this.#builds.make(view, number, partitions))) continue;
        await this.#documents.create(view.name, number);
        return number;
      }
    });
  }

  async get<Doc extends JsonObject>(view: View<Doc>, tenant: string, key: string): Promise<Found<Doc> | null> {
    return (await this.getMany(view, tenant, [key]))[0] ?? null;
  }

  async getMany<Doc extends JsonObject>(
    view: View<Doc>,
    tenant: string,
    keys: readonly string[],
  ): Promise<readonly Found<Doc>[]> {
    if (keys.length > MAX_PAGE) throw new Error(`at most ${MAX_PAGE} keys`);
    return this.database.run(async () => {
      const { number } = await this.#builds.active(view.name);
      const filter = { _id: { $in: keys.map((key) => idOf(tenant, key)) }, gone: null };
      const found = await this.#documents.collection(view.name, number).find(filter).toArray();
      return found.map((each) => foundFrom<Doc>(each, []));
    });
  }

  async find<Doc extends JsonObject>(view: View<Doc>, tenant: string, query: Query): Promise<FoundPage<Doc>> {
    const { rows, more, asOf } = await this.#page(view, tenant, query, ['position', 'stale', 'doc']);
    return { rows: rows.map((row) => foundFrom<Doc>(row, valuesOf(row, query))), more, asOf };
  }

  async findShown<Doc extends JsonObject>(view: View<Doc>, tenant: string, query: Query): Promise<ShownPage> {
    const { rows, more, asOf, shown } = await this.#page(view, tenant, query, ['shown']);
    const texts = rows.map((row) => (shown ? row.shown! : view.shown!(fromStored(row.doc!) as Doc)));
    return { rows: rows.map((row, i) => ({ key: row.key, shown: texts[i]!, values: valuesOf(row, query) })), more, asOf };
  }

  async #page(view: AnyView, tenant: string, query: Query, wanted: readonly string[]) {
    return this.database.run(async () => {
      const { number, shape, position } = await this.#builds.active(view.name);
      const { filter, sort } = pageOf({ view, shape, tenant }, query);
      // A build from before the view had a text for lists: made of the documents, as the new one will be.
      const shown = shape.shown === true;
      const members = wanted.map((each) => (each === 'shown' && !shown ? 'doc' : each));
      const projection = Object.fromEntries([...members, 'key', 'one'].map((member) => [member, 1] as const));
      const page = this.#documents.collection(view.name, number).find<Row>(filter, { projection });
      const rows = await page
        .sort(sort)
        .limit(query.limit + 1)
        .toArray();
      return { rows: rows.slice(0, query.limit), more: rows.length > query.limit, asOf: position, shown };
    });
  }

  async tally(view: AnyView, tenant: string, index: string): Promise<ReadonlyMap<IndexValue, number>> {
    return this.database.run(async () => {
      const { number, shape } = await this.#builds.active(view.name);
      const { filter, field } = tallyOf({ view, shape, tenant }, index);
      const counted = this.#documents
        .collection(view.name, number)
        .aggregate<{ readonly _id: string; readonly n: number }>([
          { $match: filter },
          { $group: { _id: `$${field}`, n: { $sum: 1 } } },
        ]);
      return new Map((await counted.toArray()).map(({ _id, n }) => [fromIndex(_id), n]));
    });
  }

  async asOf(view: AnyView): Promise<Position> {
    return this.database.run(async () => (await this.#builds.active(view.name)).position);
  }

  /** What was deleted leaves the files of the server by its own settings: no call of a client shortens that. */
  async compact(): Promise<void> {}

  load(build: Build, documents: readonly DocumentKey[]): Promise<readonly Loaded[]> {
    return this.database.run(() => this.#documents.load(build, documents));
  }

  checkpoint(build: Build): Promise<Checkpoint> {
    return this.database.run(() => this.#builds.checkpoint(build));
  }

  async apply(build: Build, epoch: number, batch: Batch): Promise<boolean> {
    return this.database.run(async () => {
      if (!(await this.#builds.holds(build, epoch, batch.from))) return false;
      const { shape } = await this.#builds.get(build.view.name, build.number);
      await this.#documents.write(build, shape, batch.changes);
      for (const document of batch.restored ?? []) {
        await this.#builds.restore(build, document);
        await this.#documents.flag(build, document, false);
      }
      for (const entry of batch.setAside ?? []) {
        await this.#builds.setAside(build, entry);
        await this.#documents.flag(build, entry, true);
      }
      return this.#builds.advance(build, epoch, batch.from, batch.to);
    });
  }

  acquire(build: Build, owner: string, now: string, until: string): Promise<number | null> {
    return this.database.run(() => this.#builds.acquire(build, owner, now, until));
  }

  release(build: Build, owner: string): Promise<void> {
    return this.database.run(() => this.#builds.release(build, owner));
  }

  builds(): Promise<readonly BuildState[]> {
    return this.database.run(() => this.#builds.list());
  }

  async count(name: string, number: number): Promise<number> {
    return this.database.run(async () => {
      await this.#builds.get(name, number);
      return this.#documents.collection(name, number).countDocuments({ gone: null });
    });
  }

  async complete(name: string, number: number): Promise<void> {
    await this.database.run(async () => {
      const { shape } = await this.#builds.get(name, number);
      await this.#documents.complete(name, number, shape);
    });
  }

  async activate(name: string, number: number): Promise<void> {
    await this.complete(name, number);
    await this.database.run(() => this.#builds.activate(name, number));
  }

  async drop(name: string, number: number): Promise<void> {
    await this.database.run(async () => {
      await this.#builds.drop(name, number);
      await this.#documents.collection(name, number).drop();
    });
  }

  scan(
    name: string,
    number: number,
    after: DocumentKey | null,
    limit: number,
  ): Promise<readonly (Loaded & { readonly text: string })[]> {
    return this.database.run(() => this.#documents.scan(name, number, after, limit));
  }

  quarantined(name: string, number: number): Promise<readonly Quarantined[]> {
    return this.database.run(() => this.#builds.quarantined(name, number));
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

function foundFrom<Doc extends JsonObject>(row: Row, values: readonly IndexValue[]): Found<Doc> {
  const { key, position, stale, doc } = row;
  return new Found<Doc>({ key, text: textOf({ doc }), position, stale, values });
}

function valuesOf({ one }: Row, { sort = [] }: Query): readonly IndexValue[] {
  return sort.map(({ index }) => fromIndex(one[index]!));
}
