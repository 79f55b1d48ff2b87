import { describe, it } from '@jest/globals';
import { given, TEST_ID as userId } from '#kernel/testing/given.js';
import type { FactorKind } from './user.events.js';
import { user } from './user.js';

const roles = ['authorized-user'];
const created = { type: 'UserCreated' as const, data: { userId, kind: 'customer' as const, roles, way: 'staff' as const } };
const added = (factorId: string, kind: FactorKind) =>
  ({ type: 'FactorAdded', data: { userId, factorId, kind, name: null } }) as const;
const removed = (factorId: string, kind: FactorKind, by: 'self' | 'staff' = 'self') =>
  ({ type: 'FactorRemoved', data: { userId, factorId, kind, by } }) as const;
const gone = { type: 'UserRemoved', data: { userId, reason: null } } as const;
const ended = { type: 'UserSessionsEnded', data: { userId, by: 'staff' } } as const;

const [app, next, key, other, codes] = ['app', 'next', 'key', 'other', 'codes'];

describe('adding a factor', () => {
  it('is a fact, once', () => {
    given(user, created).when('addFactor', { factorId: app, kind: 'totp', name: null }).then(added(app, 'totp'));
    given(user, created, added(app, 'totp')).when('addFactor', { factorId: app, kind: 'totp', name: null }).thenNothing();
  });

  it('replaces the app and the codes that were there; passkeys stand beside each other', () => {
    given(user, created, added(app, 'totp'))
      .when('addFactor', { factorId: next, kind: 'totp', name: null })
      .then(removed(app, 'totp'), added(next, 'totp'));
    given(user, created, added(app, 'totp'), added(codes, 'recovery-codes'))
      .when('addFactor', { factorId: next, kind: 'recovery-codes', name: null })
      .then(removed(codes, 'recovery-codes'), added(next, 'recovery-codes'));
    given(user, created, added(key, 'passkey'))
      .when('addFactor', { factorId: other, kind: 'passkey', name: null })
      .then(added(other, 'passkey'));
  });

  it('wants a login, room, and for recovery codes another factor that can be lost', () => {
    given(user).when('addFactor', { factorId: app, kind: 'totp', name: null }).thenRefused('user.not-found');
    given(user, created, added(app, 'totp'), gone)
      .when('addFactor', { factorId: next, kind: 'totp', name: null })
      .thenRefused('user.not-found');
    given(user, created).when('addFactor', { factorId: codes, kind: 'recovery-codes', name: null }).thenRefused('factor.none');
    const many = Array.from({ length: 20 }, (_, n) => added(`key-${n}`, 'passkey'));
    given(user, created, ...many)
      .when('addFactor', { factorId: key, kind: 'passkey', name: null })
      .thenRefused('factor.too-many');
  });
});

describe('removing a factor', () => {
  it('leaves the others', () => {
    given(user, created, added(app, 'totp'), added(key, 'passkey'), added(codes, 'recovery-codes'))
      .when('removeFactor', { factorId: app, by: 'self' })
      .then(removed(app, 'totp'));
  });

  it('takes the recovery codes with the last one that they stand in for', () => {
    given(user, created, added(app, 'totp'), added(codes, 'recovery-codes'))
      .when('removeFactor', { factorId: app, by: 'self' })
      .then(removed(app, 'totp'), removed(codes, 'recovery-codes'));
  });

  it('is refused for one that is not there', () => {
    given(user, created, added(app, 'totp'), removed(app, 'totp'))
      .when('removeFactor', { factorId: app, by: 'self' })
      .thenRefused('factor.not-found');
  });
});

describe('taking all factors of somebody', () => {
  it('ends his sessions, where he had any', () => {
    given(user, created, added(app, 'totp'), added(codes, 'recovery-codes'))
      .when('resetFactors', {})
      .then(removed(app, 'totp', 'staff'), removed(codes, 'recovery-codes', 'staff'), ended);
    given(user, created).when('resetFactors', {}).thenNothing();
    given(user).when('resetFactors', {}).thenRefused('user.not-found');
  });
});

describe('a passkey', () => {
  const password = { type: 'PasswordSet' as const, data: { userId, passwordId: userId, by: 'self' as const, mustChange: false } };
  const identity = { provider: userId, issuer: 'https://id.example', subject: 's-1' };
  const linked = { type: 'IdentityLinked' as const, data: { userId, ...identity, sub: null } };
  const remove = { factorId: key, by: 'self' as const };

  it('that is the last way in stays; an app is none', () => {
    given(user, created, added(key, 'passkey'), added(app, 'totp'))
      .when('removeFactor', remove)
      .thenRefused('factor.last-way-in');
    for (const otherWay of [password, linked, added(other, 'passkey')])
      given(user, created, added(key, 'passkey'), otherWay).when('removeFactor', remove).then(removed(key, 'passkey'));
  });

  it('lets the last account of a provider be unlinked; an app does not', () => {
    const unlink = { identity, by: 'self' as const, dead: [] };
    given(user, created, linked, added(app, 'totp')).when('unlinkIdentity', unlink).thenRefused('identity.last-way-in');
    given(user, created, linked, added(key, 'passkey'))
      .when('unlinkIdentity', unlink)
      .then({ type: 'IdentityUnlinked', data: { userId, ...identity, by: 'self' } });
  });

  it('is called as its user likes', () => {
    given(user, created, added(key, 'passkey'))
      .when('renameFactor', { factorId: key, name: 'In the drawer' })
      .then({ type: 'FactorRenamed', data: { userId, factorId: key, kind: 'passkey', name: 'In the drawer' } });
    given(user, created).when('renameFactor', { factorId: key, name: null }).thenRefused('factor.not-found');
    given(user).when('renameFactor', { factorId: key, name: null }).thenRefused('user.not-found');
  });

  it('is doubted while it is there', () => {
    const doubt = { factorId: key, address: null, agent: null };
    given(user, created, added(key, 'passkey'))
      .when('doubtFactor', doubt)
      .then({ type: 'FactorDoubted', data: { userId, kind: 'passkey', ...doubt } });
    given(user, created).when('doubtFactor', doubt).thenNothing();
  });
});
