import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel/ids.js';
import { until } from '#read-models/testing/manual-pace.js';
import { NotTaken } from './mailer.js';
import { MAIL_QUEUE } from './outbox.js';
import type { OutboxMail } from './outbox-mail.js';
import { TemporaryOutbox, ToldMailer } from './testing/temporary-outbox.js';

let at: TemporaryOutbox;
let mailer: ToldMailer;
beforeEach(() => {
  at = new TemporaryOutbox();
  mailer = new ToldMailer();
});
afterEach(() => at.dispose());

const mailOf = async (id: string) => (await at.outbox.get('acme', id, at.pace.now()))!;
const all = (limit = 10): Promise<readonly OutboxMail[]> =>
  at.outbox.list('acme', at.pace.now(), { wanted: () => true, newestFirst: true, limit });

describe('the outbox', () => {
  it('keeps a mail under its key once, whatever comes later under it', async () => {
    const [first, second] = [await at.queue({ key: 'k' }), await at.queue({ key: 'k', values: { name: 'Eve', code: 'x' } })];
    expect(second).toBe(first);
    expect(await all()).toHaveLength(1);
    expect((await mailOf(first)).content).toMatchObject({ subject: 'A code for Ada', to: { address: 'ada@globex.example' } });
    expect(await at.queue({ key: 'k', tenant: 'beta' })).not.toBe(first);
  });

  it('sends a mail that a crash cut off half-way as soon as it is asked for again', async () => {
    for (const failing of ['schedule', 'put'] as const) {
      const real = at.records[failing].bind(at.records) as never;
      let calls = 0;
      // The key is put first, then the mail.
      at.records[failing] = (async (...all: never[]) => {
        if (failing === 'schedule' || ++calls === 2) throw new Error('cut off');
        return (real as (...all: never[]) => unknown)(...all);
      }) as never;
      await expect(at.queue({ key: failing })).rejects.toThrow('cut off');
      at.records[failing] = real;
      const id = await at.queue({ key: failing });
      expect(await at.state(id)).toBe('queued');
    }
    expect(await at.records.workCounts(MAIL_QUEUE)).toEqual({ waiting: 2, parked: 0 });
    at.deliver(mailer);
    await until(() => mailer.handed.length === 2);
  });

  it('drops work whose mail never came', async () => {
    await at.records.schedule(MAIL_QUEUE, 'acme/x', { tenant: 'acme', id: newId() }, at.pace.now());
    at.deliver(mailer);
    await at.passing(async () => (await at.records.workCounts(MAIL_QUEUE)).waiting === 0);
    expect([mailer.handed, at.troubles]).toEqual([[], []]);
  });

  it.each([
    ['an address with a header behind it', { to: { contactId: newId(), address: 'a@b.example\r\nBcc: all@b.example' } }],
    ['a name with a header behind it', { to: { contactId: newId(), address: 'a@b.example', name: 'A\nBcc: all@b.example' } }],
    ['two addresses', { to: { contactId: newId(), address: 'a@b.example, c@b.example' } }],
    ['a subject with a header behind it', { values: { name: 'A\r\nBcc: all@b.example', code: '1' } }],
    ['a subject with a line separator', { values: { name: 'A\u2028B', code: '1' } }],
  ])('refuses %s', async (_, change) => {
    await expect(at.queue(change)).rejects.toMatchObject({ code: 'mail.header-unsafe' });
    expect(await at.records.workCounts(MAIL_QUEUE)).toEqual({ waiting: 0, parked: 0 });
  });

  it('refuses values that the template does not know', async () => {
    await expect(at.queue({ values: { name: 'Ada', code: '1', more: 'x' } as never })).rejects.toThrow();
  });

  it('keeps what it says under the key of the person, on the disk too', async () => {
    const id = await at.queue();
    const bytes = readdirSync(at.folder).map((name) => readFileSync(join(at.folder, name), 'latin1'));
    for (const secret of ['ada@globex.example', 'hush-4711', 'A code for']) expect(bytes.join()).not.toContain(secret);
    await at.records.delete('subject-keys', `acme/${at.contactId}`);
    (at.keyring as unknown as { cache: Map<string, unknown> }).cache.clear();
    expect((await mailOf(id)).content).toBeNull();
    at.deliver(mailer);
    await until(async () => (await at.state(id)) === 'suppressed');
    expect(mailer.handed).toEqual([]);
  });

  it('lists what is wanted, newest or oldest first, page by page, and nothing of another tenant', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(await at.queue({ key: `${i}` }));
    await at.queue({ tenant: 'acme-2' });
    const list = async (newestFirst: boolean, after?: string) =>
      (await at.outbox.list('acme', at.pace.now(), { wanted: ({ id }) => id !== ids[2], newestFirst, after, limit: 3 })).map(
        ({ id }) => id,
      );
    expect(await list(false)).toEqual([ids[0], ids[1], ids[3]]);
    expect(await list(false, ids[3])).toEqual([ids[4]]);
    expect(await list(true)).toEqual([ids[4], ids[3], ids[1]]);
    expect(await list(true, ids[1])).toEqual([ids[0]]);
  });

  it('is forgotten with every person whom it names by id, and sends nothing of it', async () => {
    const other = { contactId: newId(), address: 'bob@globex.example' };
    const [, , kept] = [await at.queue(), await at.queue({ to: other, about: [at.contactId] }), await at.queue({ to: other })];
    await at.records.deleteNaming(at.contactId, []);
    expect((await all()).map(({ id }) => id)).toEqual([kept]);
    at.deliver(mailer);
    await at.passing(async () => (await at.records.workCounts(MAIL_QUEUE)).waiting === 0);
    expect(mailer.handed.map(({ id }) => id)).toEqual([kept]);
  });

  it('forgets every mail after 90 days', async () => {
    const id = await at.queue();
    at.pace.advance(90 * 86_400_000);
    expect(await at.outbox.get('acme', id, at.pace.now())).toBeNull();
  });
});

describe('the delivery', () => {
  it('sends what is queued, whole, once, and keeps no secret of it', async () => {
    at.deliver(mailer);
    const id = await at.queue();
    await until(async () => (await at.state(id)) === 'sent');
    expect(mailer.handed).toHaveLength(1);
    expect(mailer.handed[0]).toMatchObject({
      to: { address: 'ada@globex.example', name: 'Ada' },
      messageId: `<${id}.acme@example.com>`,
      letter: { text: 'Hello Ada,\n\nyour code is hush-4711.\n\n--\nAcme\n' },
    });
    const { mail, content } = await mailOf(id);
    expect(mail).toMatchObject({ attempts: 1, by: 'smtp', error: null, sentAt: at.pace.now() });
    expect(content).toMatchObject({ letter: null, hidden: expect.stringContaining('your code is [hidden].') });
    await expect(at.outbox.retry('acme', id, at.pace.now())).rejects.toMatchObject({ code: 'mail.not-waiting' });
    await expect(at.outbox.retry('acme', newId(), at.pace.now())).rejects.toMatchObject({ code: 'mail.not-found' });
  });

  it('tries again later and later under the same message id, parks after a day, and begins anew when asked to', async () => {
    mailer.answer = async () => {
      throw new NotTaken('the server is away', false);
    };
    at.deliver(mailer);
    const began = Date.parse(at.pace.now());
    const id = await at.queue();
    await at.passing(async () => (await at.state(id)) === 'parked', 60_000);
    const hours = (Date.parse(at.pace.now()) - began) / 3_600_000;
    expect(hours).toBeGreaterThan(22);
    expect(hours).toBeLessThanOrEqual(24);
    expect(new Set(mailer.handed.map(({ messageId }) => messageId)).size).toBe(1);
    expect((await mailOf(id)).mail).toMatchObject({ attempts: mailer.handed.length, error: 'the server is away' });
    expect(at.givenUp).toEqual([id]);
    mailer.answer = async () => undefined;
    const tries = mailer.handed.length;
    await at.outbox.retry('acme', id, at.pace.now());
    await until(async () => (await at.state(id)) === 'sent');
    expect(mailer.handed).toHaveLength(tries + 1);
  });

  it('does not try again what the server will never take', async () => {
    mailer.answer = async () => {
      throw new NotTaken('no such mailbox', true);
    };
    at.deliver(mailer);
    const id = await at.queue();
    await until(async () => (await at.state(id)) === 'failed');
    expect(mailer.handed).toHaveLength(1);
    expect(at.givenUp).toEqual([id]);
  });

  it('does not send what is of no use any more', async () => {
    const id = await at.queue({ until: at.pace.now() });
    at.deliver(mailer);
    await until(async () => (await at.state(id)) === 'suppressed');
    expect(mailer.handed).toEqual([]);
    await expect(at.outbox.retry('acme', id, at.pace.now())).rejects.toMatchObject({ code: 'mail.not-waiting' });
    const later = await at.queue({ until: '2099-01-01T00:00:00.000Z' });
    await until(async () => (await at.state(later)) === 'sent');
  });

  it('lets what was only told in the log leave once there is a server', async () => {
    const told = new ToldMailer('log');
    const toLog = at.deliver(told);
    const id = await at.queue();
    await until(async () => (await at.state(id)) === 'sent');
    expect((await mailOf(id)).content?.letter?.text).toContain('hush-4711');
    toLog.stop();
    at.deliver(mailer);
    await at.outbox.retry('acme', id, at.pace.now());
    await until(async () => (await mailOf(id)).mail.by === 'smtp');
    expect(mailer.handed).toHaveLength(1);
  });

  it('goes on with what another process had on its way when it was killed', async () => {
    mailer.answer = () => new Promise(() => undefined);
    const id = await at.queue();
    const records = at.records;
    await records.claim(MAIL_QUEUE, at.pace.now(), new Date(Date.parse(at.pace.now()) + 180_000).toISOString(), 1);
    const next = new ToldMailer();
    at.deliver(next);
    await at.passing(async () => (await at.state(id)) === 'sent');
    expect(next.handed).toHaveLength(1);
  });

  it('survives a store that fails', async () => {
    const { put } = at.records;
    at.deliver(mailer);
    const id = await at.queue();
    await until(async () => (await at.state(id)) === 'sent');
    at.records.put = () => Promise.reject(new Error('disk on fire'));
    await expect(at.queue()).rejects.toThrow('disk on fire');
    at.records.put = put;
    const second = await at.queue();
    await until(async () => (await at.state(second)) === 'sent');
  });
});
