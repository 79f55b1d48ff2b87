// Requests per minute, in memory: one bucket per token, per license, and per address for everybody else. A
// vendor's token and its customers' license keys never share one, so no quota stops a validation.
import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { httpErrors } from './http-errors.js';
import { HttpObserver, type LimitName } from './http-observer.js';
import { HttpOptions } from './http-options.js';
import type { Principal } from './principal.js';

const MINUTE = 60;

@Injectable()
export class RateLimits {
  private readonly tokens: RateLimiterMemory | null;
  private readonly licenses: RateLimiterMemory | null;
  private readonly addresses: RateLimiterMemory | null;

  constructor(
    options: HttpOptions,
    private readonly observer: HttpObserver,
  ) {
    this.tokens = limiter('token', options.rateLimitCredential);
    this.licenses = limiter('license', options.rateLimitLicenseKey);
    this.addresses = limiter('address', options.rateLimitAddress);
  }

  /** @throws `rate.limited` */
  async countRequest(principal: Principal, address: string, reply: FastifyReply): Promise<void> {
    const who = `${principal.tenant}~${principal.id}`;
    if (principal.kind === 'license') await this.count(this.licenses, who, reply);
    else if (principal.kind === 'anonymous') await this.count(this.addresses, networkOf(address), reply);
    else await this.count(this.tokens, who, reply);
  }

  /**
   * A request whose credential was refused.
   * @throws `rate.limited`, instead of the refusal, where the address has too many of them.
   */
  async countFailure(address: string, reply: FastifyReply): Promise<void> {
    await this.count(this.addresses, networkOf(address), reply);
  }

  private async count(bucket: RateLimiterMemory | null, key: string, reply: FastifyReply): Promise<void> {
    if (!bucket) return;
    const state = await bucket.consume(key).catch((over: unknown) => {
      if (over instanceof RateLimiterRes) return over;
      throw over;
    });
    const reset = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
    void reply.headers({
      'RateLimit-Limit': String(bucket.points),
      'RateLimit-Remaining': String(Math.max(0, state.remainingPoints)),
      'RateLimit-Reset': String(reset),
    });
    if (state.consumedPoints <= bucket.points) return;
    this.observer.limited(bucket.keyPrefix as LimitName);
    httpErrors.refuse('rate.limited', undefined, { retryAfter: reset });
  }
}

function limiter(keyPrefix: LimitName, points: number): RateLimiterMemory | null {
  return points === 0 ? null : new RateLimiterMemory({ keyPrefix, points, duration: MINUTE });
}

/** An IPv6 customer owns a /64: one bucket for all its addresses. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const filled =
    tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return filled
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}
