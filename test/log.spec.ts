// What the built server writes down of a tour of all routes, and of requests that are refused.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientOf } from './support/client.js';
import { startTwoTours, type TwoTours } from './support/two-tours.js';
import { until } from './support/until.js';
import { marksOf } from './support/walk.js';

let tours: TwoTours;
let lines: readonly Record<string, unknown>[];

beforeAll(async () => {
  tours = await startTwoTours({ KEYLEDGER_LOG_LEVEL: 'info' });
  const { server, acme } = tours;
  const anyone = clientOf(server.url);
  await anyone.get(`/v1/licenses/${acme.sights.licenseId}?email=ada@example.com`);
  await anyone.get(`/${acme.sights.key}`);
  await anyone.get('/v1/license', { authorization: `License ${acme.sights.key}`, 'keyledger-tenant': 'beta' });
  await anyone.get('/health/live', { 'x-request-id': 'the-last-one' });
  await until(() => Promise.resolve(server.output().includes('the-last-one')));
  lines = server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}, 60_000);
afterAll(() => tours.server.dispose());

describe('the log', () => {
  it('has a line for each request: which, where to, how it ended, and how long it took', () => {
    const requests = lines.filter(({ msg }) => msg === 'request');
    expect(requests.length).toBeGreaterThanOrEqual(tours.acme.tour.cases.length + tours.beta.tour.cases.length + 4);
    for (const { level, time, requestId, method, route, status, ms } of requests) {
      expect({ level, time, requestId, method, status, ms }).toEqual({
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        requestId: expect.any(String),
        method: expect.stringMatching(/^[A-Z]+$/),
        status: expect.any(Number),
        ms: expect.any(Number),
      });
      expect(route === null || (typeof route === 'string' && route.startsWith('/'))).toBe(true);
    }
    expect(lines.find(({ requestId }) => requestId === 'the-last-one')).toMatchObject({ route: '/health/live', status: 200 });
  });

  it('names no vendor, license, person or device', () => {
    const marks = ['acme', 'example.com', ...marksOf(tours.acme), ...marksOf(tours.beta)];
    expect(marks.length).toBeGreaterThan(50);
    // The id of a mail stays: by it the mail is found in the outbox, whose readers may know whom it goes to.
    const texts = lines.map((line) => JSON.stringify({ ...line, mail: undefined }).toLowerCase());
    const told = marks.flatMap((mark) => texts.filter((text) => text.includes(mark.toLowerCase())));
    expect(told).toEqual([]);
  });
});
