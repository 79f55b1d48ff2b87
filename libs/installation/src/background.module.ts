// What a server does by itself: reactions to events, and housekeeping. The command line, which works on the files
// for a moment, does neither.
import { Module, type DynamicModule } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Log } from '#http/log.js';
import { Outbox } from '#mail/outbox.js';
import type { Installation } from './installation.js';
import { Housekeeping } from './housekeeping.js';
import { Reactions } from './reactions.js';

@Module({})
export class BackgroundModule {
  static of(installation: Installation): DynamicModule {
    return {
      module: BackgroundModule,
      providers: [
        {
          provide: Reactions,
          useFactory: (bus: CommandBus, outbox: Outbox, log: Log) => new Reactions(installation, bus, outbox, log),
          inject: [CommandBus, Outbox, Log],
        },
        {
          provide: Housekeeping,
          useFactory: (log: Log) => new Housekeeping(installation.records, installation.clock, log),
          inject: [Log],
        },
      ],
    };
  }
}
