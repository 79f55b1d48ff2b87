// The spans of the built server under an SDK that was preloaded, as an operator does it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, temporaryFolder, DIST, type RunningServer } from './support/server.js';
import { until } from './support/until.js';
import { firstVendor, type Vendor } from './support/vendor.js';
import { namesIn } from './support/walk.js';

interface Span {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: string | null;
  readonly causes: readonly string[];
}

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';

let folder: string;
let server: RunningServer;
let vendor: Vendor;
let license: { readonly id: string; readonly key: string };

const spans = (): readonly Span[] =>
  readFileSync(join(folder, 'spans'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Span);

beforeAll(async () => {
  folder = temporaryFolder();
  server = await startServer({
    folder: join(folder, 'data'),
    env: { SPANS_FILE: join(folder, 'spans') },
    nodeArguments: ['--import', join(DIST, 'test/support/spans-main.js')],
  });
  vendor = await firstVendor(server);
  license = await vendor.issue();
  const traced = { traceparent: `00-${TRACE}-${CALLER}-01` };
  await vendor.staff.post(`/v1/licenses/${license.id}/suspend`, { reason: 'late' }, traced);
  await vendor.staff.get(`/v1/licenses/${license.id}`, traced);
  await vendor.staff.get('/v1/licenses/ada@example.com', traced);
  await until(async () => spans().filter(({ traceId, parent }) => traceId === TRACE && parent === CALLER).length === 3);
}, 60_000);
afterAll(async () => {
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('the spans', () => {
  it('of a command lead from the caller over the request to the append, and from the views back to it', async () => {
    const own = spans().filter(({ traceId }) => traceId === TRACE);
    const request = own.find(({ name }) => name === 'POST /v1/licenses/:id/suspend')!;
    const command = own.find(({ name }) => name === 'command license.suspend')!;
    const append = own.find(({ name, parent }) => name === 'append' && parent === command.spanId)!;
    expect([request.parent, command.parent]).toEqual([CALLER, request.spanId]);
    expect(request.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/v1/licenses/:id/suspend',
      'http.response.status_code': 200,
    });
    expect(append.attributes['keyledger.events']).toBe(1);
    const { data } = await vendor.staff.read('/v1/events?type=LicenseSuspended');
    expect(data[0].traceparent).toBe(`00-${TRACE}-${request.spanId}-01`);
    const folded = () => spans().filter(({ name, causes }) => name === 'view licenses' && causes.includes(request.spanId));
    await until(() => Promise.resolve(folded().length > 0));
  });

  it('of a query lie within its request', () => {
    const request = spans().find(({ name, traceId }) => name === 'GET /v1/licenses/:id' && traceId === TRACE)!;
    const query = spans().filter(({ name, parent }) => name === 'query licenses' && parent === request.spanId);
    expect(query).toHaveLength(1);
  });

  it('name no vendor, license, person or address', () => {
    const marks = ['acme', 'example.com', 'late', 'Road Runner', vendor.token, license.key];
    const texts = spans().map((span) => JSON.stringify({ ...span, traceId: '', spanId: '', parent: '', causes: [] }));
    expect(texts.length).toBeGreaterThan(20);
    for (const text of texts) {
      expect(namesIn(text)).toEqual([]);
      expect(marks.filter((mark) => text.includes(mark))).toEqual([]);
    }
  });
});
