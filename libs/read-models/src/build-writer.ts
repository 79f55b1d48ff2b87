// Brings one partition of a build forward, batch by batch: filter, decode, fold, apply.
import type { EventReader, LogFilter, Position, StoredEvent } from '#event-store/event-store.js';
import type { RecordedEvent } from '#kernel/context.js';
import { parseStreamName } from '#kernel/ids.js';
import { inSpan } from '#telemetry/spans.js';
import { breathe } from './pace.js';
import { foldDocument, idOf, touchedBy, type Poison, type Touched } from './fold-batch.js';
import { partitionOf } from './partition.js';
import {
  readErrors,
  type Build,
  type Checkpoint,
  type DocumentChange,
  type DocumentKey,
  type Quarantined,
  type ReadStore,
} from './read-store.js';

/** What reading the log takes; a reader beside the writer has it too. */
export type EventLog = Pick<EventReader, 'readLog' | 'subscribe' | 'head'>;

/** Upcasts and unseals stored events, in order. */
export type Decode = (events: readonly StoredEvent[]) => Promise<readonly RecordedEvent[]>;

export interface ProjectionPorts {
  readonly events: EventLog;
  readonly reads: ReadStore;
  readonly decode: Decode;
}

/** What becomes of an event that cannot be digested: its document is set aside, or the whole build stops. */
export type PoisonRule = 'set-aside' | 'stop';

/** Larger pages are no faster, and each view that catches up holds one in memory. */
const LOG_PAGE = 500;

/** The build is another's now: another has the lease, or had it meanwhile. */
export class BuildLost extends Error {}

export class BuildWriter {
  private constructor(
    readonly build: Build,
    private readonly epoch: number,
    private readonly ports: ProjectionPorts,
    private state: { checkpoint: Checkpoint; readonly waiting: Set<string> },
  ) {}

  static async open(build: Build, epoch: number, ports: ProjectionPorts): Promise<BuildWriter> {
    const checkpoint = await ports.reads.checkpoint(build);
    const waiting = new Set((await ports.reads.quarantined(build.view.name, build.number)).map(idOf));
    return new BuildWriter(build, epoch, ports, { checkpoint, waiting });
  }

  get checkpoint(): Checkpoint {
    return this.state.checkpoint;
  }

  /** Whether an event is news for this build; what the log's filter by categories does, and what its view reacts to. */
  wants({ type, stream, position }: StoredEvent): boolean {
    const { view } = this.build;
    return (
      view.on[type] !== undefined &&
      position > this.checkpoint.position &&
      view.categories.includes(parseStreamName(stream).category)
    );
  }

  /**
   * Folds events of the log into the build and moves its checkpoint to `position`. False: the build is
   * another's now. Where it throws nothing has been moved, and the same call can be made again.
   * @throws `read.build-stopped` for poison under the rule `stop`.
   */
  async advance(stored: readonly StoredEvent[], position: Position, now: string, rule: PoisonRule): Promise<boolean> {
    if (position <= this.checkpoint.position) return true;
    const events = await this.ports.decode(stored.filter((event) => this.wants(event)));
    return this.fold(events, position, now, rule);
  }

  /** As {@link advance}, with the events that it {@link wants}, decoded. */
  fold(events: readonly RecordedEvent[], position: Position, now: string, rule: PoisonRule): Promise<boolean> {
    const causes = () => events.map(({ meta }) => meta.traceparent);
    const fold = () => this.#advance(events, position, now, rule);
    return inSpan(`view ${this.build.view.name}`, { 'keyledger.events': events.length }, fold, causes);
  }

  /** Moves builds on for which nothing happened, all in one go. Answers for each whether it is still its writer's. */
  static async passTogether(writers: readonly BuildWriter[], position: Position): Promise<readonly boolean[]> {
    const reads = writers[0]?.ports.reads;
    if (!reads) return [];
    const moves = writers.map(({ build, epoch, checkpoint }) => ({ build, epoch, from: checkpoint.position }));
    const moved = await reads.advance(moves, position);
    for (const [i, { state }] of writers.entries()) if (moved[i]) state.checkpoint = { ...state.checkpoint, position };
    return moved;
  }

  async #advance(events: readonly RecordedEvent[], position: Position, now: string, rule: PoisonRule): Promise<boolean> {
    const from = this.state.checkpoint.position;
    const touched = [...touchedBy(this.build, events)]
      .filter(([id]) => !this.state.waiting.has(id))
      .map(([, document]) => document);
    const { changes, poisoned } = await this.#fold(touched);
    if (poisoned[0] && rule === 'stop') throw stopped(this.build, poisoned[0].document, poisoned[0].poison);
    const setAside = poisoned.map(({ document, poison }) => quarantined(document, poison, now));
    const to = { position, occurredAt: events.at(-1)?.meta.occurredAt ?? null };
    const { reads } = this.ports;
    if (!(await reads.apply(this.build, this.epoch, { from, to, changes, setAside }))) {
      // An apply whose answer got lost has moved the checkpoint to just there.
      if ((await reads.checkpoint(this.build)).position !== position) return false;
    }
    for (const entry of setAside) this.state.waiting.add(idOf(entry));
    this.state.checkpoint = { position, occurredAt: to.occurredAt ?? this.state.checkpoint.occurredAt };
    return true;
  }

  async #fold(
    touched: readonly Touched[],
  ): Promise<{ readonly changes: DocumentChange[]; readonly poisoned: { document: Touched; poison: Poison }[] }> {
    if (touched.length === 0) return { changes: [], poisoned: [] };
    const loaded = new Map((await this.ports.reads.load(this.build, touched)).map((each) => [idOf(each), each]));
    const changes: DocumentChange[] = [];
    const poisoned: { document: Touched; poison: Poison }[] = [];
    for (const document of touched) {
      const { change, poison } = foldDocument(this.build.view, document, loaded.get(idOf(document)));
      if (change) changes.push(change);
      if (poison) poisoned.push({ document, poison });
    }
    return { changes, poisoned };
  }

  /** Pages of the log up to `until` (inclusive), one `advance` each. False: the build is another's now. */
  async advanceTo(until: Position, now: () => string, rule: PoisonRule): Promise<boolean> {
    while (this.checkpoint.position < until) {
      const { events, position, end } = await this.ports.events.readLog({
        ...this.#filter(),
        after: this.checkpoint.position,
        limit: LOG_PAGE,
      });
      const to = end || position > until ? until : position;
      const wanted = events.filter((event) => event.position <= until);
      if (!(await this.advance(wanted, to, now(), rule))) return false;
      await breathe();
    }
    return true;
  }

  /**
   * Folds a document that was set aside from the log's start up to the checkpoint. Digested now: it is
   * current again. Not digested: its quarantine tells the new error. Null: the build is another's now.
   */
  async retry(document: DocumentKey, now: string): Promise<{ readonly restored: boolean; readonly error: string | null } | null> {
    const poisons = await this.refold(document.tenant, [document], now);
    const error = poisons?.get(idOf(document))?.error ?? null;
    return poisons && { restored: error === null, error };
  }

  /**
   * Folds documents that events of one tenant make from the log's start up to the checkpoint, and puts the result in their
   * place, whatever stood there. Answers what could not be digested, which is set aside. Null: the build is another's now.
   */
  async refold(tenant: string, documents: readonly DocumentKey[], now: string): Promise<ReadonlyMap<string, Poison> | null> {
    const { build, epoch, ports } = this;
    const mine = documents.filter(({ tenant: holder, key }) => partitionOf(holder, key, build.partitions) === build.partition);
    const { position } = this.checkpoint;
    const { states, poisons } = await this.#refolded(tenant, new Set(mine.map(idOf)), position);
    const stored = new Map((await ports.reads.load(build, mine)).map((each) => [idOf(each), each]));
    const changes = mine.flatMap(({ tenant: holder, key }): DocumentChange[] => {
      const [state, loaded] = [states.get(idOf({ tenant: holder, key })), stored.get(idOf({ tenant: holder, key }))];
      if (!state && !loaded) return [];
      const gone = { position: loaded?.position ?? position, content: null };
      return [{ ...(state ?? gone), tenant: holder, key, loaded: loaded?.position ?? null }];
    });
    const setAside = mine.flatMap((document) => {
      const poison = poisons.get(idOf(document));
      return poison ? [quarantined(document, poison, now)] : [];
    });
    const batch = { from: position, to: { position, occurredAt: null }, changes, restored: mine, setAside };
    if (!(await ports.reads.apply(build, epoch, batch))) return null;
    for (const document of mine) this.state.waiting.delete(idOf(document));
    for (const entry of setAside) this.state.waiting.add(idOf(entry));
    return poisons;
  }

  async #refolded(tenant: string, wanted: ReadonlySet<string>, until: Position): Promise<Refolded> {
    const { view } = this.build;
    const states = new Map<string, DocumentChange>();
    const poisons = new Map<string, Poison>();
    for (let after: Position | undefined; ;) {
      const page = await this.ports.events.readLog({ ...this.#filter(tenant), after, limit: LOG_PAGE });
      const events = await this.ports.decode(page.events.filter((event) => view.on[event.type] && event.position <= until));
      for (const [id, document] of touchedBy(this.build, events)) {
        if (!wanted.has(id) || poisons.has(id)) continue;
        const before = states.get(id);
        const loaded = before && { ...document, text: before.content?.text ?? null, position: before.position };
        const { change, poison } = foldDocument(view, document, loaded);
        if (change) states.set(id, change);
        if (poison) poisons.set(id, poison);
      }
      if (page.end || page.position >= until) return { states, poisons };
      after = page.position;
      await breathe();
    }
  }

  #filter(tenant?: string): LogFilter {
    const { view } = this.build;
    return { categories: view.categories, tenant: view.heldBy === 'installation' ? undefined : tenant };
  }
}

interface Refolded {
  readonly states: ReadonlyMap<string, DocumentChange>;
  readonly poisons: ReadonlyMap<string, Poison>;
}

function quarantined({ tenant, key }: DocumentKey, { event, error }: Poison, since: string): Quarantined {
  return { tenant, key, position: event.position, eventType: event.type, error, since };
}

function stopped(build: Build, { tenant, key }: DocumentKey, { event, error }: Poison): Error {
  const { name, version } = build.view;
  const facts = { view: name, version, build: build.number, tenant, key, position: event.position, eventType: event.type };
  return readErrors.error(
    'read.build-stopped',
    `Build ${build.number} of ${name} (version ${version}) stopped at ${event.type} (position ${event.position}, document ${key} of ${tenant}): ${error}`,
    facts,
  );
}
