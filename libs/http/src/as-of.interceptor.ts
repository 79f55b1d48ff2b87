import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { momentOf } from './as-of.js';
import { Moments } from './moments.js';

/** Lets a handler answer as of the past where its route offers that and the caller asks for it: its `ctx` is of then. */
@Injectable()
export class AsOfInterceptor implements NestInterceptor {
  constructor(private readonly moments: Moments) {}

  async intercept(execution: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const state = request.keyledger;
    const moment = state?.rules.asOf ? momentOf(request.query) : null;
    if (state && moment) request.keyledger = { ...state, context: await this.moments.at(moment, state.context) };
    return next.handle();
  }
}
