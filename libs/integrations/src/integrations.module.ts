// The feed as Nest sees it. Streams end before the server waits for its connections.
import { Injectable, Module, type BeforeApplicationShutdown, type DynamicModule } from '@nestjs/common';
import { Clock } from '#kernel/clock.js';
import type { EventTable } from '#kernel/events.js';
import { Journal } from '#read-models/journal.js';
import { paceOf } from '#read-models/pace.js';
import { Freshness } from '#read-models/wait-for.js';
import { AsyncApiController } from './asyncapi.http.js';
import { CloudEvents } from './cloud-event.js';
import { FeedConnections, type FeedLimits } from './feed-connections.js';
import { FeedEvents } from './feed-events.js';
import { FeedController } from './feed.http.js';
import { FeedService, type FeedTimes } from './feed-service.js';
import { Feed } from './feed.js';
import { Movement } from './movement.js';

/** Times in milliseconds. */
class FeedOptions implements FeedLimits, FeedTimes {
  readonly heartbeatMs: number = 15_000;
  readonly patienceMs: number = 30_000;
  readonly perCredential: number = 10;
  readonly perTenant: number = 100;

  constructor(options: Partial<FeedOptions> = {}) {
    Object.assign(this, options);
  }
}

@Injectable()
class FeedEnd implements BeforeApplicationShutdown {
  constructor(private readonly connections: FeedConnections) {}

  beforeApplicationShutdown(): void {
    this.connections.end();
  }
}

@Module({})
export class IntegrationsModule {
  /** Over the events that the journal finds. */
  static with(events: EventTable, options: Partial<FeedOptions> = {}): DynamicModule {
    const feedOptions = new FeedOptions(options);
    return {
      module: IntegrationsModule,
      controllers: [FeedController, AsyncApiController],
      providers: [
        { provide: FeedEvents, useValue: new FeedEvents(events) },
        { provide: FeedConnections, useValue: new FeedConnections(feedOptions) },
        {
          provide: FeedService,
          useFactory: (journal: Journal, connections: FeedConnections, freshness: Freshness, clock: Clock) => {
            const streaming = { ...feedOptions, pace: paceOf(clock), movement: new Movement(journal, freshness) };
            return new FeedService(new Feed(journal, new CloudEvents(events)), journal.view, connections, streaming);
          },
          inject: [Journal, FeedConnections, Freshness, Clock],
        },
        FeedEnd,
      ],
    };
  }
}
