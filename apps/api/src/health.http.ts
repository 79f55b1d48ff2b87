// Whether the process lives, and whether it should get requests: for supervisors and load balancers.
import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { views } from '#catalogue/views.js';
import { Public } from '#http/allow.js';
import { httpErrors } from '#http/http-errors.js';
import { Readiness } from '#http/readiness.js';
import { positionSchema } from '#http/schemas.js';
import { Freshness } from '#read-models/wait-for.js';

const liveSchema = z.strictObject({ status: z.literal('live') }).meta({ id: 'Live' });

const readySchema = z
  .strictObject({
    status: z.literal('ready'),
    /** Per view: how far it is, and how old the oldest event is that it has not seen. */
    views: z.array(z.strictObject({ view: z.string(), position: positionSchema.nullable(), lagSeconds: z.number() })),
  })
  .meta({ id: 'Ready' });

@Controller('health')
export class HealthHttp {
  constructor(
    private readonly readiness: Readiness,
    private readonly freshness: Freshness,
  ) {}

  @Get('live')
  @Public({ summary: 'Whether the process answers at all', answer: liveSchema, unlimited: true })
  live() {
    return { status: 'live' };
  }

  /** 200 where requests are welcome; 503 with the same facts while the server stops or a view is not built yet. */
  @Get('ready')
  @Public({
    summary: 'Whether requests are welcome, with the lag of every view',
    answer: readySchema,
    refusals: ['server.not-ready'],
    unlimited: true,
  })
  async ready() {
    const lags = await this.freshness.lag(views);
    const building = lags.some(({ position }) => position === null);
    const status = this.readiness.stopping ? 'stopping' : building ? 'building' : 'ready';
    const lagging = lags.map(({ view, position, seconds }) => ({ view, position, lagSeconds: seconds }));
    if (status !== 'ready') httpErrors.refuse('server.not-ready', undefined, { state: status, views: lagging });
    return { status, views: lagging };
  }
}
