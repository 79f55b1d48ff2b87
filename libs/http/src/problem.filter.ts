import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { keepRefusal } from './idempotency.guard.js';
import { Log } from './log.js';
import { PROBLEM_TYPE, problemOf, refusalOf } from './problem.js';
import { Replayed } from './replayed.js';

/** Answers everything that was thrown; what nobody expected is logged, and the caller gets its request id only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(thrown: unknown, host: ArgumentsHost): void | Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const answer = (what: unknown) => this.answer(what, request, reply);
    const state = request.keyledger;
    return state?.claim ? keepRefusal(state, thrown).then(() => answer(thrown), answer) : answer(thrown);
  }

  private answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (thrown instanceof Replayed) {
      const { status, headers, body } = thrown.kept;
      void reply.status(status).headers(headers).header('Idempotency-Replayed', 'true').send(body);
      return;
    }
    const problem = problemOf(refusalOf(thrown), request.id);
    if (problem.status >= 500) this.log.pino.error({ requestId: request.id, code: problem.code, err: thrown }, 'request failed');
    if (reply.sent) return;
    void reply.status(problem.status).headers(problem.headers).type(PROBLEM_TYPE).send(JSON.stringify(problem.body));
  }
}
