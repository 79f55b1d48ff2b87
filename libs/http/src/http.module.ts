import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AsOfGuard } from './as-of.guard.js';
import { AuthGuard } from './auth.guard.js';
import { HttpObserver } from './http-observer.js';
import { HttpOptions } from './http-options.js';
import { IdempotencyGuard } from './idempotency.guard.js';
import { Idempotency } from './idempotency.js';
import { LineModule } from './line.module.js';
import { Log } from './log.js';
import { Moments } from './moments.js';
import { ProblemFilter } from './problem.filter.js';
import { RateLimits } from './rate-limits.js';
import { Readiness } from './readiness.js';
import { SchemaPipe } from './schema.pipe.js';

/**
 * The HTTP room for an app. The app provides, from global modules: `Authenticators`, `Clock`, `CommandBus`,
 * `EventStore`, `ReadStore`, `Freshness`, `Pasts`, `RecordStore`.
 */
@Module({})
export class HttpModule {
  static with(options: HttpOptions, log: Log, observer: HttpObserver): DynamicModule {
    return {
      module: HttpModule,
      global: true,
      imports: [LineModule],
      providers: [
        { provide: HttpOptions, useValue: options },
        { provide: Log, useValue: log },
        { provide: HttpObserver, useValue: observer },
        RateLimits,
        Idempotency,
        Readiness,
        Moments,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AuthGuard },
        // After that one, for those whom it has let in.
        { provide: APP_GUARD, useClass: IdempotencyGuard },
        { provide: APP_GUARD, useClass: AsOfGuard },
        { provide: APP_PIPE, useClass: SchemaPipe },
      ],
      exports: [HttpOptions, Log, LineModule, Readiness, Moments],
    };
  }
}
