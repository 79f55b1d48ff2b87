// A browser as far as sessions are concerned: keeps the cookies that it is given, and says from which page it sends.
import { clientOf, Positions, type Client } from './client.js';
import { passOn } from './second-factor.js';

export interface Browser extends Client {
  /** The `Cookie` header that it sends at present; empty without a session. */
  cookie(): string;
  /** Puts a cookie into it that it was not given. */
  plant(cookie: string): void;
  /**
   * Logs in, by a second factor too where one is asked for; who must add one does. Answers what the server said.
   * @throws Error where it refused
   */
  login(email: string, password: string): ReturnType<Client['done']>;
}

/**
 * @param tenant whose portal is open in it
 * @param now of the server, in milliseconds
 */
export function browserOf(url: string, tenant: string, positions = new Positions(), now = Date.now): Browser {
  const cookies = new Map<string, string>();
  const headers: Record<string, string> = { 'sec-fetch-site': 'same-origin', 'keyledger-tenant': tenant, 'user-agent': 'Test/1' };
  const send = () => {
    const sent = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (sent === '') delete headers['cookie'];
    else headers['cookie'] = sent;
  };
  const take = (given: string) => {
    const [name = '', value = ''] = given.split(';')[0]!.split('=');
    if (/; Max-Age=0(;|$)/.test(given)) cookies.delete(name);
    else cookies.set(name, value);
    send();
  };
  const client = clientOf(url, headers, positions, (answered) => answered.getSetCookie().forEach(take));
  return {
    ...client,
    cookie: () => headers['cookie'] ?? '',
    plant: take,
    login: async (email, password) => {
      const entered = await client.done('/v1/login', { email, password });
      return passOn(client, `${url} ${tenant} ${email}`, entered, now());
    },
  };
}
