import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { DomainError } from '#kernel/errors.js';
import { Idempotency, type Claim } from './idempotency.js';
import { PROBLEM_TYPE, problemOf } from './problem.js';
import { Replayed, type KeptAnswer } from './replayed.js';
import type { RequestState } from './request-context.js';

const KEPT_HEADERS = ['etag', 'location', 'keyledger-position'];

/** Runs a keyed command once; outside of `AnswersInterceptor`, so that it sees what is really sent. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: Idempotency) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = execution.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const state = request.keyledger;
    if (state?.context.idempotencyKey === undefined) return next.handle();
    return from(this.once(state, http.getResponse<FastifyReply>(), next));
  }

  private async once(state: RequestState, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    const begun = await this.idempotency.begin(state.context);
    if (!('release' in begun)) throw new Replayed(begun);
    try {
      const body: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      await begun.keep(state.changed === false ? successOf(state, reply, body) : undefined);
      return body;
    } catch (error) {
      await keepRefusal(begun, error, state.context.requestId);
      throw error;
    } finally {
      begun.release();
    }
  }
}

function successOf({ rules }: RequestState, reply: FastifyReply, body: unknown): KeptAnswer {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  if (body !== undefined) headers['content-type'] = 'application/json; charset=utf-8';
  return { status: rules.status ?? 200, headers, body: body === undefined ? '' : JSON.stringify(body) };
}

/** Only what the command itself was told, and would be told again: no wrong form, no lack of rights, no bad moment. */
async function keepRefusal(claim: Claim, error: unknown, requestId: string): Promise<void> {
  if (!(error instanceof DomainError) || error.definition.retryable || /^(request|auth|idempotency)\./.test(error.code)) return;
  const problem = problemOf(error, requestId);
  if (problem.status >= 500) return;
  await claim.keep({ status: problem.status, headers: { 'content-type': PROBLEM_TYPE }, body: JSON.stringify(problem.body) });
}
