// Whom passkeys are made for: the host that a page is seen at. A browser uses a passkey on that host alone, so that
// pages which only look like ours never get one (WebAuthn Level 3, §5.1.2 and §13.4.9).
import { isIP } from 'node:net';
import type { ClientFacts } from '#http/client-facts.js';
import { passkeyErrors } from './passkey.errors.js';

export interface RelyingParty {
  /** The host. A vendor with a host of his own has passkeys of his own; those who share one are told apart by what is kept. */
  readonly id: string;
  /** Of the pages: what the browser signs, beside the rest. */
  readonly origin: string;
}

type Client = Pick<ClientFacts, 'pageOrigin'>;

/** Null where browsers know no passkeys: at IP addresses and over plain http, except on the machine itself. */
export function findRelyingParty({ pageOrigin }: Client): RelyingParty | null {
  if (pageOrigin === null) return null;
  const { protocol, hostname: id, origin } = new URL(pageOrigin);
  if (id.startsWith('[') || isIP(id) !== 0) return null;
  const local = id === 'localhost' || id.endsWith('.localhost');
  return protocol === 'https:' || local ? { id, origin } : null;
}

/** @throws `passkey.no-address` */
export function relyingPartyOf(client: Client): RelyingParty {
  return findRelyingParty(client) ?? passkeyErrors.refuse('passkey.no-address');
}
