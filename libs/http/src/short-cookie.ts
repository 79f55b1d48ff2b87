// Cookies of a few minutes, for what a browser begins here and comes back with. Like those of sessions they are this
// host's alone, but their names begin otherwise, so that none is ever taken for the other.
import type { ClientFacts } from './client-facts.js';

const SECURE_PREFIX = '__Host-pending-';
const PLAIN_PREFIX = 'pending-';
const VALUE = /^[\w-]{1,200}$/;

type Client = Pick<ClientFacts, 'transport' | 'plainAllowed' | 'cookies'>;

/** Over plain transport, where the operator allows that, browsers take no cookie with the prefix. */
function isPlain({ transport, plainAllowed }: Pick<Client, 'transport' | 'plainAllowed'>): boolean {
  return plainAllowed && transport === 'plain';
}

const prefixFor = (client: Pick<Client, 'transport' | 'plainAllowed'>) => (isPlain(client) ? PLAIN_PREFIX : SECURE_PREFIX);

/** The header `Set-Cookie`; with 0 seconds it takes the cookie out of the browser. */
export function shortCookie(client: Client, name: string, value: string, seconds: number): string {
  const secure = isPlain(client) ? '' : '; Secure';
  return `${prefixFor(client)}${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
}

/** The value of such a cookie; null where it is not there, or stands twice: one of the two was planted. */
export function shortCookieOf(client: Client, name: string): string | null {
  const wanted = `${prefixFor(client)}${name}=`;
  const found = (client.cookies ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(wanted));
  const value = found.length === 1 ? found[0]!.slice(wanted.length) : null;
  return value !== null && VALUE.test(value) ? value : null;
}
