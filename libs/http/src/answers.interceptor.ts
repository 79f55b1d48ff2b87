import { Injectable, type CallHandler, type ExecutionContext, StreamableFile, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { z } from 'zod';
import type { RouteRules } from './allow.js';
import { Answer, StreamAnswer, type AnswerParts } from './answers.js';
import { POSITION } from './request-headers.js';
import { commandAnswer } from './schemas.js';

/** Turns an {@link Answer} into headers and JSON, and lets out only what the route's schema names. */
@Injectable()
export class AnswersInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = execution.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      map((result: unknown) => {
        const state = request.keyledger;
        if (!state) throw new Error('an answer without a request context');
        if (result instanceof StreamAnswer) return begun(result, reply);
        if (!(result instanceof Answer)) return plain(result, state.rules);
        state.changed = result.parts.changed;
        return sent(result.parts, state.rules, reply);
      }),
    );
  }
}

/** Nobody on the way may keep or gather what is sent bit by bit. */
function begun({ stream, type, headers }: StreamAnswer, reply: FastifyReply): StreamableFile {
  void reply.headers({ 'Content-Type': type, 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no', ...headers });
  return new StreamableFile(stream);
}

/** Public routes answer what no position belongs to. */
function plain(result: unknown, rules: RouteRules): unknown {
  if (rules.permission !== null) throw new Error('a route with a permission answers by changed(), created(), read() or listed()');
  return shown(rules.answer, result);
}

function sent(parts: AnswerParts, rules: RouteRules, reply: FastifyReply): unknown {
  const { position, revision, location, replayed, page, asOf, body } = parts;
  if ((location !== undefined) !== (rules.status === 201))
    throw new Error('a route answers created() exactly where it declares status 201');
  void reply.header(POSITION, position);
  if (revision !== undefined && revision >= 0) void reply.header('ETag', `"${revision}"`);
  if (location !== undefined) void reply.header('Location', location);
  if (replayed) void reply.header('Idempotency-Replayed', 'true');
  if (rules.status === 204) return undefined;
  if (page) return { data: page.data.map((item) => shown(rules.list, item)), page: page.page, asOf };
  const fitted = shown(rules.answer ?? (asOf === undefined ? commandAnswer : undefined), body);
  return asOf === undefined ? fitted : { ...(fitted as object), asOf };
}

function shown(schema: z.ZodType | undefined, body: unknown): unknown {
  if (!schema) return body;
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Error(
    `an answer does not fit its schema: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`,
  );
}
