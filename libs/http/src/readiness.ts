import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/**
 * Whether the server wants new requests. On a stop it says no first, and goes on serving whoever comes all the same,
 * so that balancers can look elsewhere; stores close only in `onApplicationShutdown`, after the last answer.
 */
@Injectable()
export class Readiness implements OnModuleDestroy {
  private stoppingNow = false;

  get stopping(): boolean {
    return this.stoppingNow;
  }

  /** From now on it is not ready, and every answer asks for its connection to be closed. Nothing else ends yet. */
  announceStop(): void {
    this.stoppingNow = true;
  }

  /** Where nobody has announced it, the stop itself does. */
  onModuleDestroy(): void {
    this.announceStop();
  }
}
