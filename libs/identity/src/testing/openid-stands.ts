// Stands on `oauth2-mock-server`, which signs whatever it is told to: any OpenID provider, Entra ID, Google.
import { OAuth2Server } from 'oauth2-mock-server';
import { SystemClock } from '#installation/system-clock.js';
import type { ProviderSettings } from '../providers/provider.js';
import { OidcWay } from '../providers/oidc-way.js';
import { PassportGuard } from '../providers/passport.guard.js';
import { PassportWay } from '../providers/passport-way.js';
import { gateBefore } from './gate.js';
import { PATIENCE_MS, sentBackFrom, settingsFor, type Said, type Stand, type Trouble } from './stand.js';

export const DIRECTORY = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const MICROSOFT = 'https://login.microsoftonline.com';
const HOST = '127.0.0.1';

interface Forged {
  readonly header: Record<string, unknown>;
  readonly payload: Record<string, unknown>;
}

/** No answer, until the caller has enough. */
function silence(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, fail) => signal?.addEventListener('abort', () => fail(signal.reason as Error)));
}

/** A running mock server, and what it is told to say. */
export class Mock {
  private constructor(
    readonly server: OAuth2Server,
    readonly url: string,
  ) {}

  said: Said = {};
  trouble: Trouble = null;
  /** Changes the whole answer of the token endpoint, signed token included. */
  forge: ((body: Record<string, unknown>) => void) | null = null;

  static async start(): Promise<Mock> {
    const server = new OAuth2Server();
    await server.issuer.keys.generate('RS256');
    await server.start(0, HOST);
    const mock = new Mock(server, `http://${HOST}:${server.address().port}`);
    server.issuer.url = mock.url;
    mock.listen();
    return mock;
  }

  private listen(): void {
    const { service } = this.server;
    service.on('beforeTokenSigning', ({ payload }: Forged) => {
      // The server takes the client's name from the header without decoding it.
      Object.assign(payload, { aud: 'client-1' }, this.said);
      for (const [claim, value] of Object.entries(this.said)) if (value === undefined) delete payload[claim];
    });
    service.on('beforeUserinfo', (answer: { body: Record<string, unknown> }) => {
      Object.assign(answer.body, this.said);
    });
    service.on('beforeResponse', (answer: { statusCode: number; body: Record<string, unknown> }) => {
      this.forge?.(answer.body);
    });
  }

  async visit(location: string, said: Said = {}): Promise<URLSearchParams> {
    this.said = said;
    return sentBackFrom(location);
  }

  /** As the product calls it; nothing else is reached. */
  readonly fetch = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    if (this.trouble === 'silence') return silence(init?.signal);
    if (this.trouble !== null) return new Response('out of order', { status: this.trouble });
    const { origin, pathname, search } = new URL(url);
    if (origin === MICROSOFT) return this.microsoft(pathname, search, init);
    if (origin !== this.url) throw new Error(`nothing goes to ${origin}`);
    return fetch(url, init);
  };

  /** The addresses of Microsoft, before the same server; its description says what the real one's does. */
  private async microsoft(pathname: string, search: string, init?: RequestInit): Promise<Response> {
    const path = pathname.replace(/^\/(?:common|organizations|[0-9a-f-]{36})(?:\/v2\.0)?/, '');
    if (path !== '/.well-known/openid-configuration') return fetch(this.url + path + search, init);
    const audience = pathname.split('/')[1]!;
    const real = (await (await fetch(this.url + path)).json()) as Record<string, unknown>;
    const moved = Object.fromEntries(
      Object.entries(real).map(([name, value]) => [
        name,
        String(value).startsWith(this.url) ? String(value).replace(this.url, `${MICROSOFT}/${audience}`) : value,
      ]),
    );
    const issuer = `${MICROSOFT}/${/^[co]/.test(audience) ? '{tenantid}' : audience}/v2.0`;
    return Response.json({ ...moved, issuer, code_challenge_methods_supported: undefined });
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

function standOn(
  mock: Mock,
  way: Stand['way'],
  settings: ProviderSettings,
  usual: (said: Said) => Said,
  atHome = (location: string) => location,
): Stand {
  return {
    way,
    settings,
    visit: (location, said = {}) => mock.visit(atHome(location), { ...usual(said), ...said }),
    breakDown: (how) => (mock.trouble = how),
    dispose: () => mock.stop(),
  };
}

export async function openIdStand(more: Partial<ProviderSettings> = {}): Promise<Stand & { mock: Mock }> {
  const mock = await Mock.start();
  const settings = settingsFor('oidc', { issuer: mock.url, ...more });
  const usual = () => ({ sub: 'ada', email: 'ada@globex.example', email_verified: true });
  return { ...standOn(mock, new OidcWay(mock, new SystemClock(), PATIENCE_MS), settings, usual), mock };
}

export async function entraStand(more: Partial<ProviderSettings> = {}): Promise<Stand & { mock: Mock }> {
  const mock = await Mock.start();
  const settings = settingsFor('entra', { issuer: `${MICROSOFT}/organizations/v2.0`, ...more });
  const usual = ({ tid = DIRECTORY }: Said) => ({
    ...{ sub: 'pairwise', oid: 'ada', tid, iss: `${MICROSOFT}/${String(tid)}/v2.0` },
    ...{ email: 'ada@globex.example', xms_edov: true },
  });
  const atHome = (location: string) => location.replace(/^https:\/\/login\.microsoftonline\.com\/[^/]+/, mock.url);
  return { ...standOn(mock, new OidcWay(mock, new SystemClock(), PATIENCE_MS), settings, usual, atHome), mock };
}

export async function googleStand(more: Partial<ProviderSettings> = {}): Promise<Stand & { mock: Mock }> {
  const mock = await Mock.start();
  const gate = await gateBefore(mock);
  const guard = new PassportGuard();
  const addresses = {
    authorizationURL: `${mock.url}/authorize`,
    tokenURL: `${gate.url}/token`,
    profileURL: `${gate.url}/userinfo`,
  };
  const way = new PassportWay({ ask: (round, query) => guard.ask({ ...round, addresses }, query) }, PATIENCE_MS);
  const usual = () => ({ sub: 'ada', email: 'ada@gmail.com', email_verified: true });
  const stand = standOn(mock, way, settingsFor('google', more), usual);
  return { ...stand, mock, dispose: () => Promise.all([gate.close(), mock.stop()]).then(() => undefined) };
}
