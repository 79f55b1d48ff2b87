import { Module } from '@nestjs/common';
import { Commands } from './commands.js';
import { Reads } from './reads.js';

/** The two ends of the line, for requests and for the operator alike. Takes `CommandBus`, `EventStore`, `ReadStore`, `Freshness` from global modules. */
@Module({ providers: [Commands, Reads], exports: [Commands, Reads] })
export class LineModule {}
