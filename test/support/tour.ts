// A tour calls every route once, successfully, as somebody who may, and writes down what was sent and answered.
// The walks over all routes (isolation, the OpenAPI document) start from what it wrote down.
import { rawRequest, type RawAnswer } from '#http/testing/raw-request.js';

/** `visitor`: a browser with the vendor's portal open, in which nobody has logged in; `waiting`: one in which a login waits for its second factor; `person`: one in which somebody has. */
export type Who = 'anyone' | 'staff' | 'device' | 'visitor' | 'waiting' | 'person' | 'facebook';

/** A request that succeeded. */
export interface Case {
  readonly who: Who;
  readonly method: string;
  /** As the OpenAPI document writes it: `/v1/licenses/{id}`. */
  readonly route: string;
  readonly path: string;
  readonly body: unknown;
  readonly answer: RawAnswer;
}

/** Somebody's headers. */
export type Credentials = Readonly<Record<string, string>>;

export interface Sending {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** Sends a request exactly as it is written, paths included. */
export function send(url: string, credentials: Credentials, { method, path, body }: Sending): Promise<RawAnswer> {
  return rawRequest(Number(new URL(url).port), { method, path, headers: credentials, body });
}

export class Recorder {
  readonly cases: Case[] = [];
  readonly credentials: Record<Who, Credentials> = {
    anyone: {},
    staff: {},
    device: {},
    visitor: {},
    waiting: {},
    person: {},
    facebook: {},
  };
  private position = '';

  constructor(private readonly url: string) {}

  /**
   * Calls `GET /v1/things/{id}?x=y` with values for the parameters of its path, seeing what it wrote before.
   * @throws Error where the answer is no success: such a case proves nothing.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- an answer is whatever the server sent
  async call(who: Who, what: string, values: Readonly<Record<string, string>> = {}, body?: unknown): Promise<any> {
    const [method = '', template = ''] = what.split(' ');
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name]!));
    const sent = { method, path, body: method === 'POST' ? (body ?? {}) : undefined };
    const seen: Credentials = this.position === '' ? {} : { 'keyledger-position': this.position };
    const answer = await send(this.url, { ...this.credentials[who], ...seen }, sent);
    if (answer.status !== 303 && (answer.status < 200 || answer.status > 299))
      throw new Error(`${what}: ${answer.status} ${answer.text}`);
    const position = answer.headers['keyledger-position'];
    if (position !== undefined && position > this.position) this.position = position;
    this.cases.push({ ...sent, who, route: template.split('?')[0]!, answer });
    return answer.json;
  }

  /** The first case of each route, by method and route. */
  byRoute(): ReadonlyMap<string, Case> {
    return new Map([...this.cases].reverse().map((each) => [`${each.method} ${each.route}`, each]));
  }
}

/** A visitor's browser with the first cookie of the last answer. */
export function withCookieOf(tour: Recorder): Credentials {
  const [cookie = ''] = tour.cases.at(-1)!.answer.headers['set-cookie'] as unknown as string[];
  return { ...tour.credentials.visitor, cookie: cookie.split(';')[0]! };
}
