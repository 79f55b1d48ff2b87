// Puts load on a server: so many keep-alive connections, one call under way on each, every call made anew.
import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';
import { Histogram } from './histogram.js';

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Load {
  readonly perSecond: number;
  readonly times: Histogram;
  /** Of the bodies of requests and answers, on average. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export interface Answered {
  readonly headers: Record<string, string | string[] | undefined>;
  readonly bytes: number;
}

/** The connections of one run to one server. */
export class Connections {
  private readonly pool: Pool;

  constructor(
    url: string,
    readonly count: number,
  ) {
    this.pool = new Pool(url, { connections: count, pipelining: 1 });
  }

  /** @throws Error for an answer that is not 2xx: what is refused quickly must not pass for speed. */
  async send({ method, path, headers = {}, body }: Call): Promise<Answered> {
    const sent = body === undefined ? headers : { ...headers, 'content-type': 'application/json' };
    const answer = await this.pool.request({ method, path, headers: sent, body });
    const received = await answer.body.arrayBuffer();
    if (answer.statusCode >= 300) {
      throw new Error(`${method} ${path} answered ${answer.statusCode}: ${Buffer.from(received).toString()}`);
    }
    return { headers: answer.headers, bytes: received.byteLength };
  }

  /** As many calls as go through in `seconds`. */
  async run(seconds: number, next: () => Call): Promise<Load> {
    const times = new Histogram();
    const bytes = { sent: 0, received: 0 };
    const start = performance.now();
    const end = start + seconds * 1000;
    const caller = async () => {
      for (let sentAt = performance.now(); sentAt < end; sentAt = performance.now()) {
        const call = next();
        const answered = await this.send(call);
        times.add(performance.now() - sentAt);
        bytes.sent += call.body?.length ?? 0;
        bytes.received += answered.bytes;
      }
    };
    await Promise.all(Array.from({ length: this.count }, caller));
    const perSecond = (times.count / (performance.now() - start)) * 1000;
    return { perSecond, times, bytesSent: bytes.sent / times.count, bytesReceived: bytes.received / times.count };
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}
