// Doors to contacts. Staff sees all of them; a credential that is bound to an organization sees its members.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { asOfQuery, type AsOfQuery } from '#http/as-of.js';
import { changed, created, listed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { listQuery, page, paging, words } from '#http/paging.js';
import { organizationsOf, reaches, reachOf, requireTenant, type Reach } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commaList, commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import { roleIdsSchema } from '#identity/role.events.js';
import type { CommandData } from '#kernel/aggregate.js';
import { commandItem } from '#kernel/command-item.js';
import { emailKey } from '#kernel/fields.js';
import { deriveId, idSchema } from '#kernel/ids.js';
import { asked, searchFor } from '#read-models/search.js';
import type { Conditions } from '#read-models/read-store.js';
import { z } from 'zod';
import { accountNumberKey } from './account.js';
import { companyView } from './company.view.js';
import { contact } from './contact.js';
import { contactDocSchema, contactView, type ContactDoc } from './contact.view.js';
import { heldPlaces } from './held-places.js';
import { mappingSummary, mappingSummarySchema } from './mapping-shown.js';
import { documentsOf, named, namedSchema } from './names.js';
import { placeSchema } from './organization.events.js';
import { organization } from './organization.js';
import { organizationView } from './organization.view.js';
import { organizationsErrors } from './organizations.errors.js';
import { sendStanding, type StandingCommand } from './standing-commands.js';
import { StandingNotes } from './standing-notes.js';
import { STANDINGS, withoutReason } from './standing.js';

type Command = keyof typeof contact.commands;
type Data<K extends Command> = CommandData<typeof contact.commands, K>;

const { commands } = contact;
const missing = ['contact.not-found'];
const managed = ['contact.not-found', 'contact.archived'];
const addBody = commands.add.extend({
  organizationId: idSchema.nullable().default(null).meta({ description: 'The organization that he belongs to from the start.' }),
});
const archiveBody = commands.archive.omit({ places: true });

const contactSchema = contactDocSchema.extend({
  company: namedSchema.nullable().meta({ description: 'His own; it counts while he belongs to no organization.' }),
  organizations: z.array(namedSchema.extend({ place: placeSchema.nullable(), roles: roleIdsSchema })),
});
/** A contact alone. */
const wholeContactSchema = contactSchema.extend({ mapping: mappingSummarySchema });

const contactsQuery = listQuery({
  sort: ['name', 'email', 'addedAt'],
  defaultSort: 'name',
  filters: {
    status: commaList(z.enum(STANDINGS)).optional(),
    organization: idSchema.optional(),
    email: z.string().max(254).optional(),
    accountNumber: z.string().max(64).optional().meta({ description: 'His own, not that of an organization.' }),
    q: words('the name, the address or the account number'),
  },
});

/** Which organizations a list may look into: asking for another one than one's own finds nothing. */
function lookedInto(asked: string | undefined, reach: Reach): Conditions {
  if (reach.kind === 'tenant') return asked === undefined ? {} : { organization: { equal: asked } };
  return { organization: { in: organizationsOf(reach).filter((id) => asked === undefined || asked === id) } };
}

function conditionsOf(query: z.output<typeof contactsQuery>, reach: Reach): Conditions {
  const { status, email, accountNumber } = query;
  return {
    ...lookedInto(query.organization, reach),
    ...asked({
      status: { in: status },
      email: { equal: email && emailKey(email) },
      accountNumber: { equal: accountNumber && accountNumberKey(accountNumber) },
    }),
  };
}

/** What of a contact lies within the reach: nothing of his other organizations, but all of himself. */
function within(doc: ContactDoc, reach: Reach): ContactDoc | null {
  if (reach.kind === 'tenant') return doc;
  if (reaches(reach, { contactId: doc.id })) return withoutReason(doc);
  const organizations = doc.organizations.filter(({ id }) => organizationsOf(reach).includes(id));
  return organizations.length === 0 ? null : { ...withoutReason(doc), organizations };
}

@Controller('v1/contacts')
export class ContactController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly effective: Effective,
    private readonly notes: StandingNotes,
  ) {}

  @Get()
  @Allow('contact.read', { summary: 'List contacts', list: contactSchema })
  async list(@Query({ schema: contactsQuery }) query: z.output<typeof contactsQuery>, @Ctx() ctx: RequestContext) {
    const reach = reachOf(ctx, 'contact.read');
    const search = { all: conditionsOf(query, reach), any: searchFor('words', query.q) };
    const found = await this.reads.find(contactView, ctx, { ...search, ...paging(query, ctx) });
    const seen = found.rows.flatMap(({ doc }) => within(doc, reach) ?? []);
    const shown = await this.shown(seen, ctx);
    return listed(page(found, query, ctx, ({ key }) => shown.get(key)));
  }

  @Get(':id')
  @Allow('contact.read', {
    summary: 'Read a contact',
    description: 'Now, or with the places that he had at a past moment, and the names as of then.',
    asOf: true,
    answer: wholeContactSchema,
    refusals: missing,
  })
  async get(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: asOfQuery }) _moment: AsOfQuery,
    @Ctx() ctx: RequestContext,
  ) {
    const { found, asOf } = await this.reads.get(contactView, ctx, id);
    const seen = found && within(found.doc, reachOf(ctx, 'contact.read'));
    if (!seen) return organizationsErrors.refuse('contact.not-found');
    const shown = (await this.shown([seen], ctx)).get(id)!;
    return read({ ...shown, mapping: await mappingSummary(this.reads, ctx, id) }, asOf, seen.revision);
  }

  @Post()
  @Allow('contact.manage', {
    summary: 'Add a contact, of an organization or of none',
    description:
      'An organization’s own people add contacts of their organization only: these have its account number and company. An address that the vendor knows already is refused; the vendor adds such a person to another organization.',
    example: { name: 'Grace Hopper', email: 'grace@globex.example' },
    status: 201,
    answer: commandAnswer,
    refusals: [
      'contact-email.taken',
      'contact.organization-needed',
      'organization.not-found',
      'organization.archived',
      'organization.too-many-members',
      'access.not-effective',
    ],
  })
  async add(@Body({ schema: addBody }) { organizationId, ...body }: z.output<typeof addBody>, @Ctx() ctx: RequestContext) {
    const reach = reachOf(ctx, 'contact.manage');
    const id = deriveId(ctx.command.commandId, 'contact');
    const at = `/v1/contacts/${id}`;
    if (organizationId === null) {
      if (reach.kind !== 'tenant') organizationsErrors.refuse('contact.organization-needed');
      return created(await this.commands.send(contact, id, 'add', body, ctx), at);
    }
    if (!reaches(reach, { organizationId })) organizationsErrors.refuse('organization.not-found');
    const joins = commandItem(organization, organizationId, 'addMember', { contactId: id });
    const added = this.commands.sendTogether([commandItem(contact, id, 'add', body), joins], ctx);
    return created(
      await this.effective.once(
        ctx,
        added.then(([outcome]) => outcome),
      ),
      at,
    );
  }

  @Post(':id/rename')
  @Allow('contact.manage', { summary: 'Change the name', answer: commandAnswer, refusals: managed })
  async rename(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.rename }) body: Data<'rename'>,
    @Ctx() ctx: RequestContext,
  ) {
    await this.mustSee(id, ctx);
    return changed(await this.commands.send(contact, id, 'rename', body, ctx));
  }

  @Post(':id/set-email')
  @Allow('contact.manage', {
    stepUp: true,
    summary: 'Change the e-mail address',
    answer: commandAnswer,
    refusals: [...managed, 'contact-email.taken'],
  })
  async setEmail(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.setEmail }) body: Data<'setEmail'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.manage('setEmail', id, body, ctx));
  }

  @Post(':id/set-account')
  @Allow('contact.manage', {
    summary: 'Set or clear an account number and company of his own',
    description:
      'They count while he belongs to no organization; he keeps them beside those of organizations that he joins, until they are cleared.',
    answer: commandAnswer,
    refusals: [...managed, 'account-number.taken', 'company.not-found', 'company.closed'],
  })
  async setAccount(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.setAccount }) body: Data<'setAccount'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.manage('setAccount', id, body, ctx));
  }

  @Post(':id/suspend')
  @Allow('contact.manage', {
    summary: 'Suspend a contact',
    description: 'He cannot log in, and licenses that are his own do not validate, until he is resumed.',
    answer: commandAnswer,
    refusals: [...managed, 'role.last-administrator'],
  })
  async suspend(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.suspend }) body: Data<'suspend'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.stand('suspend', id, body, ctx));
  }

  @Post(':id/resume')
  @Allow('contact.manage', { summary: 'End a suspension', answer: commandAnswer, refusals: managed })
  async resume(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    return changed(await this.stand('resume', id, {}, ctx));
  }

  @Post(':id/archive')
  @Allow('contact.manage', {
    summary: 'Put a contact away',
    description: 'He keeps his history, memberships, address and account number. Not while he is contact of an organization.',
    answer: commandAnswer,
    refusals: [...missing, 'contact.holds-place', 'role.last-administrator'],
  })
  async archive(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: archiveBody }) { reason }: z.output<typeof archiveBody>,
    @Ctx() ctx: RequestContext,
  ) {
    await this.mustSee(id, ctx);
    requireTenant(ctx, 'contact.manage');
    const places = await heldPlaces(this.reads, await this.reads.upToDate(ctx), id);
    return changed(await this.stand('archive', id, { reason, places }, ctx));
  }

  @Post(':id/restore')
  @Allow('contact.manage', { summary: 'Take an archived contact up again', answer: commandAnswer, refusals: missing })
  async restore(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    return changed(await this.stand('restore', id, {}, ctx));
  }

  private async manage<K extends Command>(command: K, id: string, data: Data<K>, ctx: RequestContext) {
    await this.mustSee(id, ctx);
    requireTenant(ctx, 'contact.manage');
    return this.commands.send(contact, id, command, data, ctx);
  }

  /** What decides whether he can log in. */
  private async stand<K extends StandingCommand>(command: K, id: string, data: Data<K>, ctx: RequestContext) {
    await this.mustSee(id, ctx);
    requireTenant(ctx, 'contact.manage');
    const item = commandItem(contact, id, command, data);
    return this.effective.once(ctx, sendStanding(this.commands, this.notes, ctx, item));
  }

  /** @throws `contact.not-found` for one that the caller must not know of. */
  private async mustSee(id: string, ctx: RequestContext): Promise<void> {
    const reach = reachOf(ctx, 'contact.manage');
    if (reach.kind === 'tenant') return;
    const { found } = await this.reads.get(contactView, ctx, id);
    if (!found || !within(found.doc, reach)) organizationsErrors.refuse('contact.not-found');
  }

  /** The documents, already cut to the caller's reach, with names. */
  private async shown(
    docs: readonly ContactDoc[],
    ctx: RequestContext,
  ): Promise<ReadonlyMap<string, z.output<typeof contactSchema>>> {
    const companies = await documentsOf(
      this.reads,
      companyView,
      ctx,
      docs.map(({ company }) => company),
    );
    const ids = docs.flatMap(({ organizations }) => organizations.map(({ id }) => id));
    const organizations = await documentsOf(this.reads, organizationView, ctx, ids);
    const shown = docs.map((doc) => {
      const memberOf = doc.organizations.map(({ id, place, roles }) => ({ ...named(id, organizations), place, roles }));
      return [doc.id, { ...doc, company: named(doc.company, companies), organizations: memberOf }] as const;
    });
    return new Map(shown);
  }
}
