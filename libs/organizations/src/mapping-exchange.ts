// What the outside system's doors do beside the rules: they find whom an external id names, and put the commands together
// that make ours as theirs. All of an item happens in one append, and is found again when it is sent again.
import type { EventStore } from '#event-store/event-store.js';
import type { Executor, Outcome } from '#event-store/execute.js';
import type { Keyring } from '#event-store/keyring.js';
import { holderOf } from '#event-store/reservations.js';
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import { commandItem, type CommandItem } from '#kernel/command-item.js';
import type { CommandContext } from '#kernel/context.js';
import { DomainError } from '#kernel/errors.js';
import { deriveId, parseStreamName } from '#kernel/ids.js';
import { externalIdClaim, type MappedKind, type Theirs } from './mapping.events.js';
import { mappedContact, mappedOrganization, valuesOf, type Thing } from './mapping.facts.js';
import { mapping, type MappingState } from './mapping.js';
import { itemsTo } from './mapping-values.js';
import { verdictOn } from './mapping-verdict.js';
import { organization } from './organization.js';
import { organizationsErrors } from './organizations.errors.js';

const ATTEMPTS = 5;
/** Somebody else was quicker; what he did is there to be read. */
const OVERTAKEN: ReadonlySet<string> = new Set(['mapping.moved', 'external-id.taken', 'contact.exists', 'organization.exists']);

/** A thing as the outside system has it. */
export interface Sent {
  readonly kind: MappedKind;
  readonly externalId: string;
  readonly version: string;
  /** Our id, where the outside system knows it. */
  readonly id?: string | undefined;
  readonly theirs: Theirs;
  /** The external id of the organization that a new contact belongs to from the start. */
  readonly organization?: string | undefined;
}

/** What one command of several is given together with. */
interface Planned {
  readonly id: string;
  readonly isNew: boolean;
  readonly from: number;
  readonly items: readonly CommandItem[];
}

export class MappingExchange {
  constructor(
    private readonly commands: Commands,
    private readonly executor: Executor,
    private readonly events: EventStore,
    private readonly keyring: Keyring,
  ) {}

  /** Takes one item of the outside system over, in whatever way the rules say. @throws the refusal of the item */
  async receive(ctx: RequestContext, sent: Sent, own: Partial<CommandContext>): Promise<Outcome<MappingState>> {
    const { kind, externalId, version, theirs } = sent;
    return this.insist(async () => {
      const { id, isNew, from, items } = await this.plan(ctx, sent, own.commandId!);
      const changes = items.length;
      const received = { kind, externalId, version, theirs, isNew, planned: { from, changes } };
      const joins = isNew && changes > 0 ? await this.joins(ctx.tenant, sent, id) : [];
      const all = [commandItem(mapping, id, 'receive', received), ...items, ...joins] as const;
      const [outcome] = await this.commands.sendTogether(all, { command: { ...ctx.command, ...own } });
      return outcome;
    }, sent.id !== undefined);
  }

  /** Decides a conflict: theirs becomes ours, or ours stays and is to be told. @throws `mapping.…`, and what the commands refuse */
  async resolve(ctx: RequestContext, id: string, keep: 'ours' | 'theirs'): Promise<Outcome<MappingState>> {
    return this.insist(async () => {
      const { kind, conflict } = await this.executor.stateOf(mapping, ctx.tenant, id);
      const theirs = keep === 'theirs' && kind && conflict ? conflict.theirs : null;
      const thing = theirs && (await this.thingOf(ctx.tenant, kind!, id));
      const items = theirs && thing ? itemsTo(kind!, id, valuesOf(thing), theirs) : [];
      const planned = { from: thing?.revision ?? -1, changes: items.length };
      const [outcome] = await this.commands.sendTogether([commandItem(mapping, id, 'resolve', { keep, planned }), ...items], ctx);
      return outcome;
    });
  }

  private async plan({ tenant }: RequestContext, sent: Sent, commandId: string): Promise<Planned> {
    const { kind, version, theirs } = sent;
    const known = sent.id ?? (await this.heldBy(tenant, sent));
    const id = known ?? deriveId(commandId, kind);
    const [state, thing] = await Promise.all([this.executor.stateOf(mapping, tenant, id), this.thingOf(tenant, kind, id)]);
    const isNew = known === null;
    if (!isNew && thing.revision < 0) organizationsErrors.refuse(`${kind}.not-found`);
    const verdict = verdictOn(state, thing, version, theirs);
    const items = verdict.is === 'newer' ? itemsTo(kind, id, valuesOf(thing), theirs) : [];
    return { id, isNew, from: thing.revision, items };
  }

  private async joins(tenant: string, { organization: externalId }: Sent, contactId: string): Promise<CommandItem[]> {
    if (externalId === undefined) return [];
    const id = await this.heldBy(tenant, { kind: 'organization', externalId });
    if (id === null) return organizationsErrors.refuse('organization.not-found');
    return [commandItem(organization, id, 'addMember', { contactId })];
  }

  private async heldBy(tenant: string, named: Pick<Sent, 'kind' | 'externalId'>): Promise<string | null> {
    const stream = await holderOf(this.events, this.keyring, tenant, externalIdClaim(named));
    return stream === null ? null : parseStreamName(stream).id;
  }

  private thingOf(tenant: string, kind: MappedKind, id: string): Promise<Thing> {
    return this.executor.stateOf(kind === 'contact' ? mappedContact : mappedOrganization, tenant, id);
  }

  /** @param named who names the thing himself is told at once that the external id is another one's */
  private async insist<T>(attempt: () => Promise<T>, named = false): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        const overtaken = error instanceof DomainError && OVERTAKEN.has(error.code);
        if (!overtaken || tries === ATTEMPTS || (named && error.code !== 'mapping.moved')) throw error;
      }
    }
  }
}
