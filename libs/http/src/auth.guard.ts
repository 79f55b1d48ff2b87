// The only place of authentication and authorization (never in middleware: path variants get around it).
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '#kernel/clock.js';
import { DomainError } from '#kernel/errors.js';
import { rulesOf, type RouteRules } from './allow.js';
import { Authenticators, type Credential, type Scheme } from './authenticator.js';
import { clientFactsOf, mustBeOwnPage, sessionsOf } from './client-facts.js';
import { credentialOf, namedTenant } from './credentials.js';
import { httpErrors } from './http-errors.js';
import { HttpOptions } from './http-options.js';
import { anonymous, type Principal } from './principal.js';
import { requirePermission } from './reach.js';
import { RateLimits } from './rate-limits.js';
import { contextOf } from './request-context.js';
import { partsOf } from './routes.js';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly authenticators: Authenticators,
    private readonly limits: RateLimits,
    private readonly clock: Clock,
    private readonly options: HttpOptions,
  ) {}

  /** Establishes the request's context, or refuses with `auth.…` or `rate.limited`. Deny by default. */
  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const rules = rulesOf(execution.getHandler());
    if (!rules) throw new Error('a route has neither @Allow nor @Public');
    const http = execution.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const now = this.clock.now();
    const principal = await this.principalOf(request, reply, rules, now);
    request.principal = principal;
    if (!rules.unlimited) this.limits.countRequest(principal, request.ip, reply);
    authorize(principal, rules);
    if (rules.stepUp) this.mustHaveProvedLately(principal, now);
    refuseUnasked(request, rules, partsOf(execution.getClass(), execution.getHandler()));
    const renew = () => this.renewed(request, rules);
    const client = () => clientFactsOf(request, this.options);
    const { waitMs } = this.options;
    request.keyledger = { rules, context: contextOf({ request, rules, principal, now, waitMs, renew, client }) };
    return true;
  }

  private async principalOf(request: FastifyRequest, reply: FastifyReply, rules: RouteRules, now: string): Promise<Principal> {
    try {
      if (rules.ownPages) mustBeOwnPage(request, this.options);
      if (rules.permission === null) return anonymous(namedTenant(request, this.options.baseDomain));
      return await this.authenticate(request, now);
    } catch (refusal) {
      // A valid credential is never held up by others' failures from the same address; only refusals are counted.
      if (refusal instanceof DomainError && refusal.code.startsWith('auth.')) this.limits.countFailure(request.ip, reply);
      throw refusal;
    }
  }

  /** @throws `auth.step-up-needed` with the ways in which he can prove who he is */
  private mustHaveProvedLately({ person }: Principal, now: string): void {
    if (!person || Date.parse(now) - Date.parse(person.authenticatedAt) <= this.options.stepUpAfter) return;
    httpErrors.refuse('auth.step-up-needed', undefined, { ways: [...(person.ways ?? [])] });
  }

  private async renewed(request: FastifyRequest, rules: RouteRules): Promise<Principal> {
    const principal = await this.authenticate(request, this.clock.now());
    authorize(principal, rules);
    return principal;
  }

  private async authenticate(request: FastifyRequest, now: string): Promise<Principal> {
    const named = namedTenant(request, this.options.baseDomain);
    const session = this.sessionOf(request, named);
    const credential = session ? session.credential : credentialOf(request);
    if (!credential) return httpErrors.refuse('auth.required');
    const tenant = session ? session.tenant : named;
    if (credential.scheme === 'license' && tenant === null) httpErrors.refuse('auth.tenant-required');
    const principal = await this.lookUp(credential, tenant, now);
    if (tenant !== null && tenant !== principal.tenant) httpErrors.refuse('auth.wrong-tenant');
    return principal;
  }

  /** The session that the request brings in a cookie: that of the tenant that it names, or the only one. */
  private sessionOf(request: FastifyRequest, named: string | null): { tenant: string; credential: Credential } | null {
    const sessions = sessionsOf(request, this.options);
    if (sessions.size === 0) return null;
    if (request.headers.authorization !== undefined) httpErrors.refuse('auth.two-credentials');
    if (named === null && sessions.size > 1) httpErrors.refuse('auth.tenant-required');
    const [tenant, secret] = named === null ? [...sessions][0]! : [named, sessions.get(named)];
    if (secret === undefined) return null;
    if (!SAFE_METHODS.has(request.method)) mustBeOwnPage(request, this.options);
    return { tenant, credential: { scheme: 'session', secret } };
  }

  private async lookUp(credential: Credential, tenant: string | null, now: string): Promise<Principal> {
    return (
      (await this.authenticators.authenticate(credential, tenant, now)) ??
      httpErrors.refuse(credential.scheme === 'session' ? 'auth.session-ended' : 'auth.invalid')
    );
  }
}

function schemeOf({ kind }: Principal): Scheme {
  return kind === 'license' ? 'license' : kind === 'user' ? 'session' : 'bearer';
}

function authorize(principal: Principal, rules: RouteRules): void {
  if (rules.permission === null) return;
  const scheme = schemeOf(principal);
  if (!rules.credentials.includes(scheme)) {
    const taken = {
      bearer: '`Authorization: Bearer <token>`',
      license: '`Authorization: License <key>`',
      session: 'a session (POST /v1/login)',
    };
    const wanted = rules.credentials.map((kind) => taken[kind]).join(' or ');
    httpErrors.refuse('auth.forbidden', `This address takes another kind of credential: ${wanted}.`);
  }
  const due = rules.whileDue ? undefined : principal.person?.due;
  if (due !== undefined) httpErrors.refuse(due === 'password' ? 'auth.password-change-due' : 'auth.factor-due');
  if (rules.permission !== 'any') requirePermission(principal, rules.permission);
}

/** A query or a body that the route has no schema for is unknown as a whole. @throws `request.invalid` */
function refuseUnasked({ query, body }: FastifyRequest, { foreignQuery }: RouteRules, parts: ReadonlySet<string>): void {
  const unasked = (part: 'query' | 'body', value: unknown) =>
    parts.has(part) || typeof value !== 'object' || value === null
      ? []
      : Object.keys(value).map((key) => ({ in: part, pointer: `/${key.slice(0, 200)}`, detail: 'is not known here' }));
  const queried = foreignQuery ? [] : unasked('query', query);
  const pointers = [...queried, ...unasked('body', body)].slice(0, 50);
  if (pointers.length > 0) throw httpErrors.error('request.invalid', undefined, {}, pointers);
}
