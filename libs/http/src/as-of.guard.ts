import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { momentOf } from './as-of.js';
import { Moments } from './moments.js';

/** Lets a handler answer as of the past where its route offers that and the caller asks for it: its `ctx` is of then. */
@Injectable()
export class AsOfGuard implements CanActivate {
  constructor(private readonly moments: Moments) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const state = request.keyledger;
    const moment = state?.rules.asOf ? momentOf(request.query) : null;
    if (state && moment) request.keyledger = { ...state, context: await this.moments.at(moment, state.context) };
    return true;
  }
}
