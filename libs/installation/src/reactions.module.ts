// What a server does because of events; the command line, which works on the files for a moment, does not.
import { Module, type DynamicModule } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Log } from '#http/log.js';
import type { Installation } from './installation.js';
import { Reactions } from './reactions.js';

@Module({})
export class ReactionsModule {
  static of(installation: Installation): DynamicModule {
    return {
      module: ReactionsModule,
      providers: [
        {
          provide: Reactions,
          useFactory: (bus: CommandBus, log: Log) => new Reactions(installation, bus, log),
          inject: [CommandBus, Log],
        },
      ],
    };
  }
}
