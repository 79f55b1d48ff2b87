// The cookie that carries a session: named per tenant, because vendors share a host. With the prefix `__Host-` a
// browser takes it only over TLS (or on the machine itself), and from no other host.
import { tenantSlugSchema } from '#kernel/ids.js';
import { httpErrors } from './http-errors.js';

const SECURE_PREFIX = '__Host-keyledger-';
const PLAIN_PREFIX = 'keyledger-';
const SECRET = /^[\w-]{1,200}$/;

interface Where {
  readonly tenant: string;
  /** Over plain transport, where the operator allows that: browsers take no cookie with the prefix there. */
  readonly plain: boolean;
}

/** The header `Set-Cookie` that hands out a session for so many seconds. */
export function sessionCookie({ tenant, plain }: Where, secret: string, seconds: number): string {
  const name = `${plain ? PLAIN_PREFIX : SECURE_PREFIX}${tenant}`;
  return `${name}=${secret}; Path=/; Max-Age=${Math.max(0, Math.floor(seconds))}; HttpOnly; SameSite=Lax${plain ? '' : '; Secure'}`;
}

/** The header `Set-Cookie` that takes the session out of the browser. */
export function endedCookie(where: Where): string {
  return sessionCookie(where, '', 0);
}

/**
 * The session cookies in a `Cookie` header (RFC 6265 §5.4), by tenant; others are nobody's business.
 * @throws `auth.malformed` where the same one stands twice: one of the two was planted.
 */
export function cookiesOf(header: string, plain: boolean): ReadonlyMap<string, string> {
  const prefix = plain ? PLAIN_PREFIX : SECURE_PREFIX;
  const sessions = new Map<string, string>();
  for (const pair of header.split(';')) {
    const [name = '', ...rest] = pair.trim().split('=');
    const tenant = name.startsWith(prefix) ? name.slice(prefix.length) : null;
    const secret = rest.join('=');
    if (tenant === null || !tenantSlugSchema.safeParse(tenant).success || !SECRET.test(secret)) continue;
    if (sessions.has(tenant)) httpErrors.refuse('auth.malformed', `The cookie ${name} stands twice.`);
    sessions.set(tenant, secret);
  }
  return sessions;
}
