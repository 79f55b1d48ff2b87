// A server that two vendors have been shown all of: the same things happened to both.
import { lagOf } from './lag.js';
import { until } from './until.js';
import { secondVendor } from './operator.js';
import { startServer, type RunningServer } from './server.js';
import { NEAR_PROVIDERS } from './provider-stops.js';
import { Recorder } from './tour.js';
import { visitAll, type Sights, type Words } from './tour-stops.js';

export const UNLIMITED = {
  KEYLEDGER_RATE_LIMIT_CREDENTIAL: '0',
  KEYLEDGER_RATE_LIMIT_LICENSE_KEY: '0',
  KEYLEDGER_RATE_LIMIT_ADDRESS: '0',
  KEYLEDGER_LOG_LEVEL: 'warn',
};

export interface Visited {
  readonly slug: string;
  readonly words: Words;
  readonly tour: Recorder;
  readonly sights: Sights;
}

export interface TwoTours {
  readonly server: RunningServer;
  readonly acme: Visited;
  readonly beta: Visited;
}

/** @param env settings beside, or instead of, those of a server without limits */
export async function startTwoTours(env: Readonly<Record<string, string>> = {}): Promise<TwoTours> {
  const server = await startServer({ env: { ...UNLIMITED, ...NEAR_PROVIDERS, ...env } });
  const words = { vendor: 'zebra', own: 'quagga' };
  const tour = new Recorder(server.url);
  const setup = {
    token: server.setupToken,
    tenant: { slug: 'acme', name: 'zebra' },
    legalEntity: { name: 'zebra Inc.' },
    administrator: { name: 'zebra root' },
  };
  const { apiToken } = await tour.call('anyone', 'POST /v1/setup', {}, setup);
  const acme = await visited(tour, 'acme', apiToken.secret, words);
  const secret = await secondVendor(server.folder, 'beta', 'otter');
  const beta = await visited(new Recorder(server.url), 'beta', secret, { vendor: 'otter', own: 'beaver' });
  await until(async () => (await lagOf(server.url)) === 0);
  return { server, acme, beta };
}

async function visited(tour: Recorder, slug: string, secret: string, words: Words): Promise<Visited> {
  tour.credentials.staff = { authorization: `Bearer ${secret}` };
  return { slug, words, tour, sights: await visitAll(tour, slug, words) };
}
