import { Module } from '@nestjs/common';
import { Commands } from './commands.js';
import { Effective } from './effective.js';
import { Reads } from './reads.js';

/** The two ends of the line, for requests and for the operator alike. Takes `CommandBus`, `EventStore`, `ReadStore`, `Freshness`, `RightsViews` from global modules. */
@Module({ providers: [Commands, Reads, Effective], exports: [Commands, Reads, Effective] })
export class LineModule {}
