// Builds of views in MongoDB: which there are, which one answers, their leases, checkpoints and quarantines. Each step changes
// one document, and what a crash leaves undone between two steps the next call does.
import { insertedNew, type MongoDatabase } from '#records/mongo.database.js';
import { giveBack, takeLease, type Held } from '#records/mongo.leases.js';
import { START } from '#event-store/event-store.js';
import { idOf } from './mongo.query.js';
import { readErrors, type Build, type BuildState, type Checkpoint, type DocumentKey, type Quarantined } from './read-store.js';
import { shapeOf, type AnyView, type ViewShape } from './view.js';

interface BuildDocument {
  readonly _id: string;
  readonly name: string;
  readonly number: number;
  readonly version: number;
  /** Of the others: which one is active, the view's own document says. */
  readonly status: 'building' | 'retired';
  readonly partitions: number;
  readonly shape: ViewShape;
}

interface PartitionDocument extends Checkpoint, Held {
  readonly name: string;
  readonly number: number;
}

interface QuarantineDocument extends Quarantined {
  readonly _id: string;
  readonly name: string;
  readonly number: number;
}

/** The build that queries see. */
export interface ActiveBuild {
  readonly number: number;
  readonly shape: ViewShape;
  /** Documents that are read after it was asked for are at least as new. */
  readonly position: string;
}

const buildId = (name: string, number: number): string => `${name} ${number}`;
const partitionId = (name: string, number: number, partition: number): string => `${buildId(name, number)} ${partition}`;

export class MongoBuilds {
  private readonly views;
  private readonly builds;
  private readonly partitions;
  /** The same partitions, as what they are held by. */
  private readonly held;
  private readonly quarantine;

  constructor(database: MongoDatabase) {
    this.views = database.collection<{ readonly _id: string; readonly active: number }>('views');
    this.builds = database.collection<BuildDocument>('builds');
    this.partitions = database.collection<PartitionDocument>('partitions');
    this.held = database.collection<Held>('partitions');
    this.quarantine = database.collection<QuarantineDocument>('quarantine');
  }

  async newest(name: string): Promise<BuildDocument | undefined> {
    return (await this.#of(name)).at(-1);
  }

  async #of(name: string): Promise<BuildDocument[]> {
    return this.builds.find({ name }).sort({ number: 1 }).toArray();
  }

  /** Makes a build of this number. False where somebody else made it: it may be one of another version. */
  async make(view: AnyView, number: number, partitions: number): Promise<boolean> {
    const { name, version } = view;
    const build = { _id: buildId(name, number), name, number, version, partitions, shape: shapeOf(view) };
    const made = await insertedNew(this.builds.insertOne({ ...build, status: 'building' }));
    if (made) await this.complete(build);
    return made;
  }

  /** Makes what a build has beside its own document; of a view's only build, that it answers. Idempotent. */
  async complete({ name, number, partitions }: Pick<BuildDocument, 'name' | 'number' | 'partitions'>): Promise<void> {
    for (let partition = 0; partition < partitions; partition++) {
      const begun = { position: START, occurredAt: null, owner: null, epoch: 0, until: '' };
      await insertedNew(this.partitions.insertOne({ _id: partitionId(name, number, partition), name, number, ...begun }));
    }
    if (number === 1) await insertedNew(this.views.insertOne({ _id: name, active: number }));
  }

  /** @throws `read.unavailable` where no build of the view is active */
  async active(name: string): Promise<ActiveBuild> {
    const view = await this.views.findOne({ _id: name });
    const build = view && (await this.builds.findOne({ _id: buildId(name, view.active) }));
    if (!build) throw readErrors.error('read.unavailable', `The view ${name} is not built yet.`);
    const { position } = await this.lowest(name, build.number);
    return { number: build.number, shape: build.shape, position };
  }

  /** @throws Error where there is no such build */
  async get(name: string, number: number): Promise<BuildDocument> {
    const build = await this.builds.findOne({ _id: buildId(name, number) });
    if (!build) throw new Error(`view "${name}" has no build ${number}`);
    return build;
  }

  async list(): Promise<BuildState[]> {
    const [builds, views] = await Promise.all([
      this.builds.find().sort({ name: 1, number: 1 }).toArray(),
      this.views.find().toArray(),
    ]);
    const active = new Map(views.map((view) => [view._id, view.active]));
    return Promise.all(
      builds.map(async ({ name, number, version, status, partitions }) => ({
        name,
        number,
        version,
        status: active.get(name) === number ? 'active' : status,
        partitions,
        checkpoint: await this.lowest(name, number),
      })),
    );
  }

  async lowest(name: string, number: number): Promise<Checkpoint> {
    const [lowest] = await this.partitions.find({ name, number }).sort({ position: 1 }).limit(1).toArray();
    return lowest ? checkpointOf(lowest) : { position: START, occurredAt: null };
  }

  async checkpoint({ view, number, partition }: Build): Promise<Checkpoint> {
    const found = await this.partitions.findOne({ _id: partitionId(view.name, number, partition) });
    if (!found) throw new Error(`view "${view.name}" has no partition ${partition} of build ${number}`);
    return checkpointOf(found);
  }

  /** Whether a projector still has what it took: before it writes documents. */
  async holds({ view, number, partition }: Build, epoch: number, position: string): Promise<boolean> {
    return (await this.partitions.countDocuments({ _id: partitionId(view.name, number, partition), epoch, position })) === 1;
  }

  /** Moves the checkpoint. False where the epoch or the old position is another. */
  async advance({ view, number, partition }: Build, epoch: number, from: string, to: Checkpoint): Promise<boolean> {
    const { position, occurredAt } = to;
    const moved = { position, ...(occurredAt === null ? {} : { occurredAt }) };
    const old = { _id: partitionId(view.name, number, partition), epoch, position: from };
    return (await this.partitions.updateOne(old, { $set: moved })).matchedCount === 1;
  }

  acquire({ view, number, partition }: Build, owner: string, now: string, until: string): Promise<number | null> {
    return takeLease(this.held, { _id: partitionId(view.name, number, partition), owner, until }, now);
  }

  release({ view, number, partition }: Build, owner: string): Promise<void> {
    return giveBack(this.held, { _id: partitionId(view.name, number, partition), owner });
  }

  async activate(name: string, number: number): Promise<void> {
    await this.get(name, number);
    const before = await this.views.findOneAndUpdate({ _id: name }, { $set: { active: number } }, { returnDocument: 'before' });
    if (before && before.active !== number)
      await this.builds.updateOne({ _id: buildId(name, before.active) }, { $set: { status: 'retired' } });
  }

  /** @throws Error for the active one */
  async drop(name: string, number: number): Promise<void> {
    await this.get(name, number);
    const view = await this.views.findOne({ _id: name });
    if (view?.active === number) throw new Error(`build ${number} of view "${name}" is the active one`);
    await this.quarantine.deleteMany({ name, number });
    await this.partitions.deleteMany({ name, number });
    await this.builds.deleteOne({ _id: buildId(name, number) });
  }

  async setAside({ view, number }: Build, entry: Quarantined): Promise<void> {
    const _id = quarantineId(view.name, number, entry);
    await this.quarantine.replaceOne({ _id }, { name: view.name, number, ...entry }, { upsert: true });
  }

  async restore({ view, number }: Build, document: DocumentKey): Promise<void> {
    await this.quarantine.deleteOne({ _id: quarantineId(view.name, number, document) });
  }

  async quarantined(name: string, number: number): Promise<Quarantined[]> {
    const found = await this.quarantine.find({ name, number }).sort({ _id: 1 }).toArray();
    return found.map(({ tenant, key, position, eventType, error, since }) => ({
      tenant,
      key,
      position,
      eventType,
      error,
      since,
    }));
  }
}

function quarantineId(name: string, number: number, { tenant, key }: DocumentKey): string {
  return `${buildId(name, number)} ${idOf(tenant, key)}`;
}

function checkpointOf({ position, occurredAt }: Checkpoint): Checkpoint {
  return { position, occurredAt };
}
