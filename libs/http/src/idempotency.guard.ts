// Runs a keyed command once: a guard claims its key before anything of the body is looked at, and whoever answers
// (the adapter what succeeded, the filter what was refused) keeps the outcome and gives the key free.
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#kernel/errors.js';
import { Idempotency } from './idempotency.js';
import { PROBLEM_TYPE, problemOf } from './problem.js';
import { Replayed, type KeptAnswer } from './replayed.js';
import type { RequestState } from './request-context.js';

const KEPT_HEADERS = ['content-type', 'etag', 'location', 'keyledger-position'];

@Injectable()
export class IdempotencyGuard implements CanActivate {
  constructor(private readonly idempotency: Idempotency) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const state = execution.switchToHttp().getRequest<FastifyRequest>().keyledger;
    if (state?.context.idempotencyKey === undefined) return true;
    const begun = await this.idempotency.begin(state.context);
    if (!('release' in begun)) throw new Replayed(begun);
    state.claim = begun;
    return true;
  }
}

/** The command succeeded, and this is about to be sent. What left events is answered from them if it is asked again. */
export async function keepSuccess(state: RequestState, reply: FastifyReply, body: string | Buffer | undefined): Promise<void> {
  await state.claim?.keep(state.changed === false ? successOf(state, reply, body) : undefined);
  release(state);
}

function release(state: RequestState): void {
  state.claim?.release();
  delete state.claim;
}

function successOf({ rules }: RequestState, reply: FastifyReply, body: string | Buffer | undefined): KeptAnswer {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return { status: rules.status ?? 200, headers, body: body?.toString() ?? '' };
}

/**
 * Something was thrown. Kept is only what the command itself was told, and would be told again: no wrong form, no
 * lack of rights, no bad moment.
 */
export async function keepRefusal(state: RequestState, error: unknown): Promise<void> {
  try {
    if (!(error instanceof DomainError) || error.definition.retryable || /^(request|auth|idempotency)\./.test(error.code)) return;
    const { status, body } = problemOf(error, state.context.requestId);
    if (status < 500) await state.claim?.keep({ status, headers: { 'content-type': PROBLEM_TYPE }, body: JSON.stringify(body) });
  } finally {
    release(state);
  }
}
