// Whether there is such an account cannot be told by the time that an answer takes: the dear part of it, the hash of a
// password, is computed exactly once for everybody. Counted, not timed: a clock would tell of the machine.
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type * as Argon2 from '@node-rs/argon2';
import { newId } from '#kernel/ids.js';
import type { Known, LoginApp } from '../support/login-app.js';

const computed = { verify: 0, hash: 0 };
const real = await import('@node-rs/argon2');
jest.unstable_mockModule('@node-rs/argon2', () => ({
  ...real,
  verify: (...args: Parameters<typeof Argon2.verify>) => {
    computed.verify++;
    return real.verify(...args);
  },
  hash: (...args: Parameters<typeof Argon2.hash>) => {
    computed.hash++;
    return real.hash(...args);
  },
}));
const { openLoginApp } = await import('../support/login-app.js');
const { contact } = await import('#organizations/contact.js');

let app: LoginApp;
const people: Record<string, Known> = {};
beforeAll(async () => {
  app = await openLoginApp();
  const disabled = await app.ready(app.customer('disabled'));
  await app.staff.done(`/v1/users/${disabled.id}/disable`, { reason: null });
  people['a user'] = await app.ready(app.customer('known'));
  people['a disabled user'] = disabled;
  people['a user without a password'] = await app.customer('passwordless');
  people['a contact without a user'] = { id: newId(), email: 'contact@globex.example' };
  const { id, email } = people['a contact without a user'];
  await app.command((ports, ctx) => ports.commands.send(contact, id, 'add', { name: 'No', email }, ctx));
  people['nobody'] = { id: newId(), email: 'nobody@globex.example' };
  // The hash of nobody's password, which all others are compared with, is made with the first comparison.
  await app.browser().post('/v1/login', { email: 'warm@globex.example', password: 'not the right one' });
}, 60_000);
afterAll(() => app.close());
beforeEach(() => {
  Object.assign(computed, { verify: 0, hash: 0 });
});

const WHO = ['a user', 'a disabled user', 'a user without a password', 'a contact without a user', 'nobody'];

describe('the same work', () => {
  it.each(WHO)('is done for a wrong password of %s', async (who) => {
    const answer = await app.browser().post('/v1/login', { email: people[who]!.email, password: 'not the right one' });
    expect([answer.status, answer.body.code]).toEqual([401, 'login.failed']);
    expect(computed).toEqual({ verify: 1, hash: 0 });
  });

  it.each(WHO)('is done where %s asks for another password by mail', async (who) => {
    const answer = await app.browser().post('/v1/password-reset', { email: people[who]!.email });
    expect(answer.status).toBe(202);
    expect(computed).toEqual({ verify: 0, hash: 0 });
  });
});
