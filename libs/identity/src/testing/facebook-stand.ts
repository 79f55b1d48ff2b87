// Facebook as its documentation says it answers: the login dialog, `oauth/access_token`, and `/me` with the proof of
// the app's secret (developers.facebook.com: "Manually Build a Login Flow", "Securing Graph API Requests").
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ProviderSettings } from '../providers/provider.js';
import { PassportGuard } from '../providers/passport.guard.js';
import { PassportWay } from '../providers/passport-way.js';
import { serve } from './gate.js';
import { PATIENCE_MS, sentBackFrom, settingsFor, type Said, type Stand, type Trouble } from './stand.js';

const VERSION = 'v23.0';

interface Code {
  readonly redirectUri: string;
  readonly challenge: string | null;
}

class Facebook {
  profile: Said = {};
  trouble: Trouble = null;
  private readonly codes = new Map<string, Code>();
  private readonly tokens = new Set<string>();

  constructor(private readonly app: ProviderSettings) {}

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, 'http://facebook.invalid');
    if (this.trouble === 'silence') return;
    if (this.trouble !== null) response.writeHead(this.trouble).end('Sorry, something went wrong.');
    else if (pathname === `/${VERSION}/dialog/oauth`) this.dialog(searchParams, response);
    else if (pathname === `/${VERSION}/oauth/access_token`) this.token(new URLSearchParams(await text(request)), response);
    else if (pathname === `/${VERSION}/me`) this.me(searchParams, response);
    else refuse(response, 'Unknown path components', 2500);
  }

  private dialog(asked: URLSearchParams, response: ServerResponse): void {
    const [redirectUri, code] = [asked.get('redirect_uri')!, randomBytes(12).toString('hex')];
    this.codes.set(code, { redirectUri, challenge: asked.get('code_challenge') });
    const back = new URL(redirectUri);
    back.search = new URLSearchParams({ code, state: asked.get('state') ?? '' }).toString();
    response.writeHead(302, { location: `${back.href}#_=_` }).end();
  }

  private token(asked: URLSearchParams, response: ServerResponse): void {
    const code = this.codes.get(asked.get('code') ?? '');
    this.codes.delete(asked.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(asked.get('code_verifier') ?? '')
      .digest('base64url');
    if (asked.get('client_id') !== this.app.clientId) refuse(response, 'Error validating application.', 101);
    else if (asked.get('client_secret') !== this.app.clientSecret) refuse(response, 'Error validating client secret.', 1);
    else if (!code || code.redirectUri !== asked.get('redirect_uri') || code.challenge !== challenge)
      refuse(response, 'This authorization code has been used.', 100);
    else {
      const token = randomBytes(16).toString('hex');
      this.tokens.add(token);
      json(response, 200, { access_token: token, token_type: 'bearer', expires_in: 5_183_944 });
    }
  }

  private me(asked: URLSearchParams, response: ServerResponse): void {
    const token = asked.get('access_token') ?? '';
    const proof = createHmac('sha256', this.app.clientSecret!).update(token).digest('hex');
    if (!this.tokens.has(token)) refuse(response, 'Invalid OAuth access token.', 190);
    else if (asked.get('appsecret_proof') !== proof)
      refuse(response, 'Invalid appsecret_proof provided in the API argument', 100);
    else {
      const wanted = (asked.get('fields') ?? 'id,name').split(',');
      json(response, 200, Object.fromEntries(Object.entries(this.profile).filter(([name]) => wanted.includes(name))));
    }
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, message: string, code: number): void {
  json(response, 400, { error: { message, type: 'OAuthException', code, fbtrace_id: 'A1b2C3' } });
}

export async function facebookStand(): Promise<Stand> {
  const settings = settingsFor('facebook', { graphVersion: VERSION });
  const facebook = new Facebook(settings);
  const { url, close } = await serve((request, response) => facebook.answer(request, response));
  const guard = new PassportGuard();
  const addresses = {
    authorizationURL: `${url}/${VERSION}/dialog/oauth`,
    tokenURL: `${url}/${VERSION}/oauth/access_token`,
    profileURL: `${url}/${VERSION}/me`,
  };
  return {
    way: new PassportWay({ ask: (round, query) => guard.ask({ ...round, addresses }, query) }, PATIENCE_MS),
    settings,
    visit(location, said = {}) {
      facebook.profile = { id: 'ada', email: 'ada@globex.example', ...said };
      return sentBackFrom(location);
    },
    breakDown: (how) => (facebook.trouble = how),
    dispose: close,
  };
}
