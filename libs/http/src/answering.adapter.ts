// Turns what handlers return into headers and JSON, and lets out only what the route's schema names. In the adapter
// and not in an interceptor: one interceptor makes Nest run each request through a dozen observables, which takes
// as long as the whole of an empty request.
import { StreamableFile } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Position } from '#event-store/event-store.js';
import type { RouteRules } from './allow.js';
import { Answer, CookieAnswer, RedirectAnswer, StreamAnswer, type AnswerParts } from './answers.js';
import { keepSuccess } from './idempotency.guard.js';
import type { Page } from './paging.js';
import { POSITION } from './request-headers.js';
import type { RequestState } from './request-context.js';
import { commandAnswer } from './schemas.js';

const JSON_TYPE = 'application/json; charset=utf-8';

export class AnsweringAdapter extends FastifyAdapter {
  /** Asked by Nest with the result of a handler. What it throws goes to the filter, as what a handler throws. */
  override reply(reply: FastifyReply, result: unknown, status?: number): FastifyReply {
    if (result instanceof CookieAnswer) {
      void reply.header('Set-Cookie', [...result.cookies]);
      return this.reply(reply, result.answer, status);
    }
    if (result instanceof RedirectAnswer) {
      void reply.headers({ Location: result.location, 'Set-Cookie': [...result.cookies] });
      return super.reply(reply, undefined, status);
    }
    const state = reply.request.keyledger;
    if (!state) throw new Error('an answer without a request context');
    if (result instanceof StreamAnswer) return super.reply(reply, begun(result, reply), status);
    const body = bodyOf(result, state, reply);
    if (body !== undefined) void reply.type(JSON_TYPE);
    const send = () => super.reply(reply, body, status);
    // Nest waits for whatever comes back; only keyed commands have something to keep before they are answered.
    return state.claim ? (keepSuccess(state, reply, body).then(send) as unknown as FastifyReply) : send();
  }
}

/** Nobody on the way may keep or gather what is sent bit by bit. */
function begun({ stream, type, headers }: StreamAnswer, reply: FastifyReply): StreamableFile {
  void reply.headers({ 'Content-Type': type, 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no', ...headers });
  return new StreamableFile(stream);
}

/** The body to send; sets the headers that belong to it. */
function bodyOf(result: unknown, state: RequestState, reply: FastifyReply): string | Buffer | undefined {
  const { rules } = state;
  if (!(result instanceof Answer)) {
    // Public routes answer what no position belongs to.
    if (rules.permission !== null)
      throw new Error('a route with a permission answers by changed(), created(), read() or listed()');
    return JSON.stringify(shown(rules.answer, result));
  }
  state.changed = result.parts.changed;
  return sent(result.parts, rules, reply);
}

function sent(parts: AnswerParts, rules: RouteRules, reply: FastifyReply): string | Buffer | undefined {
  const { position, revision, location, replayed, page, texts, asOf, body } = parts;
  if ((location !== undefined) !== (rules.status === 201))
    throw new Error('a route answers created() exactly where it declares status 201');
  void reply.header(POSITION, position);
  if (revision !== undefined && revision >= 0) void reply.header('ETag', `"${revision}"`);
  if (location !== undefined) void reply.header('Location', location);
  if (replayed) void reply.header('Idempotency-Replayed', 'true');
  if (rules.status === 204) return undefined;
  if (page && texts) return bytesOf(page, asOf);
  if (page) return JSON.stringify({ data: shown(rules.items, page.data), page: page.page, asOf });
  const fitted = shown(rules.answer ?? (asOf === undefined ? commandAnswer : undefined), body);
  return JSON.stringify(asOf === undefined ? fitted : Object.assign({}, fitted, { asOf }));
}

/** Of a page whose items are bytes already. */
function bytesOf({ data, page }: Page<unknown>, asOf: Position | undefined): Buffer {
  return Buffer.from(`{"data":[${data.join()}],${JSON.stringify({ page, asOf }).slice(1)}`, 'latin1');
}

function shown(schema: z.ZodType | undefined, body: unknown): unknown {
  if (!schema) return body;
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Error(
    `an answer does not fit its schema: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`,
  );
}
