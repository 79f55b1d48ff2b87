// What the rights of each person are made of: one document by his id tells it all, beside the roles of the vendor.
import type { RecordedEvent } from '#kernel/context.js';
import { contactEvents } from '#organizations/contact.events.js';
import { groupEvents } from '#organizations/group.events.js';
import { organizationEvents, type Place } from '#organizations/organization.events.js';
import { viewOf } from '#read-models/view.js';
import { placedBy, type Period } from './login-closed.js';
import { roleEvents, type PersonKind } from './role.events.js';
import type { Factor } from './user.factors.js';
import { userEvents } from './user.events.js';

type AccessUser = {
  readonly kind: PersonKind;
  readonly status: 'active' | 'disabled';
  /** Of staff those that it has in the vendor's roles; of a customer his personal ones. */
  readonly roles: readonly string[];
};

type AccessMembership = { readonly id: string; readonly place: Place | null; readonly roles: readonly string[] };

export type AccessDoc = {
  /** Of the contact. */
  readonly id: string;
  readonly user: AccessUser | null;
  readonly standing: { readonly suspended: boolean; readonly archived: boolean };
  readonly organizations: readonly AccessMembership[];
  /** When he last was contact of any organization, without a break. */
  readonly placed: Period | null;
  /** One of an organization that he belongs to no more is kept: it counts again if he comes back. */
  readonly groups: readonly { readonly id: string; readonly organizationId: string }[];
  /** A session that was begun before counts no more. */
  readonly sessionsFrom: string | null;
  /** An API token of his own that was made before counts no more. */
  readonly tokensFrom: string | null;
  readonly mustChangePassword: boolean;
  readonly password: boolean;
  /** By which he proves who he is beside his password, or the word of a provider. */
  readonly factors: readonly Factor[];
  /** Providers by whose word he logs in, each as often as he has identities there. */
  readonly providers: readonly string[];
};

type Doc = AccessDoc | null;

/** Of who has no login, or a new one. */
const NO_WAYS = { mustChangePassword: false, password: false, factors: [], providers: [] };

const begun = (id: string): AccessDoc => ({
  id,
  user: null,
  standing: { suspended: false, archived: false },
  organizations: [],
  placed: null,
  groups: [],
  sessionsFrom: null,
  tokensFrom: null,
  ...NO_WAYS,
});

function standing(doc: Doc, change: Partial<AccessDoc['standing']>): Doc {
  return doc && { ...doc, standing: { ...doc.standing, ...change } };
}

function user(doc: Doc, change: Partial<AccessUser>): Doc {
  return doc?.user ? { ...doc, user: { ...doc.user, ...change } } : doc;
}

/** Whoever has nothing left has no session left: what is given to him later opens no old one. */
function roles(doc: Doc, { meta }: RecordedEvent, has: readonly string[]): Doc {
  const changed = user(doc, { roles: has });
  return changed && (has.length === 0 ? { ...changed, sessionsFrom: meta.occurredAt } : changed);
}

function sessionsEnded(doc: Doc, { meta }: RecordedEvent): Doc {
  return doc && { ...doc, sessionsFrom: meta.occurredAt };
}

/** With the login, or with him, what he had made ends, and does not come back. */
function tokensEnded(doc: Doc, { meta }: RecordedEvent): Doc {
  return doc && { ...doc, tokensFrom: meta.occurredAt };
}

function membership(doc: Doc, id: string, change: Partial<AccessMembership>): Doc {
  return doc && { ...doc, organizations: doc.organizations.map((each) => (each.id === id ? { ...each, ...change } : each)) };
}

/** Notes since when he is contact of some organization, or is it no more. */
function placed(doc: Doc, { meta }: RecordedEvent): Doc {
  const holds = doc?.organizations.some(({ place }) => place !== null) ?? false;
  return doc && { ...doc, placed: placedBy(doc.placed, holds, meta.occurredAt) };
}

/** All but one of those that are the same. */
function without(list: readonly string[], one: string): readonly string[] {
  const at = list.indexOf(one);
  return list.filter((_, index) => index !== at);
}

function withoutGroup(doc: Doc, groupId: string): Doc {
  return doc && { ...doc, groups: doc.groups.filter(({ id }) => id !== groupId) };
}

export const accessView = viewOf<AccessDoc>()(
  { ...userEvents, ...roleEvents, ...contactEvents, ...organizationEvents, ...groupEvents },
  {
    name: 'access',
    version: 4,
    about: 'What the rights of each person are made of: his login, his standing, his roles, memberships, places and groups.',
    categories: ['user', 'roles', 'contact', 'organization', 'group'],
    indexes: {},
    lists: [],
    on: {
      ContactAdded: { evolve: (_, { data }) => begun(data.contactId) },
      ContactSuspended: { evolve: (doc) => standing(doc, { suspended: true }) },
      ContactResumed: { evolve: (doc) => standing(doc, { suspended: false }) },
      ContactArchived: { evolve: (doc, event) => tokensEnded(standing(doc, { archived: true }), event) },
      ContactRestored: { evolve: (doc) => standing(doc, { archived: false }) },
      UserCreated: {
        evolve: (doc, { data, meta }) =>
          doc && {
            ...doc,
            user: { kind: data.kind, status: 'active', roles: data.roles },
            sessionsFrom: meta.occurredAt,
            tokensFrom: meta.occurredAt,
            ...NO_WAYS,
          },
      },
      UserDisabled: { evolve: (doc, event) => tokensEnded(sessionsEnded(user(doc, { status: 'disabled' }), event), event) },
      UserEnabled: { evolve: (doc) => user(doc, { status: 'active' }) },
      UserRemoved: {
        evolve: (doc, event) => tokensEnded(sessionsEnded(doc && { ...doc, user: null, ...NO_WAYS }, event), event),
      },
      UserRolesSet: { evolve: (doc, event) => roles(doc, event, event.data.roles) },
      StaffRolesSet: { keys: ({ data }) => [data.userId], evolve: (doc, event) => roles(doc, event, event.data.roles) },
      PasswordSet: {
        evolve: (doc, event) =>
          sessionsEnded(doc && { ...doc, password: true, mustChangePassword: event.data.mustChange }, event),
      },
      PasswordRemoved: {
        evolve: (doc, event) => sessionsEnded(doc && { ...doc, password: false, mustChangePassword: false }, event),
      },
      UserSessionsEnded: { evolve: sessionsEnded },
      UserTokensEnded: { evolve: tokensEnded },
      FactorAdded: {
        evolve: (doc, { data }) => doc && { ...doc, factors: [...doc.factors, { id: data.factorId, kind: data.kind }] },
      },
      FactorRemoved: {
        evolve: (doc, { data }) => doc && { ...doc, factors: doc.factors.filter(({ id }) => id !== data.factorId) },
      },
      IdentityLinked: { evolve: (doc, { data }) => doc && { ...doc, providers: [...doc.providers, data.provider] } },
      IdentityUnlinked: { evolve: (doc, { data }) => doc && { ...doc, providers: without(doc.providers, data.provider) } },
      MemberAdded: {
        keys: ({ data }) => [data.contactId],
        evolve: (doc, { data }) =>
          doc && { ...doc, organizations: [...doc.organizations, { id: data.organizationId, place: null, roles: [] }] },
      },
      MemberRemoved: {
        keys: ({ data }) => [data.contactId],
        evolve: (doc, event) => {
          const left = doc?.organizations.filter(({ id }) => id !== event.data.organizationId) ?? [];
          return placed(doc && { ...doc, organizations: left }, event);
        },
      },
      ContactAssigned: {
        keys: ({ data }) => (data.previous ? [data.contactId, data.previous] : [data.contactId]),
        evolve: (doc, event, key) => {
          const { organizationId, contactId, place } = event.data;
          return placed(membership(doc, organizationId, { place: key === contactId ? place : null }), event);
        },
      },
      ContactUnassigned: {
        keys: ({ data }) => [data.contactId],
        evolve: (doc, event) => placed(membership(doc, event.data.organizationId, { place: null }), event),
      },
      MemberRolesSet: {
        keys: ({ data }) => [data.contactId],
        evolve: (doc, { data }) => membership(doc, data.organizationId, { roles: data.roles }),
      },
      GroupMemberAdded: {
        keys: ({ data }) => [data.contactId],
        evolve: (doc, { data: { groupId, organizationId } }) =>
          doc && { ...doc, groups: [...doc.groups, { id: groupId, organizationId }] },
      },
      GroupMemberRemoved: {
        keys: ({ data }) => [data.contactId],
        evolve: (doc, { data }) => withoutGroup(doc, data.groupId),
      },
      GroupDeleted: { keys: ({ data }) => data.members, evolve: (doc, { data }) => withoutGroup(doc, data.groupId) },
    },
  },
);
