// Hands an opened installation to Nest: ports, clock, and one command handler per aggregate.
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { aggregates } from '#catalogue/aggregates.js';
import { commandHandlers } from '#event-store/aggregate-command.js';
import { EventStore } from '#event-store/event-store.js';
import { Executor } from '#event-store/execute.js';
import { Keyring } from '#event-store/keyring.js';
import { Clock } from '#kernel/clock.js';
import { ReadStore } from '#read-models/read-store.js';
import { Freshness } from '#read-models/wait-for.js';
import { RecordStore } from '#records/record-store.js';
import type { Installation } from './installation.js';

@Module({})
export class InstallationModule {
  static of(installation: Installation): DynamicModule {
    const shared: Provider[] = [
      { provide: Clock, useValue: installation.clock },
      { provide: EventStore, useValue: installation.events },
      { provide: ReadStore, useValue: installation.reads },
      { provide: RecordStore, useValue: installation.records },
      { provide: Keyring, useValue: installation.keyring },
      { provide: Executor, useValue: installation.executor },
      { provide: Freshness, useValue: installation.freshness },
    ];
    return {
      module: InstallationModule,
      global: true,
      imports: [CqrsModule.forRoot()],
      providers: [...shared, ...commandHandlers(aggregates)],
      exports: [...shared.map((provider) => (provider as { provide: never }).provide), CqrsModule],
    };
  }
}
