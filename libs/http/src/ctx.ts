import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestContext } from './request-context.js';

/** Hands a handler the {@link RequestContext} that the guard has established. */
export const Ctx = createParamDecorator((_data: unknown, context: ExecutionContext): RequestContext => {
  return context.switchToHttp().getRequest<FastifyRequest>().keyledger!.context;
});
