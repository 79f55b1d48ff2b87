import { Injectable, type BeforeApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { HttpOptions } from './http-options.js';

/**
 * Whether the server wants new requests. On a stop it says no first, then goes on serving for the grace, so
 * that balancers look elsewhere; stores close only in `onApplicationShutdown`, after the last answer.
 */
@Injectable()
export class Readiness implements OnModuleDestroy, BeforeApplicationShutdown {
  private stoppingNow = false;

  constructor(private readonly options: HttpOptions) {}

  get stopping(): boolean {
    return this.stoppingNow;
  }

  onModuleDestroy(): void {
    this.stoppingNow = true;
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.options.shutdownGrace > 0) await new Promise((resolve) => setTimeout(resolve, this.options.shutdownGrace));
  }
}
