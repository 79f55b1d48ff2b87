// Old rights are not served to customers: where the view of rights is too far behind the log, nothing is (DESIGN §10).
import { httpErrors } from '#http/http-errors.js';
import type { Freshness } from '#read-models/wait-for.js';
import { accessRulesView } from './access-rules.view.js';
import { accessView } from './access.view.js';
import { tokenAccessView } from './token.view.js';

/** The views by which rights are decided. */
const RIGHTS = [tokenAccessView, accessView, accessRulesView];
/** Between two looks; a request in between trusts the last one. */
const LOOK_EVERY_MS = 250;

export class AccessLag {
  private lookedAt = Number.NEGATIVE_INFINITY;
  private lagMs = 0;

  constructor(
    private readonly freshness: Pick<Freshness, 'lag'>,
    private readonly maxLagMs: number,
  ) {}

  /** @throws `access.stale` where the rights that are known are older than allowed. */
  async mustBeFresh(now: string): Promise<void> {
    const at = Date.parse(now);
    if (Math.abs(at - this.lookedAt) >= LOOK_EVERY_MS) {
      const lags = await this.freshness.lag(RIGHTS);
      this.lagMs = Math.max(...lags.map(({ seconds }) => seconds)) * 1000;
      this.lookedAt = at;
    }
    if (this.lagMs > this.maxLagMs) httpErrors.refuse('access.stale', undefined, { retryAfter: 1 });
  }
}
