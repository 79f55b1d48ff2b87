// Brings one partition of a build forward, batch by batch: filter, decode, fold, apply.
import type { EventReader, LogFilter, Position, StoredEvent } from '#event-store/event-store.js';
import type { RecordedEvent } from '#kernel/context.js';
import { breathe } from './pace.js';
import { foldDocument, idOf, touchedBy, type Poison, type Touched } from './fold-batch.js';
import {
  readErrors,
  type Build,
  type Checkpoint,
  type DocumentChange,
  type DocumentKey,
  type Loaded,
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

  /**
   * Folds events of the log into the build and moves its checkpoint to `position`. False: the build is
   * another's now. Where it throws nothing has been moved, and the same call can be made again.
   * @throws `read.build-stopped` for poison under the rule `stop`.
   */
  async advance(stored: readonly StoredEvent[], position: Position, now: string, rule: PoisonRule): Promise<boolean> {
    const { view } = this.build;
    const from = this.state.checkpoint.position;
    if (position <= from) return true;
    const events = await this.ports.decode(stored.filter(({ type, position: at }) => view.on[type] && at > from));
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
    const { reads } = this.ports;
    const { position } = this.checkpoint;
    const { state, poison } = await this.#refold(document, position);
    const [loaded] = await reads.load(this.build, [document]);
    const { tenant, key } = document;
    const change = state && { tenant, key, loaded: loaded?.position ?? null, position: state.position, content: state.content };
    const applied = await reads.apply(this.build, this.epoch, {
      from: position,
      to: { position, occurredAt: null },
      changes: change ? [change] : [],
      restored: [{ tenant, key }],
      setAside: poison ? [quarantined(document, poison, now)] : [],
    });
    if (!applied) return null;
    if (!poison) this.state.waiting.delete(idOf(document));
    return { restored: !poison, error: poison?.error ?? null };
  }

  async #refold(
    document: DocumentKey,
    until: Position,
  ): Promise<{ readonly state: DocumentChange | null; readonly poison: Poison | null }> {
    const { view } = this.build;
    let loaded: Loaded | undefined;
    let state: DocumentChange | null = null;
    for (let after: Position | undefined; ;) {
      const page = await this.ports.events.readLog({ ...this.#filter(document.tenant), after, limit: LOG_PAGE });
      const events = await this.ports.decode(page.events.filter((event) => view.on[event.type] && event.position <= until));
      const touched = touchedBy(this.build, events).get(idOf(document));
      const { change, poison } = touched ? foldDocument(view, touched, loaded) : { change: null, poison: null };
      state = change ?? state;
      if (change) loaded = { ...document, text: change.content?.text ?? null, position: change.position };
      if (poison || page.end || page.position >= until) return { state, poison };
      after = page.position;
    }
  }

  #filter(tenant?: string): LogFilter {
    const { view } = this.build;
    return { categories: view.categories, tenant: view.heldBy === 'installation' ? undefined : tenant };
  }
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
