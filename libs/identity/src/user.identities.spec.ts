import { describe, it } from '@jest/globals';
import { given, TEST_ID as userId } from '#kernel/testing/given.js';
import { user } from './user.js';

const identity = { provider: '01j00000000000000000000051', issuer: 'https://id.example', subject: 'ada' };
const another = { ...identity, subject: 'ada-at-work' };
const roles = ['authorized-user'];
const created = { type: 'UserCreated' as const, data: { userId, kind: 'customer' as const, roles, way: 'staff' as const } };
const linked = (of = identity) => ({ type: 'IdentityLinked', data: { userId, ...of, sub: null } }) as const;
const unlinked = (by: 'self' | 'staff', of = identity) => ({ type: 'IdentityUnlinked', data: { userId, ...of, by } }) as const;
const removed = { type: 'UserRemoved', data: { userId, reason: null } } as const;
const password = { type: 'PasswordSet', data: { userId, passwordId: userId, by: 'self', mustChange: false } } as const;

const email = 'ada@globex.example';
const contact = { type: 'ContactAdded', data: { contactId: userId, name: 'Ada', email } };
const loginsOn = { type: 'CustomerLoginSet', data: { mode: 'users', previous: 'off' } };
const coming = (...more: { type: string; data: object }[]) =>
  given(user).withFacts({ newcomer: [contact, ...more], admission: [loginsOn] });

describe('linking an identity', () => {
  it('is a fact, once', () => {
    given(user, created).when('linkIdentity', { identity }).then(linked());
    given(user, created, linked()).when('linkIdentity', { identity }).thenNothing();
    given(user, created, linked()).when('linkIdentity', { identity: another }).then(linked(another));
  });

  it('keeps what else the provider calls him, which is no part of its key', () => {
    const also = { ...linked(), data: { ...linked().data, sub: 'pairwise' } };
    given(user, created).when('linkIdentity', { identity, sub: 'pairwise' }).then(also);
    given(user, created, also).when('linkIdentity', { identity, sub: 'another' }).thenNothing();
  });

  it('wants a login to link it to', () => {
    given(user).when('linkIdentity', { identity }).thenRefused('user.not-found');
    given(user, created, removed).when('linkIdentity', { identity }).thenRefused('user.not-found');
  });
});

describe('unlinking an identity', () => {
  const command = { identity, by: 'self', dead: [] };

  it('leaves another way in', () => {
    given(user, created, password, linked()).when('unlinkIdentity', command).then(unlinked('self'));
    given(user, created, linked(), linked(another)).when('unlinkIdentity', command).then(unlinked('self'));
  });

  it('is refused for the last one', () => {
    given(user, created, linked()).when('unlinkIdentity', command).thenRefused('identity.last-way-in');
    const others = [linked(), linked({ ...another, provider: 'gone' })];
    given(user, created, ...others)
      .when('unlinkIdentity', { ...command, dead: ['gone'] })
      .thenRefused('identity.last-way-in');
  });

  it('is not refused to the provider, which asks in the person’s name', () => {
    given(user, created, linked())
      .when('unlinkIdentity', { ...command, forced: true })
      .then(unlinked('self'));
  });

  it('of what is not linked changes nothing', () => {
    given(user, created).when('unlinkIdentity', command).thenNothing();
  });

  it('happens by itself where the login is removed, so that it can be linked anew', () => {
    given(user, created, linked(), linked(another))
      .when('remove', { places: [] })
      .then(unlinked('staff'), unlinked('staff', another), removed);
  });
});

describe('a first login', () => {
  const command = { identity, email: 'Ada@Globex.example' };
  const made = { ...created, data: { ...created.data, way: 'first-login' as const } };

  it('makes the login with the default role and links the identity, in one', () => {
    coming().when('firstLogin', command).then(made, linked());
  });

  it('is for contacts without a login', () => {
    given(user, created).when('firstLogin', command).thenRefused('user.exists');
  });

  it.each([
    ['nobody', () => given(user).withFacts({ admission: [loginsOn] })],
    ['a contact of another address', () => coming({ type: 'ContactEmailChanged', data: { email: 'other@globex.example' } })],
    ['an archived contact', () => coming({ type: 'ContactArchived', data: {} })],
    ['a suspended contact', () => coming({ type: 'ContactSuspended', data: {} })],
    ['anybody, where customers do not log in', () => given(user).withFacts({ newcomer: [contact] })],
    [
      'anybody, where the vendor wants none',
      () => given(user).withFacts({ newcomer: [contact], admission: [loginsOn, { type: 'FirstLoginSet', data: { on: false } }] }),
    ],
  ])('is refused to %s, in the same words', (_whom, before) => {
    before().when('firstLogin', command).thenRefused('login.no-account');
  });

  it('is open again to a contact who was restored and resumed', () => {
    const gone = ['ContactArchived', 'ContactRestored', 'ContactSuspended', 'ContactResumed'];
    coming(...gone.map((type) => ({ type, data: {} })))
      .when('firstLogin', command)
      .then(made, linked());
  });
});
