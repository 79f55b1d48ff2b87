// Runs the reactors of the product in this process, and does what they ask for through the CommandBus.
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { CommandBus } from '@nestjs/cqrs';
import { dispatch } from '#event-store/aggregate-command.js';
import type { Log } from '#http/log.js';
import type { Json } from '#kernel/json.js';
import { deviceBlockReactor, followDeviceBlocks } from '#licensing/device-block.reactor.js';
import type { FollowUp } from '#licensing/device-block.follow.js';
import { license } from '#licensing/license.js';
import type { Outbox } from '#mail/outbox.js';
import { contactChangeReactor, tellContacts } from '#organizations/contact-change.reactor.js';
import { erasePersons, personErasedReactor } from '#organizations/person-erased.reactor.js';
import { paceOf } from '#read-models/pace.js';
import { ReactorRun } from '#read-models/reactor-run.js';
import type { Effect, Reactor } from '#read-models/reactor.js';
import { tenantView } from '#tenants/tenant.view.js';
import type { Installation } from './installation.js';

/** Always the same: the folder has one process at a time, and the next one goes on where this one ended. */
const OWNER = 'embedded';
/** How long an effect waits for views to see what has happened; then the work is tried again later. */
const VIEW_WAIT_MS = 10_000;

export class Reactions implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly runs: readonly Pick<ReactorRun<Json>, 'reactor' | 'run' | 'stop'>[];
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly installation: Installation,
    private readonly bus: CommandBus,
    private readonly outbox: Outbox,
    private readonly log: Log,
  ) {
    this.runs = [
      this.runOf(deviceBlockReactor, this.followDeviceBlocks()),
      this.runOf(contactChangeReactor, this.tellContacts()),
      this.runOf(personErasedReactor, erasePersons(this.installation.erasures)),
    ];
  }

  /** Of the reactors that run here. */
  get names(): string[] {
    return this.runs.map(({ reactor }) => reactor.name);
  }

  onApplicationBootstrap(): void {
    this.running = Promise.all(this.runs.map((run) => run.run()));
  }

  /** Effects under way are finished. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const run of this.runs) run.stop();
    await this.running;
  }

  private runOf<Work extends Json>(reactor: Reactor<Work>, effect: Effect<Work>): ReactorRun<Work> {
    const { events, records, codec, clock } = this.installation;
    const about = { reactor: reactor.name };
    return new ReactorRun(
      reactor,
      effect,
      { events, records, decode: (stored) => codec.decode(stored) },
      {
        owner: OWNER,
        pace: paceOf(clock),
        onTrouble: (err, attempt) => this.log.pino.warn({ ...about, err, attempt }, 'a reactor is held up'),
        onParked: (key, error) =>
          this.log.pino.error({ ...about, work: key, error }, 'work was given up until somebody asks for it again'),
      },
    );
  }

  private followDeviceBlocks() {
    const { reads, freshness, events, clock } = this.installation;
    return followDeviceBlocks({
      reads,
      reached: (view, position) => freshness.waitFor(view, position, VIEW_WAIT_MS),
      head: () => events.head(),
      send: (followUp: FollowUp, ctx) => dispatch(this.bus, license, followUp.licenseId, followUp.command, followUp.data, ctx),
      now: () => clock.now(),
    });
  }

  private tellContacts() {
    const { reads, freshness, clock } = this.installation;
    return tellContacts({
      reads,
      reached: (view, position) => freshness.waitFor(view, position, VIEW_WAIT_MS),
      vendorName: async (tenant) => (await reads.get(tenantView, tenant, tenant))?.doc.name ?? tenant,
      outbox: this.outbox,
      now: () => clock.now(),
    });
  }
}
