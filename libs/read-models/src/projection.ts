// Runs the projectors of all views of a process, builds new versions beside the old, and switches.
import type { Position } from '#event-store/event-store.js';
import { BuildRun } from './build-run.js';
import type { ProjectionPorts } from './build-writer.js';
import { Convoy } from './convoy.js';
import type { Pace } from './pace.js';
import type { RetryResult } from './projector.js';
import { readErrors, type BuildState, type Checkpoint, type DocumentKey } from './read-store.js';
import { inspectBuild } from './inspect-build.js';
import { sealedDocuments } from './sealed-documents.js';
import { verifyRun, type Verification } from './verify-run.js';
import type { AnyView } from './view.js';

/** What a view that queries see has reached. */
export interface Progress extends Checkpoint {
  readonly view: string;
  readonly version: number;
  readonly build: number;
}

export interface ProjectionOptions {
  readonly owner: string;
  readonly pace: Pace;
  readonly leaseMs?: number;
  readonly batchSize?: number;
  /** Of new builds. Default 1. */
  readonly partitions?: number;
  /** After each batch of an active build, and after a switch. */
  readonly onProgress?: (progress: Progress) => void;
  /** Something fails and is tried again, or a build was stopped by poison or refused by inspection. */
  readonly onTrouble?: (view: string, error: unknown) => void;
}

export interface ViewStatus {
  readonly name: string;
  /** What this code contains. */
  readonly version: number;
  readonly builds: readonly (BuildState & {
    readonly documents: number;
    readonly runsHere: boolean;
    readonly failure: string | null;
    readonly quarantined: number;
  })[];
}

export class Projection {
  readonly #runs = new Map<string, BuildRun>();
  readonly #active = new Map<string, number>();
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #convoy: Convoy;
  #stopped = false;

  constructor(
    private readonly ports: ProjectionPorts,
    private readonly views: readonly AnyView[],
    private readonly options: ProjectionOptions,
  ) {
    this.#convoy = new Convoy(ports, options.pace);
  }

  /** Prepares all views and runs every build of a version that this code contains. */
  async start(): Promise<void> {
    const { reads } = this.ports;
    for (const view of this.views) await reads.prepare(view, this.options.partitions);
    for (const build of await reads.builds()) {
      const view = this.views.find(({ name }) => name === build.name);
      if (build.status === 'active') this.#active.set(build.name, build.number);
      if (view?.version === build.version && build.status !== 'retired') this.#run(view, build);
      else if (view && build.status === 'active' && build.version > view.version) {
        this.#trouble(
          build.name,
          new Error(
            `version ${build.version} of ${build.name} is active, this code knows ${view.version}: start the newer version, or roll back`,
          ),
        );
      }
    }
  }

  /** Finishes the batches under way and gives the leases back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#runs.values()].map((run) => run.stop()));
    await Promise.allSettled(this.#turns.values());
    this.#runs.clear();
  }

  async status(): Promise<readonly ViewStatus[]> {
    const builds = await this.ports.reads.builds();
    return Promise.all(
      this.views.map(async ({ name, version }) => ({
        name,
        version,
        builds: await Promise.all(builds.filter((build) => build.name === name).map((build) => this.#statusOf(build))),
      })),
    );
  }

  async #statusOf(build: BuildState): Promise<ViewStatus['builds'][number]> {
    const { reads } = this.ports;
    const run = this.#runs.get(runKey(build));
    const { length } = await reads.quarantined(build.name, build.number);
    const documents = await reads.count(build.name, build.number);
    return {
      ...build,
      documents,
      runsHere: run !== undefined && run.failure === null,
      failure: run?.failure ?? null,
      quarantined: length,
    };
  }

  /** Builds the same version again beside itself; switches by itself once caught up. Answers the build's number. */
  async rebuild(name: string): Promise<number> {
    const view = this.#view(name);
    const number = await this.ports.reads.begin(view, this.options.partitions);
    this.#run(view, await this.#build(name, number));
    return number;
  }

  /** Lets a build catch up, inspects it, and makes it the one that queries see. */
  async switchTo(name: string, number: number): Promise<void> {
    const view = this.#view(name);
    const build = await this.#build(name, number);
    if (build.version !== view.version) {
      readErrors.refuse(
        'read.no-build',
        `Build ${number} of ${name} is of version ${build.version}; start the version of the product that contains it (this one contains ${view.version}).`,
      );
    }
    await this.#switch(this.#runs.get(runKey(build)) ?? this.#run(view, build));
  }

  /** Back to the build that was active before. */
  async rollback(name: string): Promise<number> {
    const before = (await this.#buildsOf(name)).findLast(({ status }) => status === 'retired');
    if (!before) throw readErrors.error('read.no-build', `No build of ${name} is kept to go back to.`);
    await this.switchTo(name, before.number);
    return before.number;
  }

  /** Folds the view from the log's start beside itself and compares the documents byte by byte. */
  async verify(name: string): Promise<Verification> {
    this.#view(name);
    return this.#inTurn(name, () => verifyRun(this.ports, this.#activeRun(name), this.options));
  }

  /** Folds a document that was set aside again; it is current afterwards, or tells its new error. */
  async retry(name: string, document: DocumentKey): Promise<RetryResult> {
    const run = this.#activeRun(name);
    const waiting = await this.ports.reads.quarantined(name, run.build.number);
    if (!waiting.some(({ tenant, key }) => tenant === document.tenant && key === document.key)) {
      readErrors.refuse('read.no-build', `The document ${document.key} of ${name} is not set aside.`);
    }
    return run.retryQuarantined(document);
  }

  /**
   * Folds every document again that holds what was sealed for a subject, whose key is gone by now, in all builds; what is
   * kept for a rollback is dropped. Nothing of it is left in any file then. Answers how many documents that were.
   * @throws Error where a build could not be rewritten: it is to be tried again.
   */
  async forget(tenant: string, subject: string): Promise<number> {
    const head = await this.ports.events.head();
    const documents = await sealedDocuments(this.ports, this.views, tenant, subject);
    let rewritten = 0;
    for (const view of this.views) {
      const keys = documents.get(view) ?? [];
      rewritten += keys.length;
      await this.#inTurn(view.name, () => this.#rewrite(view, tenant, { keys, head }));
    }
    await this.ports.reads.compact();
    return rewritten;
  }

  async #rewrite(view: AnyView, tenant: string, { keys, head }: { keys: readonly DocumentKey[]; head: Position }): Promise<void> {
    for (const build of await this.#buildsOf(view.name)) {
      const run = this.#runs.get(runKey(build));
      const dead = build.status !== 'active' && (!run || run.failure !== null);
      // Documents of older versions may hold what those of this version do not.
      if (dead) await this.drop(view.name, build.number);
      else if (keys.length > 0 && run) {
        // Events that were opened while there was a key may still be on their way to the view that answers.
        if (build.status === 'active') await run.reached(head);
        await run.refold(tenant, keys);
      }
      if (keys.length > 0 && !dead && !run) throw new Error(`the active build of ${view.name} is not run here`);
    }
  }

  #view(name: string): AnyView {
    const view = this.views.find((each) => each.name === name);
    if (!view) throw readErrors.error('read.no-build', `There is no view ${name}.`);
    return view;
  }

  #activeRun(name: string): BuildRun {
    this.#view(name);
    const run = this.#runs.get(runKey({ name, number: this.#active.get(name) ?? 0 }));
    if (!run) throw readErrors.error('read.no-build', `The active build of ${name} is not run here.`);
    return run;
  }

  async #buildsOf(name: string): Promise<readonly BuildState[]> {
    return (await this.ports.reads.builds()).filter((build) => build.name === this.#view(name).name);
  }

  async #build(name: string, number: number): Promise<BuildState> {
    const build = (await this.#buildsOf(name)).find((each) => each.number === number);
    if (!build) throw readErrors.error('read.no-build', `${name} has no build ${number}.`);
    return build;
  }

  #trouble(view: string, error: unknown): void {
    if (!this.#stopped) this.options.onTrouble?.(view, error);
  }

  #isActive({ build }: BuildRun): boolean {
    return this.#active.get(build.view.name) === build.number;
  }

  #run(view: AnyView, { number, partitions }: Pick<BuildState, 'number' | 'partitions'>): BuildRun {
    const { name } = view;
    const run: BuildRun = new BuildRun({ view, number, partitions }, this.ports, this.#convoy, {
      ...this.options,
      // A build that nobody sees yet may stop; the one that answers must go on with all other documents.
      poisonRule: () => (this.#isActive(run) ? 'set-aside' : 'stop'),
      onTrouble: (error) => this.#trouble(name, error),
      onStopped: (_, error) => this.#trouble(name, error),
      onProgress: (_, checkpoint) => this.#isActive(run) && this.#tell(run, checkpoint),
      onCaughtUp: () => {
        if (!this.#isActive(run)) this.#switch(run).catch((error: unknown) => this.#trouble(name, error));
      },
    });
    this.#runs.set(runKey({ name, number }), run);
    return run;
  }

  #tell({ build }: BuildRun, checkpoint: Checkpoint): void {
    this.options.onProgress?.({ ...checkpoint, view: build.view.name, version: build.view.version, build: build.number });
  }

  #switch(run: BuildRun): Promise<void> {
    return this.#inTurn(run.build.view.name, () => this.#switchNow(run));
  }

  /** Switching and verifying a view: one after the other. */
  #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const next = before.catch(() => undefined).then(work);
    this.#turns.set(name, next);
    return next;
  }

  async #switchNow(run: BuildRun): Promise<void> {
    const { view, number } = run.build;
    if (this.#isActive(run) || this.#stopped) return;
    await this.ports.reads.complete(view.name, number);
    const builds = await this.#buildsOf(view.name);
    const active = builds.find(({ status }) => status === 'active');
    const old = active && this.#runs.get(runKey(active));
    // The one that answers goes on meanwhile, and stands still for the last stretch only.
    const goal = old?.checkpoint ?? active?.checkpoint;
    if (goal) await run.reached(goal.position);
    const activate = async () => {
      // Queries never go back in time: the new build is at least where the old one stands.
      const at = old?.checkpoint ?? active?.checkpoint;
      if (at) await run.reached(at.position);
      const wrong = await inspectBuild(this.ports.reads, view, await this.#build(view.name, number), active);
      if (wrong) throw readErrors.error('read.build-stopped', `Build ${number} of ${view.name} was not switched to: ${wrong}.`);
      await this.ports.reads.activate(view.name, number);
      this.#active.set(view.name, number);
    };
    // Where the old one is run by another process, or by none, it cannot be held.
    await (old?.checkpoint && !old.failure ? old.standStill(activate) : activate());
    if (run.checkpoint) this.#tell(run, run.checkpoint);
    await old?.stop();
    if (active) this.#runs.delete(runKey(active));
    // One build stays for a rollback; what was begun before this one is of no use any more.
    for (const build of builds) {
      if (build.number !== active?.number && build.number !== number && (build.status === 'retired' || build.number < number)) {
        await this.drop(view.name, build.number);
      }
    }
  }

  /** Stops and removes a build that is not the active one. */
  async drop(name: string, number: number): Promise<void> {
    const build = await this.#build(name, number);
    if (build.status === 'active')
      readErrors.refuse('read.no-build', `Build ${number} of ${name} is the one that answers; switch to another first.`);
    await this.#runs.get(runKey(build))?.stop();
    this.#runs.delete(runKey(build));
    await this.ports.reads.drop(name, number);
  }
}

function runKey({ name, number }: { readonly name: string; readonly number: number }): string {
  return `${name} ${number}`;
}
