// A stand on `oidc-provider`, a certified provider.
import { SystemClock } from '#installation/system-clock.js';
import { OidcWay } from '../providers/oidc-way.js';
import { certifiedProvider } from './certified-provider.js';
import { PATIENCE_MS, roundFor, settingsFor, type Said, type Stand, type Trouble } from './stand.js';

export async function certifiedStand(): Promise<Stand> {
  const provider = await certifiedProvider();
  const settings = settingsFor('oidc', { issuer: provider.issuer });
  const redirectUri = roundFor({ settings } as Stand).redirectUri;
  let said: Said = {};
  let trouble: Trouble = null;
  const client = { clientId: settings.clientId, clientSecret: settings.clientSecret!, redirectUri };
  provider.serve(client, (login) => ({ email: `${login}@globex.example`, email_verified: true, ...said }));
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
      return provider.visit(location, typeof now.sub === 'string' ? now.sub : 'ada', redirectUri);
    },
    breakDown: (how) => (trouble = how),
    dispose: () => provider.close(),
  };
}
