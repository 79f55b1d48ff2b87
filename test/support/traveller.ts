// Somebody with a browser who goes to a provider and comes back: keeps cookies, follows nothing by himself.
import type { Said, Stand } from '#identity/testing/stand.js';
import type { Body } from './client.js';

export interface Step {
  readonly status: number;
  readonly location: string | null;
  readonly cookies: readonly string[];
  readonly body: Body;
}

export class Traveller {
  readonly jar = new Map<string, string>();

  constructor(
    private readonly url: string,
    private readonly tenant = 'acme',
  ) {}

  /** `path` below `/t/<tenant>`. */
  async go(method: 'GET' | 'POST', path: string, body?: object, more: Readonly<Record<string, string>> = {}): Promise<Step> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers: Record<string, string> = { ...(cookie && { cookie }), 'sec-fetch-site': 'same-origin', ...more };
    if (method === 'POST') headers['content-type'] = 'application/json';
    const sent = method === 'POST' ? JSON.stringify(body ?? {}) : undefined;
    const answer = await fetch(`${this.url}/t/${this.tenant}${path}`, { method, headers, body: sent, redirect: 'manual' });
    const cookies = answer.headers.getSetCookie();
    cookies.forEach((given) => this.take(given));
    const text = await answer.text();
    return {
      status: answer.status,
      location: answer.headers.get('location'),
      cookies,
      body: text === '' ? null : JSON.parse(text),
    };
  }

  private take(given: string): void {
    const [name = '', value = ''] = given.split(';')[0]!.split('=');
    if (/; Max-Age=0(;|$)/.test(given)) this.jar.delete(name);
    else this.jar.set(name, value);
  }

  /** Whether he has a session that counts, and whose. */
  async me(): Promise<Body> {
    return (await this.go('GET', '/v1/me')).body;
  }

  /** Sets out; answers where he is sent. @throws Error where he is refused */
  async setOut(provider: string, returnTo?: string): Promise<string> {
    const query = returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`;
    const { status, location, body } = await this.go('GET', `/v1/login/${provider}/start${query}`);
    if (status !== 303) throw new Error(`${status} ${JSON.stringify(body)}`);
    return location!;
  }

  comeBack(provider: string, answer: URLSearchParams): Promise<Step> {
    return this.go('GET', `/v1/login/${provider}/callback?${answer.toString()}`);
  }

  /** The whole way. */
  async login(provider: string, stand: Stand, said: Said = {}, returnTo?: string): Promise<Step> {
    return this.comeBack(provider, await stand.visit(await this.setOut(provider, returnTo), said));
  }
}
