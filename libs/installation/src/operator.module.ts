// The operator's side of an installation, for the server and for the command line alike.
import { Module, type DynamicModule } from '@nestjs/common';
import { History } from '#audit/history.js';
import { EventStore } from '#event-store/event-store.js';
import { Commands } from '#http/commands.js';
import { LineModule } from '#http/line.module.js';
import type { OperatorPorts } from '#http/operator.js';
import { Reads } from '#http/reads.js';
import { Clock } from '#kernel/clock.js';
import { Pasts } from '#read-models/past.js';
import { RecordStore } from '#records/record-store.js';
import type { Installation } from './installation.js';
import { lifeOperations } from './life-operations.js';
import { operatorOperations } from './operator-operations.js';
import { Setup } from './setup.js';

/** The injection token of the operations; see {@link operatorOperations}. */
export const OPERATIONS = Symbol('operations');

@Module({})
export class OperatorModule {
  static of(installation: Installation): DynamicModule {
    const inject = [Commands, Reads, EventStore, Clock];
    const portsOf = (commands: Commands, reads: Reads, log: EventStore, clock: Clock): OperatorPorts => ({
      commands,
      reads,
      log,
      clock,
    });
    return {
      module: OperatorModule,
      imports: [LineModule],
      providers: [
        {
          provide: OPERATIONS,
          useFactory: (history: History, pasts: Pasts, ...given: Parameters<typeof portsOf>) => {
            const ports = portsOf(...given);
            return { ...operatorOperations(ports, installation), ...lifeOperations(ports, history, pasts.instants) };
          },
          inject: [History, Pasts, ...inject],
        },
        {
          provide: Setup,
          useFactory: (records: RecordStore, ...ports: Parameters<typeof portsOf>) => new Setup(records, portsOf(...ports)),
          inject: [RecordStore, ...inject],
        },
      ],
      exports: [OPERATIONS, Setup],
    };
  }
}
