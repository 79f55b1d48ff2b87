// Requests per minute, in memory: one bucket per token, per license, and per address for everybody else. A
// vendor's token and its customers' license keys never share one, so no quota stops a validation.
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CallCounts } from './call-counts.js';
import { httpErrors } from './http-errors.js';
import { networkOf } from './network-of.js';
import { HttpObserver, type LimitName } from './http-observer.js';
import { HttpOptions } from './http-options.js';
import type { Principal } from './principal.js';

const MINUTE = 60_000;

interface Bucket {
  readonly name: LimitName;
  /** Calls per minute. */
  readonly limit: number;
  readonly counts: CallCounts;
}

@Injectable()
export class RateLimits {
  private readonly tokens: Bucket | null;
  private readonly licenses: Bucket | null;
  private readonly addresses: Bucket | null;

  constructor(
    options: HttpOptions,
    private readonly observer: HttpObserver,
  ) {
    this.tokens = limiter('token', options.rateLimitCredential);
    this.licenses = limiter('license', options.rateLimitLicenseKey);
    this.addresses = limiter('address', options.rateLimitAddress);
  }

  /** @throws `rate.limited` */
  countRequest(principal: Principal, address: string, reply: FastifyReply): void {
    const who = `${principal.tenant}~${principal.id}`;
    if (principal.kind === 'license') this.count(this.licenses, who, reply);
    else if (principal.kind === 'anonymous') this.count(this.addresses, networkOf(address), reply);
    else this.count(this.tokens, who, reply);
  }

  /**
   * A request whose credential was refused.
   * @throws `rate.limited`, instead of the refusal, where the address has too many of them.
   */
  countFailure(address: string, reply: FastifyReply): void {
    this.count(this.addresses, networkOf(address), reply);
  }

  private count(bucket: Bucket | null, key: string, reply: FastifyReply): void {
    if (!bucket) return;
    const { count, endsIn } = bucket.counts.add(key, performance.now());
    const reset = Math.max(1, Math.ceil(endsIn / 1000));
    void reply
      .header('RateLimit-Limit', String(bucket.limit))
      .header('RateLimit-Remaining', String(Math.max(0, bucket.limit - count)))
      .header('RateLimit-Reset', String(reset));
    if (count <= bucket.limit) return;
    this.observer.limited(bucket.name);
    httpErrors.refuse('rate.limited', undefined, { retryAfter: reset });
  }
}

function limiter(name: LimitName, limit: number): Bucket | null {
  return limit === 0 ? null : { name, limit, counts: new CallCounts(MINUTE) };
}
