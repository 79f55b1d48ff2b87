// `oidc-provider`, a certified provider, on this machine, with its real pages: one to log in at and one to consent.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { Said } from './stand.js';

export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

export interface CertifiedProvider {
  readonly issuer: string;
  /** Takes this client from now on. `claimsOf`: what it says of whom it knows by this name, beside that name. */
  serve(client: Client, claimsOf: (login: string) => Said): void;
  /** Somebody goes where he is sent, logs in by this name, says yes to everything, and comes back with this query. */
  visit(location: string, login: string, back: string): Promise<URLSearchParams>;
  close(): Promise<void>;
}

/** A browser that says yes on every page until it is sent back. */
async function agree(location: string, login: string, back: string): Promise<URLSearchParams> {
  const jar = new Map<string, string>();
  let [url, form] = [location, null as URLSearchParams | null];
  for (let steps = 0; steps < 20; steps++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie }, method: form ? 'POST' : 'GET', body: form });
    for (const given of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = given.split(';')[0]!.split('=');
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const next = answer.headers.get('location');
    if (next !== null) {
      url = new URL(next, url).href;
      form = null;
      if (url.startsWith(back)) return new URL(url).searchParams;
      continue;
    }
    const page = await answer.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (prompt === undefined) throw new Error(`the provider answered ${answer.status}: ${page}`);
    url = new URL(/action="([^"]+)"/.exec(page)![1]!, url).href;
    form = new URLSearchParams({ prompt, login, password: 'any' });
  }
  throw new Error('the provider never sent anybody back');
}

/** Listens at once, so that its issuer is known before there is a client. */
export async function certifiedProvider(): Promise<CertifiedProvider> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    serve({ clientId, clientSecret, redirectUri }, claimsOf) {
      const provider = new Provider(issuer, {
        clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
        claims: { openid: ['sub'], email: ['email', 'email_verified'] },
        cookies: { keys: ['a key of the test'] },
        pkce: { required: () => true },
        findAccount: (_, accountId) => ({
          accountId,
          claims: () => ({ ...claimsOf(accountId), sub: accountId }),
        }),
      });
      const serve = provider.callback();
      server.removeAllListeners('request');
      server.on('request', (request, response) => void serve(request, response));
    },
    visit: agree,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
