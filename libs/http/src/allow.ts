// Who may call a route, and everything that its documentation needs, in one decorator.
import { HttpCode, applyDecorators, SetMetadata } from '@nestjs/common';
import { z } from 'zod';
import type { Permission } from '#kernel/permissions.js';
import type { Scheme } from './authenticator.js';

export interface RouteOptions {
  /** One line of the reference. */
  readonly summary: string;
  readonly description?: string;
  /**
   * What the handler hands to `changed`, `created` or `read`; `asOf` is added to it where something is read.
   * The answer is put through this schema: what it does not name does not leave.
   */
  readonly answer?: z.ZodType;
  /** Instead of `answer`, on a list: one item of it. */
  readonly list?: z.ZodType;
  /** A media type under which callers can ask for the same as a stream, by `Accept`. */
  readonly streams?: string;
  /** Instead of `answer`: the media types in which a file is sent. */
  readonly files?: readonly string[];
  /** Default 200. */
  readonly status?: 200 | 201 | 202 | 204 | 303;
  /** Codes with which the handler may refuse, for the reference. */
  readonly refusals?: readonly string[];
  /** A body that the reference shows; its ids are made up. */
  readonly example?: object;
  /** On a POST: it asks and changes nothing, or makes a secret that is shown once; so an `Idempotency-Key` means nothing to it. */
  readonly query?: boolean;
  /**
   * Its query is written by another program, which may add whatever it likes (RFC 6749 §4.1.2): it is handed on as it
   * came, in `RequestContext.foreignQuery`.
   */
  readonly foreignQuery?: boolean;
  /** Takes a form instead of JSON, as the program of somebody else sends it: never together with a session. */
  readonly form?: boolean;
  /** Whether callers can ask for the past; the query names the moment by `moment` of `as-of.ts`. */
  readonly asOf?: boolean;
  /** Takes only what a page of this server sends, as everything does that changes something by a session: for logging in. */
  readonly ownPages?: boolean;
  /** Open also to a session in which the password is due to be changed, or a second factor to be added, first. */
  readonly whileDue?: boolean;
  /** Asks who comes by a session whether he has proved lately who he is: for what does much harm in wrong hands. */
  readonly stepUp?: boolean;
  /** No rate limit: probes of supervisors, which may share an address with all clients. */
  readonly unlimited?: boolean;
}

export interface AllowOptions extends RouteOptions {
  /** Default: a token, or the session of a user; who takes tokens takes sessions, too. */
  readonly credentials?: readonly Scheme[];
}

/** What the guard, the adapter and the reference know of a route. */
export interface RouteRules extends RouteOptions {
  /** Null: anybody, without a credential. `any`: whoever brings a valid credential, whatever its rights. */
  readonly permission: Permission | 'any' | null;
  readonly credentials: readonly Scheme[];
  /** A page of a list: all its items are checked at once, which takes half of what one by one does. */
  readonly items?: z.ZodType;
}

const RULES = 'keyledger:route-rules';

function rules(options: Omit<RouteRules, 'items'>): MethodDecorator {
  const value: RouteRules = { ...options, items: options.list && z.array(options.list) };
  return applyDecorators(SetMetadata(RULES, value), HttpCode(value.status ?? 200));
}

function credentialsOf({ credentials = ['bearer'] }: AllowOptions): readonly Scheme[] {
  return credentials.includes('bearer') ? [...credentials, 'session'] : credentials;
}

/** Lets callers in who hold the permission, in whatever scope; the handler narrows by `reachOf`. */
export function Allow(permission: Permission, options: AllowOptions): MethodDecorator {
  return rules({ ...options, permission, credentials: credentialsOf(options) });
}

/** Lets in whoever brings a valid credential, whatever its rights: for what concerns the caller himself. */
export function Authenticated(options: AllowOptions): MethodDecorator {
  return rules({ ...options, permission: 'any', credentials: credentialsOf(options) });
}

/** Lets everybody in; a credential is not even looked at. */
export function Public(options: RouteOptions): MethodDecorator {
  return rules({ ...options, permission: null, credentials: [] });
}

/** The rules of a route handler; undefined where it has neither `@Allow` nor `@Public`. */
export function rulesOf(handler: object): RouteRules | undefined {
  return Reflect.getMetadata(RULES, handler) as RouteRules | undefined;
}
