// Hands an opened installation to Nest: ports, clock, and one command handler per aggregate.
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { History } from '#audit/history.js';
import { aggregates } from '#catalogue/aggregates.js';
import { instantsView } from '#catalogue/instants.js';
import { journalView } from '#catalogue/journal.js';
import { events as allEvents } from '#catalogue/events.js';
import { rightsViews } from '#catalogue/rights.js';
import { views } from '#catalogue/views.js';
import { commandHandlers } from '#event-store/aggregate-command.js';
import { EventStore } from '#event-store/event-store.js';
import { Executor } from '#event-store/execute.js';
import { Keyring } from '#event-store/keyring.js';
import { RightsViews } from '#http/effective.js';
import { Joining } from '#identity/joining.js';
import { OwnThingsReads } from '#identity/own-things.js';
import { standingItems } from '#identity/standing-items.js';
import { UserOrganizations } from '#identity/user-organizations.js';
import { Clock } from '#kernel/clock.js';
import { Instants } from '#read-models/instants.js';
import { Journal } from '#read-models/journal.js';
import { Outbox } from '#mail/outbox.js';
import { PersonErasure } from '#organizations/person-erasure.js';
import { StandingNotes } from '#organizations/standing-notes.js';
import { Pasts } from '#read-models/past.js';
import { ReadStore } from '#read-models/read-store.js';
import { Freshness } from '#read-models/wait-for.js';
import { RecordStore } from '#records/record-store.js';
import { dismissItems, introduceItems, readdressItem, renameItem } from '#workflows/people.js';
import type { Installation } from './installation.js';
import { ThingsOfViews } from './own-things.js';
import { joinItems, leaveItems } from '#workflows/joining.js';

/** What users have to do with contacts and organizations. */
const people = { introduce: introduceItems, dismiss: dismissItems, readdress: readdressItem, rename: renameItem };

@Module({})
export class InstallationModule {
  static of(installation: Installation): DynamicModule {
    const { reads, events, codec } = installation;
    const shared: [abstract new (...args: never[]) => unknown, unknown][] = [
      [Clock, installation.clock],
      [EventStore, installation.events],
      [ReadStore, installation.reads],
      [RecordStore, installation.records],
      [Keyring, installation.keyring],
      [Executor, installation.executor],
      [PersonErasure, installation.erasures],
      [Outbox, new Outbox(installation.records, installation.keyring)],
      [Freshness, installation.freshness],
      [UserOrganizations, new UserOrganizations(installation.executor, people)],
      [OwnThingsReads, new ThingsOfViews()],
      [RightsViews, new RightsViews(rightsViews)],
      [StandingNotes, { items: standingItems } satisfies StandingNotes],
      [Joining, { join: joinItems, leave: leaveItems } satisfies Joining],
      [History, new History(events, codec, allEvents, views)],
      [Pasts, new Pasts(events, codec, new Instants(instantsView, reads, events))],
      [Journal, new Journal(journalView, reads, events, codec)],
    ];
    const values = shared.map(([provide, useValue]): Provider => ({ provide, useValue }));
    return {
      module: InstallationModule,
      global: true,
      imports: [CqrsModule.forRoot()],
      providers: [...values, ...commandHandlers(aggregates)],
      exports: [...shared.map(([provide]) => provide), CqrsModule],
    };
  }
}
