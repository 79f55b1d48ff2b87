// Histories as files: the lines of the history, the digest of their bytes, and nothing personal for who may not see it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { ALL_PERMISSIONS } from '#kernel/permissions.js';
import type { Client } from './support/client.js';
import { Explaining } from './support/explaining.js';

let story: Explaining;
let license: string;
beforeAll(async () => {
  story = await Explaining.open();
  await story.prepare();
  license = await story.issued({}, { name: 'Wile E.’s license' });
  await story.of(license, 'suspend', { reason: '=HYPERLINK("http://evil.example")' });
  await story.of(license, 'resume');
  await story.activated(license);
}, 60_000);
afterAll(() => story.doors.close());

const path = (format: string, id = license) => `/v1/licenses/${id}/history/export?format=${format}`;
const impersonal = () => story.doors.as({ permissions: ALL_PERMISSIONS.filter((each) => each !== 'event.read-personal') });

async function exported(client: Client, at: string): Promise<{ text: string; headers: Headers }> {
  const { status, body, headers } = await client.get(at);
  expect([status, typeof body]).toEqual([200, 'string']);
  return { text: body as string, headers };
}

describe('an exported history', () => {
  it.each(['ndjson', 'csv'])('carries the digest and the length of its bytes, as %s', async (format) => {
    const { text, headers } = await exported(story.staff, path(format));
    expect(headers.get('keyledger-sha256')).toBe(createHash('sha256').update(text).digest('hex'));
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    expect(headers.get('content-disposition')).toBe(`attachment; filename="license-${license}.${format}"`);
    expect((await exported(story.staff, path(format))).text).toBe(text);
  });

  it('holds the entries of the history, oldest first, a JSON object per line', async () => {
    const { text, headers } = await exported(story.staff, path('ndjson'));
    const { data, asOf } = await story.staff.read(`/v1/licenses/${license}/history?sort=at`);
    expect(
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toEqual(data);
    expect([headers.get('content-type'), headers.get('keyledger-position')]).toEqual(['application/x-ndjson', asOf]);
  });

  it('is a table with a name for each column, of which none is a formula', async () => {
    const { text } = await exported(story.staff, path('csv'));
    const [names, ...lines] = text.split('\r\n');
    expect(names).toContain('"position","revision","eventId","at","who","type","words","data","changes","reason"');
    expect(lines.filter(Boolean)).toHaveLength(4);
    expect(text).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
    expect(text).not.toMatch(/(?:^|,)"[=+\-@]/m);
  });

  it('of an organization tells its members and places', async () => {
    const { text } = await exported(story.staff, `/v1/organizations/${story.organization}/history/export`);
    expect(
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).what.type),
    ).toEqual(['OrganizationAdded', 'MemberAdded']);
  });

  it.each(['ndjson', 'csv'])('holds nothing personal for who may not see it, as %s', async (format) => {
    const { text } = await exported(impersonal(), path(format));
    expect(text).not.toMatch(/Wile|HYPERLINK/);
    const all = (await exported(story.staff, path(format))).text;
    expect(all).toMatch(/Wile/);
    expect(text.split('\n')).toHaveLength(all.split('\n').length);
  });

  it('is a customer’s own, without reasons, and missing for another one', async () => {
    const { text } = await exported(story.doors.as({ organization: story.organization }), path('ndjson'));
    expect(text).toContain('Wile');
    expect(text).not.toContain('HYPERLINK');
    const others = await story.doors.as({ organization: story.contact }).get(path('ndjson'));
    expect([others.status, others.body.code]).toEqual([404, 'history.not-found']);
    const nobody = await story.staff.get(path('ndjson', story.contact));
    expect([nobody.status, nobody.body.code]).toEqual([404, 'history.not-found']);
    const wrong = await story.staff.get(path('xlsx'));
    expect([wrong.status, wrong.body.code]).toEqual([422, 'request.invalid']);
  });
});
