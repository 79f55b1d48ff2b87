// Doors to histories: who, when, what changed from what to what, and why.
import { Controller, Get, Param, Query } from '@nestjs/common';
import { Allow, type AllowOptions } from '#http/allow.js';
import { listed } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { idParam, type Id } from '#http/schemas.js';
import { historyEntrySchema } from './history-entry.js';
import { historyPage, historyQuery, type HistoryQuery } from './history-page.js';
import { History, type Subject } from './history.js';

const options = (of: string, more: string): AllowOptions => ({
  summary: `Read the history of ${of}`,
  description: `Newest first, or oldest first with \`sort=at\`. ${more}`,
  list: historyEntrySchema,
  refusals: ['history.not-found', 'auth.forbidden'],
});

@Controller('v1')
export class HistoryController {
  constructor(
    private readonly history: History,
    private readonly reads: Reads,
  ) {}

  private page(subject: Subject, id: string, query: HistoryQuery, ctx: RequestContext) {
    return historyPage({ history: this.history, reads: this.reads }, subject, id, query, ctx);
  }

  @Get('licenses/:id/history')
  @Allow(
    'history.read',
    options(
      'a license',
      'Wants `license.read` too. Who may read the history of his organization sees what was since the license came to it, without reasons; a person with no more than his own sees what he did himself.',
    ),
  )
  async license(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: historyQuery }) query: HistoryQuery,
    @Ctx() ctx: RequestContext,
  ) {
    return listed(await this.page('license', id, query, ctx));
  }

  @Get('policies/:id/history')
  @Allow('history.read', options('a policy', 'Wants `policy.read` too; not for customers.'))
  async policy(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: historyQuery }) query: HistoryQuery,
    @Ctx() ctx: RequestContext,
  ) {
    return listed(await this.page('policy', id, query, ctx));
  }

  @Get('organizations/:id/history')
  @Allow(
    'history.read',
    options(
      'an organization',
      'Wants `organization.read` too. A customer sees his own, without reasons, or no more of it than what he did himself.',
    ),
  )
  async organization(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: historyQuery }) query: HistoryQuery,
    @Ctx() ctx: RequestContext,
  ) {
    return listed(await this.page('organization', id, query, ctx));
  }

  @Get('contacts/:id/history')
  @Allow(
    'history.read',
    options('a contact', 'Wants `contact.read` too; not for customers. Memberships stand in the histories of organizations.'),
  )
  async contact(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: historyQuery }) query: HistoryQuery,
    @Ctx() ctx: RequestContext,
  ) {
    return listed(await this.page('contact', id, query, ctx));
  }

  @Get('license/history')
  @Allow('license.read', {
    summary: 'Read what was done with this key',
    description: 'Newest first, or oldest first with `sort=at`. Only what devices did by this license key.',
    credentials: ['license'],
    list: historyEntrySchema,
  })
  async own(@Query({ schema: historyQuery }) query: HistoryQuery, @Ctx() ctx: RequestContext) {
    return listed(await this.page('license', ctx.principal.id, query, ctx));
  }
}
