// Users as they are listed and read: who they are, beside what their rights are made of. It knows every contact, because
// the contact was there first; only those who have a login are found.
import type { RecordedEvent } from '#kernel/context.js';
import type { DataOf } from '#kernel/events.js';
import { emailKey, ERASED } from '#kernel/fields.js';
import { searchTokens, sortKey } from '#kernel/text.js';
import { contactEvents } from '#organizations/contact.events.js';
import { groupEvents } from '#organizations/group.events.js';
import { organizationEvents } from '#organizations/organization.events.js';
import { keysOf, viewOf, type Reducer } from '#read-models/view.js';
import { accessView, type AccessDoc } from './access.view.js';
import { roleEvents } from './role.events.js';
import { userEvents, type WayIn } from './user.events.js';

export type UserDoc = {
  /** Of the contact, and of the user. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly access: AccessDoc;
  /** Null: the contact has no login. */
  readonly login: {
    readonly way: WayIn;
    readonly createdAt: string;
    readonly lastLoginAt: string | null;
    readonly password: boolean;
  } | null;
  readonly locale: string | null;
  readonly zone: string | null;
  /** As he has told them apart, as long as they are his contact's name. */
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** Of the user's stream; −1 before its first event. */
  readonly revision: number;
};

const events = { ...userEvents, ...roleEvents, ...contactEvents, ...organizationEvents, ...groupEvents };
type Events = typeof events;
type Event<K extends keyof Events> = RecordedEvent<string, DataOf<Events, K>>;

function login(doc: UserDoc, change: Partial<NonNullable<UserDoc['login']>>): Partial<UserDoc> {
  return { login: doc.login && { ...doc.login, ...change } };
}

const NAMELESS = { firstName: null, lastName: null };

/** What an event tells of a user beside his rights. */
const told: { readonly [K in keyof Events]?: (doc: UserDoc, event: Event<K>) => Partial<UserDoc> } = {
  ContactRenamed: ({ firstName, lastName }, { data }) =>
    data.name === `${firstName} ${lastName}` ? { name: data.name } : { name: data.name, ...NAMELESS },
  ContactEmailChanged: (_, { data }) => ({ email: data.email }),
  UserCreated: (_, { data, meta }) => ({
    login: { way: data.way, createdAt: meta.occurredAt, lastLoginAt: null, password: false },
    locale: null,
    zone: null,
    ...NAMELESS,
  }),
  UserRemoved: () => ({ login: null, locale: null, zone: null, ...NAMELESS }),
  PersonErased: () => ({ name: ERASED, email: ERASED, locale: null, zone: null, ...NAMELESS }),
  UserProfileChanged: (_, { data: { userId: _id, ...profile } }) => profile,
  PasswordSet: (doc) => login(doc, { password: true }),
  PasswordRemoved: (doc) => login(doc, { password: false }),
  LoggedIn: (doc, { meta }) => login(doc, { lastLoginAt: meta.occurredAt }),
};

function begun({ data }: Event<'ContactAdded'>, access: AccessDoc): UserDoc {
  const { contactId: id, name, email } = data;
  return { id, name, email, access, login: null, locale: null, zone: null, ...NAMELESS, revision: -1 };
}

function reducerOf(type: keyof Events): Reducer<UserDoc, never> {
  return {
    keys: (event) => keysOf(accessView, event),
    evolve: (before, event: RecordedEvent<string, never>, key) => {
      const access = accessView.on[type] ? accessView.on[type].evolve(before?.access ?? null, event, key) : before?.access;
      if (!access) return before;
      const doc = before ?? begun(event, access);
      const revision = type in userEvents ? event.revision : doc.revision;
      return { ...doc, access, ...told[type]?.(doc, event), revision };
    },
  };
}

const types = [...new Set([...Object.keys(accessView.on), ...Object.keys(told), ...Object.keys(userEvents)])] as (keyof Events)[];

const shown = (text: string): string => (text === ERASED ? '' : text);
const has = ({ login: its }: UserDoc): boolean => its !== null;

export const userView = viewOf<UserDoc>()(events, {
  name: 'users',
  version: 5,
  about: 'Who has a login, and what his rights are made of.',
  categories: accessView.categories,
  indexes: {
    id: { one: (doc) => (has(doc) ? doc.id : null) },
    name: { one: (doc) => (has(doc) ? sortKey(doc.name) : null) },
    email: { one: (doc) => (has(doc) ? emailKey(shown(doc.email)) : null) },
    kind: { one: (doc) => doc.access.user?.kind ?? null },
    status: { one: (doc) => doc.access.user?.status ?? null },
    createdAt: { one: (doc) => doc.login?.createdAt ?? null },
    organization: { many: (doc) => (has(doc) ? doc.access.organizations.map(({ id }) => id) : []) },
    role: {
      many: ({ access: { user, organizations } }) =>
        user ? [...user.roles, ...organizations.flatMap(({ roles }) => roles)] : [],
    },
    words: { many: (doc) => (has(doc) ? searchTokens(doc.name, doc.email) : []) },
    /** For who sees no more of others than their names. */
    names: { many: (doc) => (has(doc) ? searchTokens(doc.name) : []) },
  },
  lists: [['kind', 'name'], ['name'], ['email'], ['createdAt'], ['status', 'name']],
  on: Object.fromEntries(types.map((type) => [type, reducerOf(type)])),
});
