// A stand on `oidc-provider`, a certified provider, with its real pages: one to log in at and one to consent.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { SystemClock } from '#installation/system-clock.js';
import { OidcWay } from '../providers/oidc-way.js';
import { PATIENCE_MS, roundFor, settingsFor, type Said, type Stand, type Trouble } from './stand.js';

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

export async function certifiedStand(): Promise<Stand> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = settingsFor('oidc', { issuer });
  const back = roundFor({ settings } as Stand).redirectUri;
  let said: Said = {};
  let trouble: Trouble = null;
  const provider = new Provider(issuer, {
    clients: [{ client_id: settings.clientId, client_secret: settings.clientSecret!, redirect_uris: [back] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    cookies: { keys: ['a key of the test'] },
    pkce: { required: () => true },
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({ email: `${accountId}@globex.example`, email_verified: true, ...said, sub: accountId }),
    }),
  });
  const serve = provider.callback();
  server.on('request', (request, response) => void serve(request, response));
  const egress = {
    fetch: (url: string | URL, init?: RequestInit): Promise<Response> => {
      if (trouble === null) return fetch(url, init);
      if (trouble !== 'silence') return Promise.resolve(new Response('out of order', { status: trouble }));
      return new Promise((_, fail) => init?.signal?.addEventListener('abort', () => fail(init.signal!.reason as Error)));
    },
  };
  return {
    way: new OidcWay(egress, new SystemClock(), PATIENCE_MS),
    settings,
    visit(location, now = {}) {
      said = now;
      return agree(location, typeof now.sub === 'string' ? now.sub : 'ada', back);
    },
    breakDown: (how) => (trouble = how),
    async dispose() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
