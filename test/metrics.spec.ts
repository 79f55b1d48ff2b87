// The operator's port on the built server, after a tour of all routes and some traffic that goes wrong.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { views } from '#catalogue/views.js';
import { clientOf } from './support/client.js';
import { parseExposition, type Family } from './support/exposition.js';
import { readFeed } from './support/feed-reader.js';
import { startServer, type RunningServer } from './support/server.js';
import { startTwoTours, type Visited } from './support/two-tours.js';
import { until } from './support/until.js';
import { marksOf } from './support/walk.js';

/** More than the tours ask without a credential. */
const LIMIT = 200;
/** What label values are made of: routes and methods, names of our parts, numbers, and words of Node's own metrics. */
const HARMLESS = /^(?:\/[A-Za-z0-9.:/-]*|[A-Za-z][A-Za-z_.-]{0,40}|\+Inf|[0-9.]+(?:e-?\d+)?|[1-5]xx|v\d+\.\d+\.\d+)$/;

let server: RunningServer;
let visited: readonly Visited[];
let metrics: ReadonlyMap<string, Family>;

const addressOf = ({ output }: RunningServer): string => /^Metrics are at (\S+)$/m.exec(output())![1]!;

async function scrape(): Promise<ReadonlyMap<string, Family>> {
  const answer = await fetch(addressOf(server));
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  return parseExposition(await answer.text());
}

/** The sum of a family's samples of one name that have these labels. */
function sumOf(name: string, labels: Readonly<Record<string, string>> = {}): number {
  const family = [...metrics.values()].find((each) => name.startsWith(each.name) && each.samples.some((s) => s.name === name));
  const fitting = (family?.samples ?? []).filter(
    (sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return fitting.reduce((sum, { value }) => sum + value, 0);
}

beforeAll(async () => {
  const tours = await startTwoTours({ KEYLEDGER_METRICS_PORT: '0', KEYLEDGER_RATE_LIMIT_ADDRESS: String(LIMIT) });
  server = tours.server;
  visited = [tours.acme, tours.beta];
  const anyone = clientOf(server.url);
  for (let n = 0; n < LIMIT + 2; n++) await anyone.get(`/v1/licenses/somebody@example.com?key=secret-${n}`);
  await anyone.get('/not/a/route/of/acme');
  const { authorization } = visited[0]!.tour.credentials.staff;
  const stream = await readFeed(server.url, { authorization: authorization! });
  await stream.until(() => stream.comments.length > 0);
  // Answers are counted just after they were sent, and views follow.
  await until(async () => {
    metrics = await scrape();
    return sumOf('keyledger_view_lag_events') === 0 && sumOf('keyledger_http_rate_limited_total') > 0;
  });
}, 60_000);
afterAll(() => server.dispose());

describe('the metrics', () => {
  it('count requests by pattern of route and class of status', () => {
    const route = '/v1/licenses/:id';
    expect(sumOf('keyledger_http_request_duration_seconds_count', { route, method: 'GET', status: '2xx' })).toBeGreaterThan(0);
    expect(sumOf('keyledger_http_request_duration_seconds_count', { route, method: 'GET', status: '4xx' })).toBe(LIMIT + 2);
    expect(sumOf('keyledger_http_request_duration_seconds_count', { route: 'none', status: '4xx' })).toBe(1);
    expect(sumOf('keyledger_http_rate_limited_total', { bucket: 'address' })).toBeGreaterThanOrEqual(2);
  });

  it('count appends, their events and the commits that they shared', () => {
    const appends = sumOf('keyledger_append_duration_seconds_count', { end: 'appended' });
    const events = sumOf('keyledger_events_appended_total');
    expect(appends).toBeGreaterThan(10);
    expect(events).toBeGreaterThan(appends);
    expect(sumOf('keyledger_commit_appends_sum')).toBeGreaterThanOrEqual(appends);
    expect(sumOf('keyledger_commit_appends_count')).toBeLessThanOrEqual(sumOf('keyledger_commit_appends_sum'));
  });

  it('tell how far every view is, what reactors have to do, and what the process needs', () => {
    for (const name of ['keyledger_view_lag_events', 'keyledger_view_lag_seconds'])
      expect(
        metrics
          .get(name)!
          .samples.map(({ labels }) => labels['view'])
          .sort(),
      ).toEqual(views.map((view) => view.name).sort());
    for (const name of ['keyledger_work_waiting', 'keyledger_work_parked'])
      expect(metrics.get(name)!.samples.length).toBeGreaterThan(0);
    expect(sumOf('keyledger_feed_streams')).toBe(1);
    for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes'])
      expect(sumOf(name)).toBeGreaterThan(0);
  });

  it('name no vendor, license, person or address in any label', () => {
    const values = [...metrics.values()].flatMap(({ samples }) => samples.flatMap(({ labels }) => Object.values(labels)));
    expect(values.length).toBeGreaterThan(500);
    const marks = ['secret-', 'example.com', 'acme', 'beta', ...visited.flatMap(marksOf)];
    expect(marks.length).toBeGreaterThan(50);
    for (const value of new Set(values)) {
      expect(value).toMatch(HARMLESS);
      expect(marks.filter((mark) => value.toLowerCase().includes(mark.toLowerCase()))).toEqual([]);
    }
  });

  it('name routes as the API describes them, and no other address', async () => {
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: object };
    const known = new Set(['none', ...Object.keys(paths).map((path) => path.replace(/\{(\w+)\}/g, ':$1'))]);
    const { samples } = metrics.get('keyledger_http_request_duration_seconds')!;
    const routes = new Set(samples.map(({ labels }) => labels['route']!));
    expect([...routes].filter((route) => !known.has(route))).toEqual([]);
    expect(routes.size).toBeGreaterThan(50);
  });

  it('have words for everything that is ours', () => {
    for (const { name, help } of metrics.values()) if (name.startsWith('keyledger_')) expect(help).toMatch(/^[A-Z].*\.$/);
  });

  it('are those that the page lists, with their labels, and the alerts ask for no other', () => {
    const page = readFileSync(new URL('../../docs/how-to/observe.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(keyledger_\w+)`\s*\|(.*?)\|/gm)];
    const listed = rows.map(([, name, labels]) => [name, [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label).sort()]);
    const ours = [...metrics.values()].filter(({ name }) => name.startsWith('keyledger_'));
    const labelsOf = ({ samples }: Family) => {
      const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
      return [...labels].filter((label) => label !== 'le').sort();
    };
    expect(listed.sort()).toEqual(ours.map((family) => [family.name, labelsOf(family)]).sort());
    const asked = page.match(/\b(?:keyledger|nodejs|process)_\w+/g)!;
    const known = (name: string) => metrics.has(name.replace(/_(?:bucket|count|sum)$/, '')) || metrics.has(name);
    expect(asked.filter((name) => !known(name))).toEqual([]);
  });

  it('are at their address alone, not at that of the API', async () => {
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
    const other = await fetch(addressOf(server).replace('/metrics', '/v1/licenses'));
    expect([other.status, await other.text()]).toEqual([404, 'Metrics are at /metrics.\n']);
    expect((await fetch(addressOf(server), { method: 'POST' })).status).toBe(405);
    expect(new URL(addressOf(server)).hostname).toBe('127.0.0.1');
  });

  it('are neither kept nor served where no port is named', async () => {
    const silent = await startServer();
    expect(silent.output()).not.toContain('Metrics');
    await silent.dispose();
  });

  it('stop the start where their port is taken', async () => {
    const taken = new URL(addressOf(server)).port;
    await expect(startServer({ env: { KEYLEDGER_METRICS_PORT: taken } })).rejects.toThrow(`ended with 3`);
  });
});

describe('what reads the format', () => {
  it.each([
    ['a sample without a type', 'a 1\n'],
    ['a sample of another family', '# TYPE a gauge\nb 1\n'],
    ['a sample twice', '# TYPE a gauge\na{x="1"} 1\na{x="1"} 2\n'],
    ['a label that does not end', '# TYPE a gauge\na{x="1} 1\n'],
    ['no number', '# TYPE a gauge\na one\n'],
    ['an end that is missing', '# TYPE a gauge\na 1'],
    ['buckets that shrink', '# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n'],
    ['a count that is another', '# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n'],
  ])('refuses %s', (_what, text) => {
    expect(() => parseExposition(text)).toThrow();
  });
});
