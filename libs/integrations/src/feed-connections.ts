// Open streams: how many there may be, and that they end before the server waits for its connections to close.
import { httpErrors } from '#http/http-errors.js';
import type { Principal } from '#http/principal.js';
import { integrationsErrors } from './integrations.errors.js';

export interface FeedLimits {
  readonly perCredential: number;
  readonly perTenant: number;
}

interface Connection {
  readonly signal: AbortSignal;
  /** Gives the place back. */
  release(): void;
}

export class FeedConnections {
  private readonly open = new Map<string, number>();
  private readonly ended = new AbortController();
  private taken = 0;

  constructor(private readonly limits: FeedLimits) {}

  /** How many are open now. */
  get count(): number {
    return this.taken;
  }

  /** Takes a place. @throws `feed.too-many-connections`; `server.not-ready` once the server stops. */
  take({ tenant, id }: Pick<Principal, 'tenant' | 'id'>): Connection {
    if (this.ended.signal.aborted) httpErrors.refuse('server.not-ready');
    const places = [
      [`tenant ${tenant}`, this.limits.perTenant],
      [`credential ${tenant} ${id}`, this.limits.perCredential],
    ] as const;
    for (const [place, limit] of places) {
      const used = this.open.get(place) ?? 0;
      if (used >= limit) integrationsErrors.refuse('feed.too-many-connections', undefined, { allowed: limit, used });
    }
    for (const [place] of places) this.open.set(place, (this.open.get(place) ?? 0) + 1);
    this.taken++;
    const own = new AbortController();
    const release = () => {
      if (own.signal.aborted) return;
      own.abort();
      this.taken--;
      for (const [place] of places) this.giveBack(place);
    };
    return { signal: AbortSignal.any([own.signal, this.ended.signal]), release };
  }

  /** Ends all of them, each after the event under way, and takes no more. */
  end(): void {
    this.ended.abort();
  }

  private giveBack(place: string): void {
    const left = this.open.get(place)! - 1;
    if (left > 0) this.open.set(place, left);
    else this.open.delete(place);
  }
}
