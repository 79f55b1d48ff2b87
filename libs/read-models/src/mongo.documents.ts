// Documents of a build in MongoDB: a collection each, written under a guard of their position, so that a batch that comes again,
// or from a projector that was overtaken, changes nothing.
import { isDuplicate, type MongoDatabase } from '#records/mongo.database.js';
import { canonicalJson } from '#event-store/canonical-json.js';
import type { JsonObject } from '#kernel/json.js';
import type { Content } from './document.js';
import { idOf, manyField, oneField } from './mongo.query.js';
import { fromStored, toIndex, toStored } from './mongo.values.js';
import type { Build, DocumentChange, DocumentKey, Loaded } from './read-store.js';
import type { ViewShape } from './view.js';

export interface KeptDocument {
  readonly _id: string;
  readonly tenant: string;
  readonly key: string;
  /** Of the last event that touched it. */
  readonly position: string;
  /** When it was removed. It stays for a while, so that nobody who is late brings it back; null while it is there. */
  readonly gone: Date | null;
  readonly stale: boolean;
  readonly doc: JsonObject | null;
  readonly shown?: string;
  readonly one: Readonly<Record<string, string>>;
  readonly many: Readonly<Record<string, readonly string[]>>;
}

/** How long a removed document is remembered: longer than any projector sleeps. */
const REMEMBERED_SECONDS = 7 * 86_400;

const byTenantAndKey = { _id: 1 } as const;

export class MongoDocuments {
  constructor(private readonly database: MongoDatabase) {}

  collection(name: string, number: number) {
    return this.database.collection<KeptDocument>(`view ${name} ${number}`);
  }

  /** What filling a build needs. */
  async create(name: string, number: number): Promise<void> {
    await this.collection(name, number).createIndex({ gone: 1 }, { expireAfterSeconds: REMEMBERED_SECONDS });
  }

  /** What only queries need. Idempotent. */
  async complete(name: string, number: number, { lists, many }: ViewShape): Promise<void> {
    const collection = this.collection(name, number);
    const ascending = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, 1] as const));
    for (const list of lists) await collection.createIndex(ascending(['tenant', ...list.map(oneField), '_id']));
    for (const index of many) await collection.createIndex(ascending(['tenant', manyField(index), '_id']));
  }

  async load({ view, number }: Build, documents: readonly DocumentKey[]): Promise<Loaded[]> {
    const ids = documents.map(({ tenant, key }) => idOf(tenant, key));
    const found = await this.collection(view.name, number)
      .find({ _id: { $in: ids } }, { projection: { tenant: 1, key: 1, position: 1, doc: 1 } })
      .toArray();
    return found.map(loadedFrom);
  }

  async scan(name: string, number: number, after: DocumentKey | null, limit: number): Promise<(Loaded & { text: string })[]> {
    const filter = { gone: null, ...(after ? { _id: { $gt: idOf(after.tenant, after.key) } } : {}) };
    const found = await this.collection(name, number).find(filter).sort(byTenantAndKey).limit(limit).toArray();
    return found.map((each) => ({ ...loadedFrom(each), text: textOf(each) }));
  }

  /** Unordered: each document is written by itself, and those that others have brought further are left as they are. */
  async write({ view, number }: Build, shape: ViewShape, changes: readonly DocumentChange[]): Promise<void> {
    if (changes.length === 0) return;
    const writes = changes.map((change) => ({
      replaceOne: { filter: guardOf(change), replacement: keptFrom(shape, change), upsert: true },
    }));
    try {
      await this.collection(view.name, number).bulkWrite(writes, { ordered: false });
    } catch (error) {
      // What is there already, at this position or a later one, cannot be made anew: the guard held.
      const others = writeErrorsOf(error).filter((each) => !isDuplicate(each));
      if (!isDuplicate(error) || others.length > 0) throw error;
    }
  }

  async flag({ view, number }: Build, { tenant, key }: DocumentKey, stale: boolean): Promise<void> {
    await this.collection(view.name, number).updateOne({ _id: idOf(tenant, key) }, { $set: { stale } });
  }
}

function writeErrorsOf(error: unknown): readonly unknown[] {
  const { writeErrors } = error as { readonly writeErrors?: unknown };
  return Array.isArray(writeErrors) ? (writeErrors as unknown[]) : [];
}

/** The state in which a change may be written: an older one, or, where a document is folded again, just the one that was loaded. */
function guardOf({ tenant, key, position, loaded }: DocumentChange) {
  const again = loaded !== null && position <= loaded;
  return { _id: idOf(tenant, key), position: again ? loaded : { $lt: position } };
}

function keptFrom(shape: ViewShape, { tenant, key, position, content }: DocumentChange): Omit<KeptDocument, '_id'> {
  const name = { tenant, key, position, stale: false };
  if (!content) return { ...name, gone: new Date(), doc: null, one: {}, many: {} };
  const { doc, one, many } = indexed(shape, content);
  return { ...name, gone: null, doc, ...(content.shown === undefined ? {} : { shown: content.shown }), one, many };
}

function indexed(shape: ViewShape, content: Content): Pick<KeptDocument, 'doc' | 'one' | 'many'> {
  const one = Object.fromEntries(shape.one.map((index) => [index, toIndex(content.one[index] ?? null)]));
  const many = Object.fromEntries(shape.many.map((index) => [index, (content.many[index] ?? []).map(toIndex)]));
  return { doc: toStored(JSON.parse(content.text) as JsonObject), one, many };
}

/** Canonical, so the same bytes as another store has. */
export function textOf({ doc }: Pick<KeptDocument, 'doc'>): string {
  return canonicalJson(fromStored(doc!))!;
}

function loadedFrom({ tenant, key, position, doc }: KeptDocument): Loaded {
  return { tenant, key, position, text: doc && textOf({ doc }) };
}
