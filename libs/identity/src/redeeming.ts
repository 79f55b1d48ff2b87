// Redeeming an invitation, and taking that back: the invitation, the login and what comes with it, in one append.
import type { Executor, Outcome } from '#event-store/execute.js';
import { commandErrors } from '#event-store/command-errors.js';
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import { commandItem, type CommandItem } from '#kernel/command-item.js';
import { readCode } from './invitation-code.js';
import { invitationErrors } from './invitation.errors.js';
import { groupFact, invitationFacts } from './invitation.facts.js';
import { invitation, mustOpen, type InvitationState } from './invitation.js';
import type { Joined, Joining } from './joining.js';
import type { KnownPerson } from './people.js';
import { CUSTOMER_PERMISSIONS } from './rights.js';
import { roles } from './roles.js';
import { user } from './user.js';

/** An invitation that a code opens. */
export interface Opened {
  readonly id: string;
  readonly codeHash: string;
  readonly state: InvitationState;
}

/** Whose rights it gives was looked at when it was made: at its redemption nobody's are asked for. */
const ANYTHING = [...CUSTOMER_PERMISSIONS].map((permission) => ({ permission, scope: 'tenant' as const }));

export class Redeeming {
  constructor(
    private readonly commands: Commands,
    private readonly executor: Executor,
    private readonly joining: Joining,
  ) {}

  /** The invitation whose code this is or was, whether it still opens it or not. @throws `invitation.not-found` */
  async find(tenant: string, code: string): Promise<Opened> {
    const read = readCode(code) ?? invitationErrors.refuse('invitation.not-found');
    const state = await this.executor.stateOf(invitation, tenant, read.id);
    const known = state.codeHash === read.codeHash || state.replaced.includes(read.codeHash);
    return known ? { ...read, state } : invitationErrors.refuse('invitation.not-found');
  }

  /** As {@link find}, and the code opens it now. @throws `invitation.…` */
  async open(tenant: string, code: string, now: string): Promise<Opened> {
    const found = await this.find(tenant, code);
    mustOpen(found.state, found.codeHash, now);
    return found;
  }

  /**
   * Makes a user of a contact by an invitation; `wayIn` is the command that gives him what he logs in by.
   * @throws `invitation.…`, and what the rules of users, organizations and groups refuse
   */
  async redeem(
    ctx: RequestContext,
    { id, codeHash, state }: Opened,
    person: KnownPerson,
    { mailboxProven, wayIn }: { readonly mailboxProven: boolean; readonly wayIn: CommandItem },
  ): Promise<Outcome<InvitationState>> {
    const { tenant } = ctx;
    const contactId = person.id;
    const { organizationId } = state;
    const groups = organizationId === null ? [] : await this.groupsLeft(tenant, state.groups);
    const joined = organizationId === null ? null : await this.joined(tenant, organizationId, contactId, groups);
    const all = joined && [...new Set([...joined.had, ...state.roles])].sort();
    const items: [CommandItem<InvitationState>, ...CommandItem[]] = [
      commandItem(invitation, id, 'redeem', { contactId, codeHash, mailboxProven, groups }),
      commandItem(user, contactId, 'create', {
        ...{ kind: 'customer', way: 'invitation', held: ANYTHING },
        roles: organizationId === null ? await this.personalRoles(tenant, state.roles) : null,
      }),
      wayIn,
      ...(joined && all ? this.joining.join({ ...joined, roles: all }) : []),
    ];
    return this.together(ctx, items, `user:${contactId}`);
  }

  /** Takes the user, the roles and the groups back that a redemption gave. @throws `invitation.…` */
  async undo(
    ctx: RequestContext,
    id: string,
    contactId: string,
    guard: (state: InvitationState) => void,
  ): Promise<Outcome<InvitationState>> {
    const { tenant } = ctx;
    const state = await this.executor.stateOf(invitation, tenant, id);
    const given = state.redemptions[contactId] ?? { roles: [], groups: [] };
    const login = await this.executor.stateOf(user, tenant, contactId);
    const joined = await this.stillJoined(tenant, state.organizationId, contactId, given.groups);
    const kept = joined?.had.filter((role) => !given.roles.includes(role)) ?? [];
    const items: [CommandItem<InvitationState>, ...CommandItem[]] = [
      commandItem(invitation, id, 'undo', { contactId }, { guard }),
      // A contact of the organization keeps his place: it was his before the invitation.
      ...(login.kind === null ? [] : [commandItem(user, contactId, 'remove', { reason: null, places: [] })]),
      ...(joined ? this.joining.leave({ ...joined, roles: kept }) : []),
    ];
    return this.together(ctx, items, ctx.command.actor);
  }

  private async together(
    { command }: RequestContext,
    items: [CommandItem<InvitationState>, ...CommandItem[]],
    actor: string,
  ): Promise<Outcome<InvitationState>> {
    const [outcome] = await this.commands.sendTogether(items, { command: { ...command, actor } });
    return outcome;
  }

  /** A role that the vendor has removed since is not given any more; nor is it a reason to let nobody in. */
  private async personalRoles(tenant: string, given: readonly string[]): Promise<string[]> {
    const { defaultRole } = await this.executor.stateOf(roles, tenant, tenant);
    return [...new Set([defaultRole, ...given])].sort();
  }

  private async groupsLeft(tenant: string, groups: readonly string[]): Promise<string[]> {
    const left = await Promise.all(
      groups.map(async (id) => ((await this.executor.stateOf(groupFact, tenant, id)).organizationId === null ? [] : [id])),
    );
    return left.flat();
  }

  private async joined(
    tenant: string,
    organizationId: string,
    contactId: string,
    groups: readonly string[],
  ): Promise<Omit<Joined, 'roles'>> {
    const { roles: has } = await this.executor.stateOf(invitationFacts.organization, tenant, organizationId);
    const changed = () => commandErrors.refuse('command.contended');
    return { organizationId, contactId, had: has[contactId] ?? [], groups, changed };
  }

  /** Null where he has left it: his roles there ended with that. */
  private async stillJoined(tenant: string, organizationId: string | null, contactId: string, groups: readonly string[]) {
    if (organizationId === null) return null;
    const { members, archived } = await this.executor.stateOf(invitationFacts.organization, tenant, organizationId);
    if (!members.has(contactId) || archived) return null;
    return this.joined(tenant, organizationId, contactId, await this.groupsLeft(tenant, groups));
  }
}
