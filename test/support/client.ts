// A client as outsiders write one: fetch, JSON, a credential, and the highest position seen sent along with
// each request, so that it reads its own writes (a question asked by POST, such as a validation, included).
import type { JsonObject } from '#kernel/json.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- an answer is whatever the server sent; tests look into it
export type Body = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Client {
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** As `post`, and the answer's body. @throws Error with the problem where the status is not 2xx. */
  done(path: string, body?: JsonObject | object): Promise<Body>;
  /** As `get`, and the answer's body. @throws Error with the problem where the status is not 2xx. */
  read(path: string): Promise<Body>;
}

/** A request that is not answered by then fails: the server was killed, or another program has its port by now. */
const PATIENCE_MS = 60_000;

/** The positions that clients of one story share: what one of them wrote, the others see. */
export class Positions {
  highest = '';

  note(position: string | null): void {
    if (position && position > this.highest) this.highest = position;
  }
}

/** @param look is shown the headers of each answer, such as a cookie that is set */
export function clientOf(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  positions = new Positions(),
  look: (headers: Headers) => void = () => undefined,
): Client {
  const call: Client['call'] = async (method, path, options = {}) => {
    const sent: Record<string, string> = { ...headers, ...options.headers };
    if (options.body !== undefined) sent['content-type'] ??= 'application/json';
    if (positions.highest) sent['keyledger-position'] ??= positions.highest;
    const body = options.body === undefined || typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
    const response = await fetch(url + path, { method, headers: sent, body, signal: AbortSignal.timeout(PATIENCE_MS) });
    positions.note(response.headers.get('keyledger-position'));
    look(response.headers);
    const text = await response.text();
    const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '') && text !== '';
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  };
  const ok = async (method: string, path: string, body?: unknown): Promise<Body> => {
    const answer = await call(method, path, { body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    call,
    get: (path, more) => call('GET', path, { headers: more }),
    post: (path, body = {}, more) => call('POST', path, { body, headers: more }),
    done: (path, body = {}) => ok('POST', path, body),
    read: (path) => ok('GET', path),
  };
}
