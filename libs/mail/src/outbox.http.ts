// Doors to the outbox: what was written to whom, what became of it, and another try. The vendor's staff only.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { EventStore } from '#event-store/event-store.js';
import { Allow } from '#http/allow.js';
import { Answer, listed, read } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { listQuery, page, paging } from '#http/paging.js';
import { requireTenant } from '#http/reach.js';
import type { RequestContext } from '#http/request-context.js';
import { commaList, idParam, noBody, type Id } from '#http/schemas.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { mailErrors } from './mail.errors.js';
import { Mailer } from './mailer.js';
import { Outbox, type OpenedMail } from './outbox.js';
import { MAIL_STATES, type OutboxMail } from './outbox-mail.js';

const mailSchema = z.strictObject({
  id: idSchema,
  state: z.enum(MAIL_STATES),
  template: z.string(),
  to: z.strictObject({ contactId: idSchema, address: z.string().nullable(), name: z.string().nullable() }),
  subject: z.string().nullable(),
  queuedAt: instantSchema,
  changedAt: instantSchema,
  until: instantSchema.nullable().meta({ description: 'From then on it is not sent any more.' }),
  attempts: z.int(),
  nextAttemptAt: instantSchema.nullable(),
  sentAt: instantSchema.nullable(),
  by: z
    .enum(['smtp', 'log'])
    .nullable()
    .meta({ description: '`log`: no SMTP server was configured; the mail went nowhere but here.' }),
  messageId: z.string().nullable(),
  error: z.string().nullable().meta({ description: 'Why the last try failed.' }),
});

const wholeMailSchema = mailSchema.extend({
  text: z
    .string()
    .nullable()
    .meta({ description: 'Codes and links that open something are hidden, unless no SMTP server is configured.' }),
});

const mailsQuery = listQuery({
  sort: ['queuedAt'],
  defaultSort: '-queuedAt',
  filters: {
    state: commaList(z.enum(MAIL_STATES)).optional(),
    contactId: idSchema.optional(),
    template: z.string().max(100).optional(),
  },
});

function shown({ mail, content }: OpenedMail): z.output<typeof mailSchema> {
  const { triedFrom: _, sealed: __, about: ___, contactId, ...open } = mail;
  const to = { contactId, address: content?.to.address ?? null, name: content?.to.name ?? null };
  return { ...open, to, subject: content?.subject ?? null };
}

@Controller('v1/outbox')
export class OutboxController {
  constructor(
    private readonly outbox: Outbox,
    private readonly mailer: Mailer,
    private readonly log: EventStore,
  ) {}

  @Get()
  @Allow('outbox.read', { summary: 'List the mails of the last 90 days', list: mailSchema })
  async list(@Query({ schema: mailsQuery }) query: z.output<typeof mailsQuery>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'outbox.read');
    const { state, contactId, template, limit } = query;
    const wanted = (mail: OutboxMail) =>
      (state?.includes(mail.state) ?? true) &&
      mail.contactId === (contactId ?? mail.contactId) &&
      mail.template === (template ?? mail.template);
    const after = paging(query, ctx).after?.key;
    const found = await this.outbox.list(ctx.tenant, ctx.now, {
      wanted,
      after,
      newestFirst: query.sort === '-queuedAt',
      limit: limit + 1,
    });
    const rows = found.slice(0, limit).map((doc) => ({ key: doc.id, doc, values: [] }));
    const opened = new Map<string, OpenedMail>();
    for (const { key, doc } of rows) opened.set(key, await this.outbox.opened(ctx.tenant, doc));
    const all = { rows, more: found.length > limit, asOf: await this.log.head() };
    return listed(page(all, query, ctx, ({ key }) => shown(opened.get(key)!)));
  }

  @Get(':id')
  @Allow('outbox.read', { summary: 'Read a mail', answer: wholeMailSchema, refusals: ['mail.not-found'] })
  async get(@Param({ schema: idParam }) { id }: Id, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'outbox.read');
    const found = (await this.outbox.get(ctx.tenant, id, ctx.now)) ?? mailErrors.refuse('mail.not-found');
    return read(this.whole(found), await this.log.head());
  }

  @Post(':id/retry')
  @Allow('outbox.read', {
    summary: 'Try a mail again',
    description: 'One that was parked or refused is queued again, for another day of tries.',
    answer: wholeMailSchema,
    refusals: Object.keys(mailErrors.table).filter((code) => code !== 'mail.header-unsafe'),
  })
  async retry(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'outbox.read');
    const mail = await this.outbox.retry(ctx.tenant, id, ctx.now);
    const body = this.whole(await this.outbox.opened(ctx.tenant, mail));
    return new Answer({ body, position: await this.log.head(), changed: false });
  }

  private whole({ mail, content }: OpenedMail): z.output<typeof wholeMailSchema> {
    const text = this.mailer.by === 'log' ? (content?.letter?.text ?? content?.hidden) : content?.hidden;
    return { ...shown({ mail, content }), text: text ?? null };
  }
}
