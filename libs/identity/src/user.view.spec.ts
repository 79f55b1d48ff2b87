import { describe, expect, it } from '@jest/globals';
import { ERASED } from '#kernel/fields.js';
import { TEST_ID as id } from '#kernel/testing/given.js';
import { folded, type Happening } from '#read-models/testing/folded.js';
import { accessView } from './access.view.js';
import { userView } from './user.view.js';

const ORGANIZATION = '01j00000000000000000000031';
const at = '2026-02-01T00:00:00.000Z';
const happened = (type: string, data: object = {}, more: Partial<Happening> = {}): Happening => ({ type, data, at, ...more });
const contact = [
  happened('ContactAdded', { contactId: id, name: 'Ada Lovelace', email: 'Ada@acme.example' }),
  happened('MemberAdded', { organizationId: ORGANIZATION, contactId: id }, { id: ORGANIZATION }),
];
const created = happened('UserCreated', { userId: id, kind: 'customer', roles: ['authorized-user'], way: 'invitation' });
const seen = (...events: Happening[]) => folded(userView, ...contact, ...events);

describe('the view of users', () => {
  it('knows a contact without a login, and finds him by nothing', () => {
    expect(seen().doc()).toMatchObject({ name: 'Ada Lovelace', login: null });
    for (const index of Object.keys(userView.indexes)) expect([null, [], '']).toContainEqual(seen().index(index));
  });

  it('finds a user by what he is', () => {
    const view = seen(created);
    expect(view.doc()?.login).toEqual({ way: 'invitation', createdAt: at, lastLoginAt: null, password: false });
    expect(
      ['kind', 'status', 'email', 'name', 'organization', 'role', 'names', 'words'].map((index) => view.index(index)),
    ).toEqual([
      ...['customer', 'active', 'ada@acme.example', 'ada lovelace', [ORGANIZATION], ['authorized-user']],
      ['ada', 'lovelace'],
      ['ada', 'lovelace', 'acme', 'example'],
    ]);
  });

  it('has of his rights what they are decided by', () => {
    const placed = happened(
      'ContactAssigned',
      { organizationId: ORGANIZATION, contactId: id, place: 'primary', previous: null },
      { id: ORGANIZATION },
    );
    expect(seen(created, placed).doc()?.access).toEqual(folded(accessView, ...contact, created, placed).doc());
  });

  it('knows his name, address, password, profile and last login', () => {
    const doc = seen(
      created,
      happened('ContactRenamed', { contactId: id, name: 'Ada King' }),
      happened('ContactEmailChanged', { contactId: id, email: 'king@acme.example', previous: 'Ada@acme.example' }),
      happened('PasswordSet', { userId: id, by: 'staff', mustChange: true }),
      happened('UserProfileChanged', { userId: id, locale: 'de', zone: null }),
      happened('LoggedIn', { userId: id }, { at: '2026-03-01T00:00:00.000Z' }),
    ).doc();
    expect(doc).toMatchObject({ name: 'Ada King', email: 'king@acme.example', locale: 'de', zone: null });
    expect(doc?.login).toMatchObject({ password: true, lastLoginAt: '2026-03-01T00:00:00.000Z' });
    expect(
      seen(created, happened('PasswordSet', { by: 'staff', mustChange: false }), happened('PasswordRemoved')).doc()?.login
        ?.password,
    ).toBe(false);
  });

  it('forgets a removed one', () => {
    expect(seen(created, happened('UserRemoved')).doc()).toMatchObject({ login: null, locale: null });
    expect(seen(created, happened('UserRemoved')).index('words')).toEqual([]);
  });

  it('shows nothing of who was erased', () => {
    const erased = seen(
      created,
      happened('UserProfileChanged', { userId: id, locale: 'de', zone: null }),
      happened('PersonErased', {}),
    );
    expect(erased.doc()).toMatchObject({ name: ERASED, email: ERASED, locale: null });
    expect([erased.index('words'), erased.index('email')]).toEqual([[], '']);
  });

  it('has the revision of the stream of the user, whatever happens elsewhere', () => {
    const renamed = happened('ContactRenamed', { contactId: id, name: 'Ada King' });
    expect([seen(), seen(created), seen(created, renamed)].map((view) => view.doc()?.revision)).toEqual([-1, 1, 1]);
    expect(
      seen(created, happened('FactorAdded', { userId: id, factorId: 'app', kind: 'totp', name: null })).doc()?.revision,
    ).toBe(2);
  });
});
