// What a request's connection and headers say of where its client stands: from which page it was sent, over which
// transport, and with which session.
import type { FastifyRequest } from 'fastify';
import { httpErrors } from './http-errors.js';
import type { HttpOptions } from './http-options.js';
import { cookiesOf } from './session-cookie.js';

/** `secure`: TLS up to the server or its proxy. `local`: plain, but on this machine. `plain`: anybody on the way reads it. */
export type Transport = 'secure' | 'local' | 'plain';

/** For what concerns logging in. */
export interface ClientFacts {
  readonly address: string;
  /** What the client calls itself, cut to a reasonable length. */
  readonly agent: string | null;
  readonly transport: Transport;
  /** Whether the operator allows logins over plain transport. */
  readonly plainAllowed: boolean;
  /**
   * Where links in mails may lead to, without a slash at the end; null where only the client says how the server is
   * called, who may want others to follow a link to him.
   */
  readonly ownAddress: string | null;
  /**
   * Of the page that a browser has open that sends this: the tenant's own host, or the address for everybody; null
   * where only the client says how the server is called.
   */
  readonly pageOrigin: string | null;
  /** The own address, or as the client calls the server: only for what the client itself is told. */
  readonly origin: string;
  /** Tenants and secrets of the session cookies that came along. */
  readonly sessions: ReadonlyMap<string, string>;
  /** The header `Cookie` as it came. */
  readonly cookies: string | null;
}

type Asked = Pick<HttpOptions, 'publicUrl' | 'baseDomain' | 'insecureLogin'>;

export function clientFactsOf(request: FastifyRequest, options: Asked): ClientFacts {
  const ownAddress = options.publicUrl ?? (isThisMachine(request.hostname) ? ownOrigin(request, options) : null);
  return {
    address: request.ip,
    agent: request.headers['user-agent']?.slice(0, 300) ?? null,
    transport: transportOf(request, options),
    plainAllowed: options.insecureLogin === 'allow',
    ownAddress,
    pageOrigin: isTenantHost(request.hostname, options) ? ownOrigin(request, options) : ownAddress,
    origin: options.publicUrl ?? ownOrigin(request, options),
    sessions: sessionsOf(request, options),
    cookies: request.headers.cookie ?? null,
  };
}

/** The session cookies of a request, by tenant. @throws `auth.malformed` where one of them stands twice. */
export function sessionsOf(request: FastifyRequest, options: Asked): ReadonlyMap<string, string> {
  const { cookie } = request.headers;
  if (cookie === undefined) return new Map();
  const plain = options.insecureLogin === 'allow' && transportOf(request, options) === 'plain';
  return cookiesOf(cookie, plain);
}

function transportOf(request: FastifyRequest, options: Asked): Transport {
  if (request.protocol === 'https' || isPublicHttps(request, options)) return 'secure';
  return isThisMachine(request.hostname) ? 'local' : 'plain';
}

/** Behind a proxy that is not among those that are believed, the operator's own word says that the outside is TLS. */
function isPublicHttps({ host, hostname }: FastifyRequest, { publicUrl, baseDomain }: Asked): boolean {
  if (!publicUrl?.startsWith('https:')) return false;
  return new URL(publicUrl).host === host || isTenantHost(hostname, { baseDomain });
}

function isTenantHost(hostname: string | undefined, { baseDomain }: Pick<Asked, 'baseDomain'>): boolean {
  return baseDomain !== null && (hostname ?? '').toLowerCase().endsWith(`.${baseDomain}`);
}

function isThisMachine(hostname: string | undefined): boolean {
  const name = (hostname ?? '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || name === '127.0.0.1' || name === '[::1]' || name === '::1';
}

function ownOrigin(request: FastifyRequest, options: Asked): string {
  const scheme = transportOf(request, options) === 'secure' ? 'https' : 'http';
  return `${scheme}://${request.host}`;
}

/**
 * A browser adds its cookies to whatever any page sends here; so what changes something by a cookie, or gives one,
 * must come from a page of this very server. Browsers say so in `Sec-Fetch-Site`, old ones at least in `Origin`;
 * a client that is no browser sends its `Origin` by itself. Together with the JSON type, which no form can send, no
 * tokens in pages are needed (OWASP ASVS 5.0, 3.5.1 to 3.5.3).
 * @throws `auth.cross-site`
 */
export function mustBeOwnPage(request: FastifyRequest, options: Asked): void {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) {
    if (site !== 'same-origin') httpErrors.refuse('auth.cross-site');
    return;
  }
  if (origin === undefined || (origin !== ownOrigin(request, options) && origin !== options.publicUrl))
    httpErrors.refuse('auth.cross-site');
}
