// Rules of an invitation (licensing.md §2.12): a contact was there first, whoever redeems it has proven his mailbox, and
// no more redeem it than it is for.
import { aggregateOf } from '#kernel/aggregate.js';
import { emailKey, ERASED, instantInputSchema, nameSchema, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { addPeriod } from '#kernel/periods.js';
import { domainsSchema } from '#organizations/organization.events.js';
import { z } from 'zod';
import { mustBecomeUser, mustBeGivable, mustBeInvitable, mustBeLetIn, mustBeSynchronized } from './invitation-rules.js';
import { invitationStatus } from './invitation-status.js';
import { invitationErrors } from './invitation.errors.js';
import {
  codeHashSchema,
  groupIdsSchema,
  invitationEvents,
  invitationKindSchema,
  MOST_REDEMPTIONS,
  type InvitationKind,
} from './invitation.events.js';
import { invitationFacts } from './invitation.facts.js';
import { heldSchema } from './rights.js';
import { roleIdsSchema } from './role.events.js';

const DEFAULT_LIFE = 'P14D';
const LONGEST_LIFE = 'P1Y';

/** What one redemption gave. */
export interface Redemption {
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

export interface InvitationState {
  /** Null while there is no invitation. */
  readonly kind: InvitationKind | null;
  readonly organizationId: string | null;
  readonly contactId: string | null;
  readonly inviter: string | null;
  readonly message: string | null;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly limit: number;
  readonly domains: readonly string[];
  /** Null: it has no code that opens it, until it is sent again. */
  readonly codeHash: string | null;
  /** Hashes of codes that were replaced. */
  readonly replaced: readonly string[];
  readonly mailedTo: string | null;
  readonly expiresAt: string;
  readonly revoked: boolean;
  readonly redemptions: Readonly<Record<string, Redemption>>;
}

const NONE: InvitationState = {
  ...{
    kind: null,
    organizationId: null,
    contactId: null,
    inviter: null,
    message: null,
    roles: [],
    groups: [],
    limit: 0,
    domains: [],
  },
  ...{ codeHash: null, replaced: [], mailedTo: null, expiresAt: '', revoked: false, redemptions: {} },
};

/** What somebody asks for who invites. */
export const newInvitationSchema = z.strictObject({
  kind: invitationKindSchema,
  contactId: idSchema.nullable().default(null).meta({ description: 'Who is invited (single).' }),
  organizationId: idSchema
    .nullable()
    .default(null)
    .meta({ description: 'For which organization; of a single invitation the only one that the contact belongs to.' }),
  name: nameSchema,
  message: textSchema.nullable().default(null),
  roles: roleIdsSchema.default([]).meta({ description: 'Roles for customers, given beside the default role.' }),
  groups: groupIdsSchema.default([]),
  limit: z.int().min(1).max(MOST_REDEMPTIONS).nullable().default(null).meta({ description: 'How many may redeem it (group).' }),
  domains: domainsSchema.default([]).meta({ description: 'Of the addresses that may redeem it (group); none: any.' }),
  expiresAt: instantInputSchema.optional().meta({ description: 'Absent: 14 days from now. At most a year.' }),
  mail: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the code is mailed to the contact (default, single) or answered to you, this once (group).' }),
});

type NewInvitation = z.output<typeof newInvitationSchema>;

/** What somebody asks for who sends an invitation again. */
export const resendSchema = newInvitationSchema.pick({ mail: true, expiresAt: true });

function lifeUntil(expiresAt: string | undefined, now: string): string {
  if (expiresAt === undefined) return addPeriod(now, DEFAULT_LIFE);
  if (expiresAt <= now || expiresAt > addPeriod(now, LONGEST_LIFE)) invitationErrors.refuse('invitation.expiry-not-fitting');
  return expiresAt;
}

function checkKind({ kind, contactId, organizationId, limit, domains, mail }: NewInvitation): void {
  const single = contactId !== null && limit === null && domains.length === 0;
  const group = contactId === null && organizationId !== null && limit !== null && mail !== true;
  if (kind === 'single' ? !single : !group) invitationErrors.refuse('invitation.kind-not-fitting');
}

function mustExist(state: InvitationState): InvitationKind {
  return state.kind ?? invitationErrors.refuse('invitation.not-found');
}

const usedOf = ({ redemptions }: InvitationState) => Object.keys(redemptions).length;

/** What has become of it. @throws `invitation.not-found` */
export function statusOf(state: InvitationState, at: string) {
  return invitationStatus({ ...state, kind: mustExist(state), used: usedOf(state) }, at);
}

/**
 * That a code opens the invitation now. A wrong code is told nothing, an old one that there is a newer one.
 * @throws `invitation.not-found`, `invitation.code-replaced`, `invitation.revoked`, `invitation.redeemed`,
 * `invitation.used-up`, `invitation.expired`
 */
export function mustOpen(state: InvitationState, codeHash: string, at: string): void {
  if (state.replaced.includes(codeHash)) invitationErrors.refuse('invitation.code-replaced');
  if (state.codeHash !== codeHash) invitationErrors.refuse('invitation.not-found');
  const status = statusOf(state, at);
  if (status !== 'open') invitationErrors.refuse(`invitation.${status}`);
}

/** Whether an address is of one of these domains, or of any where there are none. */
function isOfDomains(email: string, domains: readonly string[]): boolean {
  return domains.length === 0 || domains.includes(emailKey(email).split('@').at(-1)!);
}

/**
 * Who has the code out of the mail has the mailbox, as long as the contact still has that address.
 * @throws `invitation.mailbox-unproven`
 */
function mustBeProven(state: InvitationState, email: string, mailboxProven: boolean): void {
  const mailed = state.mailedTo !== null && state.mailedTo !== ERASED && emailKey(state.mailedTo) === emailKey(email);
  if (!mailed && !mailboxProven) invitationErrors.refuse('invitation.mailbox-unproven');
}

export const invitation = aggregateOf<InvitationState>()({
  name: 'invitation',
  events: invitationEvents,
  organization: (state) => state.organizationId,
  initial: NONE,
  commands: {
    /** `held`: the rights of who invites, in that organization. The door has checked that the groups are of the organization. */
    invite: newInvitationSchema.extend({ codeHash: codeHashSchema, inviter: idSchema.nullable(), held: heldSchema }),
    resend: resendSchema.extend({ codeHash: codeHashSchema }),
    revoke: z.strictObject({}),
    /** `mailboxProven`: by a one-time code, for this contact, a moment ago. */
    redeem: z.strictObject({
      contactId: idSchema,
      codeHash: codeHashSchema,
      mailboxProven: z.boolean(),
      groups: groupIdsSchema,
    }),
    undo: z.strictObject({ contactId: idSchema }),
  },
  facts: invitationFacts,
  needs: {
    invite: ({ contactId, organizationId }, _state, _id, tenant) => ({
      ...{ contact: contactId, user: contactId, mapping: contactId, organization: organizationId, roles: tenant, tenant },
    }),
    resend: (_, { contactId, organizationId }, _id, tenant) => ({
      ...{ contact: contactId, user: contactId, mapping: contactId, organization: organizationId, tenant },
    }),
    redeem: ({ contactId }, { organizationId }, _id, tenant) => ({
      ...{ contact: contactId, user: contactId, mapping: contactId, organization: organizationId, tenant },
    }),
  },
  decide: {
    invite: (command, state, { id, now, facts }) => {
      if (state.kind !== null) invitationErrors.refuse('invitation.exists');
      checkKind(command);
      const { held, expiresAt, limit, mail = command.kind === 'single', ...wanted } = command;
      const { contactId, organizationId } = wanted;
      if (contactId !== null) mustBecomeUser(facts, contactId, organizationId);
      if (organizationId === null && wanted.groups.length > 0) invitationErrors.refuse('invitation.organization-required');
      mustBeInvitable(facts, organizationId, contactId);
      mustBeLetIn(facts, contactId);
      mustBeGivable(facts, wanted, held);
      const sent = { subject: contactId ?? organizationId!, mailedTo: mail ? facts.contact!.state.email : null };
      const data = { ...wanted, ...sent, invitationId: id, limit: limit ?? 1, expiresAt: lifeUntil(expiresAt, now) };
      return { type: 'UserInvited', data };
    },
    resend: ({ codeHash, mail, expiresAt }, state, { id, now, facts }) => {
      const single = mustExist(state) === 'single';
      if (!single && mail === true) invitationErrors.refuse('invitation.kind-not-fitting');
      const status = statusOf(state, now);
      if (status !== 'open' && status !== 'expired') invitationErrors.refuse(`invitation.${status}`);
      const { contactId, organizationId } = state;
      if (contactId !== null) mustBecomeUser(facts, contactId, organizationId);
      mustBeInvitable(facts, organizationId, contactId);
      mustBeLetIn(facts, contactId);
      const mailedTo = (mail ?? single) ? facts.contact!.state.email : null;
      const sent = { subject: contactId ?? organizationId!, codeHash, mailedTo, expiresAt: lifeUntil(expiresAt, now) };
      return { type: 'InvitationResent', data: { invitationId: id, ...sent } };
    },
    revoke: (_, state, { id }) => {
      const single = mustExist(state) === 'single';
      if (state.revoked) return [];
      if (single && usedOf(state) > 0) invitationErrors.refuse('invitation.redeemed');
      return { type: 'InvitationRevoked', data: { invitationId: id } };
    },
    redeem: ({ contactId, codeHash, mailboxProven, groups }, state, { id, now, facts }) => {
      mustOpen(state, codeHash, now);
      const { organizationId } = state;
      // The same refusal for every contact that it is not for: whoever has the code learns nothing of others.
      const member = facts.organization?.state.members.has(contactId) ?? false;
      const meant = state.kind === 'single' ? state.contactId === contactId : member;
      if (!meant || !facts.contact) return invitationErrors.refuse('invitation.mailbox-unproven');
      mustBeProven(state, facts.contact.state.email, mailboxProven);
      if (!isOfDomains(facts.contact.state.email, state.domains)) invitationErrors.refuse('invitation.domain-not-allowed');
      mustBecomeUser(facts, contactId, organizationId);
      if (state.kind === 'group') mustBeSynchronized(facts, contactId);
      mustBeLetIn(facts, contactId);
      const had = facts.organization?.state.roles[contactId] ?? [];
      const roles = state.roles.filter((role) => !had.includes(role));
      return { type: 'InvitationRedeemed', data: { invitationId: id, contactId, organizationId, roles, groups } };
    },
    undo: ({ contactId }, state, { id }) => {
      mustExist(state);
      if (!state.redemptions[contactId]) invitationErrors.refuse('invitation.not-redeemed-by');
      return { type: 'RedemptionUndone', data: { invitationId: id, contactId } };
    },
  },
  evolve: {
    UserInvited: (_, { invitationId: _id, subject: _subject, name: _name, ...invited }) => ({ ...NONE, ...invited }),
    InvitationResent: (state, { codeHash, mailedTo, expiresAt }) => {
      const replaced = state.codeHash === null ? state.replaced : [...state.replaced, state.codeHash].slice(-10);
      return { ...state, codeHash, replaced, mailedTo, expiresAt };
    },
    InvitationRevoked: (state) => ({ ...state, revoked: true }),
    InvitationRedeemed: (state, { contactId, roles, groups }) => ({
      ...state,
      redemptions: { ...state.redemptions, [contactId]: { roles, groups } },
    }),
    /** Of a single invitation the wrong person has the code: it opens nothing any more. */
    RedemptionUndone: (state, { contactId }) => {
      const { [contactId]: _undone, ...redemptions } = state.redemptions;
      return state.kind === 'single' ? { ...state, redemptions, codeHash: null } : { ...state, redemptions };
    },
  },
});
