// Mails of the built server: told in the log where there is no mail server, sent by SMTP where there is one.
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { clientOf, type Body } from './support/client.js';
import { startServer, type RunningServer } from './support/server.js';
import { until } from './support/until.js';
import { firstVendor, type Vendor } from './support/vendor.js';

let server: RunningServer;
let acme: Vendor;
const received: string[] = [];
let smtp: SMTPServer;

beforeAll(async () => {
  server = await startServer();
  acme = await firstVendor(server);
});
afterAll(async () => {
  await server.dispose();
  await new Promise<void>((done) => smtp.close(done));
});

async function contact(name: string): Promise<string> {
  const { id } = await acme.staff.done('/v1/contacts', { name, email: `${name.toLowerCase()}@globex.example` });
  await acme.staff.done(`/v1/organizations/${acme.organizationId}/members`, { contactId: id });
  return id;
}

const assign = (place: string, contactId: string) =>
  acme.staff.done(`/v1/organizations/${acme.organizationId}/contacts/assign`, { place, contactId });
const mails = async (query = ''): Promise<Body[]> => (await acme.staff.read(`/v1/outbox${query}`)).data;

/** A sink for mails. */
async function smtpPort(): Promise<number> {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _, done) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      stream.on('end', () => {
        received.push(text);
        done();
      });
    },
  });
  await new Promise<void>((done) => smtp.listen(0, '127.0.0.1', done));
  return (smtp.server.address() as AddressInfo).port;
}

describe('without a mail server', () => {
  it('both contacts and who was one are told that a contact has changed, each once', async () => {
    const [ada, bob, eve] = [await contact('Ada'), await contact('Bob'), await contact('Eve')];
    await assign('primary', ada);
    await until(async () => (await mails()).length === 1);
    await assign('secondary', bob);
    await until(async () => (await mails()).length === 3);
    await assign('primary', eve);
    await until(async () => (await mails('?state=sent')).length === 6);
    const last = (await mails('?limit=3')).map(({ to, subject, state, by }) => ({ name: to.name, subject, state, by }));
    const subject = 'The primary contact of Road Runner Ltd has changed';
    expect(last.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
      ['Ada', 'Bob', 'Eve'].map((name) => ({ name, subject, state: 'sent', by: 'log' })),
    );
    const [mail] = await mails(`?contactId=${bob}`);
    const { text } = await acme.staff.read(`/v1/outbox/${mail.id}`);
    expect(text).toContain('Hello Bob,');
    expect(text).toContain('Eve is now the primary contact of Road Runner Ltd at Acme, in the place of Ada.');
  });

  it('the log tells of each by its id, without address and subject', async () => {
    const [{ id }] = await mails();
    await until(async () => server.output().includes(id));
    const line = server
      .output()
      .split('\n')
      .find((each) => each.includes(id) && each.includes('stands in the outbox'));
    expect(JSON.parse(line!)).toMatchObject({ mail: id, template: 'contact-changed' });
    expect(server.output()).not.toMatch(/globex\.example|has changed/);
  });

  it('the list goes on behind its cursor, and narrows', async () => {
    const first = await acme.staff.read('/v1/outbox?limit=4&sort=queuedAt');
    const second = await acme.staff.read(`/v1/outbox?limit=4&sort=queuedAt&cursor=${first.page.next}`);
    const ids = [...first.data, ...second.data].map(({ id }: Body) => id as string);
    expect([new Set(ids).size, second.page.next]).toEqual([6, null]);
    expect(await mails('?state=failed,parked')).toEqual([]);
    expect(await mails('?template=other')).toEqual([]);
    expect((await acme.staff.get('/v1/outbox?state=lost')).status).toBe(422);
  });

  it('is closed to who may not read it', async () => {
    const bound = { name: 'portal', role: 'organization-administrator', organizationId: acme.organizationId };
    for (const token of [{ name: 'support', role: 'support' }, bound]) {
      const { secret } = await acme.staff.done('/v1/tokens', token);
      for (const path of ['/v1/outbox', `/v1/outbox/${(await mails())[0].id}`])
        expect((await acme.bearer(secret).get(path)).body.code).toBe('auth.forbidden');
    }
    expect((await acme.staff.get('/v1/outbox/01jd2n3v8w6x9y0z1a2b3c4d5e')).body.code).toBe('mail.not-found');
  });
});

describe('with a mail server', () => {
  it('what was told in the log leaves when it is asked for, and what comes next leaves by itself', async () => {
    const waiting = (await mails())[0];
    await server.end();
    const env = {
      KEYLEDGER_SMTP_URL: `smtp://127.0.0.1:${await smtpPort()}`,
      KEYLEDGER_MAIL_FROM: 'Acme licenses <licenses@acme.example>',
    };
    const again = await startServer({ folder: server.folder, env });
    try {
      const client = clientOf(again.url, { authorization: `Bearer ${acme.token}` });
      await client.done(`/v1/outbox/${waiting.id}/retry`);
      await until(async () => (await client.read(`/v1/outbox/${waiting.id}`)).by === 'smtp');
      expect(received).toHaveLength(1);
      expect(received[0]).toMatch(/^From: "?Acme licenses"? <licenses@acme\.example>\r$/m);
      expect(received[0]).toContain(`<${waiting.id}.acme@`);
      expect((await client.post(`/v1/outbox/${waiting.id}/retry`)).body.code).toBe('mail.not-waiting');
      const secondary = `/v1/organizations/${acme.organizationId}/contacts/unassign`;
      await client.done(secondary, { place: 'secondary' });
      await until(async () => received.length === 3);
      expect(received[2]).toContain('The place is empty now.');
    } finally {
      await again.end();
    }
  });
});
