// The vendor's doors to its products. Whoever may read products sees all of them: they belong to no customer.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { changed, created, listed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { listQuery, page, paging, words } from '#http/paging.js';
import { requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commaList, commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import type { CommandData } from '#kernel/aggregate.js';
import { deriveId } from '#kernel/ids.js';
import { asked, searchFor } from '#read-models/search.js';
import { z } from 'zod';
import { productErrors } from './product.errors.js';
import { product } from './product.js';
import { productDocSchema, productView, STATUSES } from './product.view.js';

type Data<K extends keyof typeof product.commands> = CommandData<typeof product.commands, K>;

const productsQuery = listQuery({
  sort: ['name', 'code', 'addedAt'],
  defaultSort: 'name',
  filters: {
    status: commaList(z.enum(STATUSES)).optional(),
    code: z.string().max(64).optional(),
    q: words('the name or the code'),
  },
});

@Controller('v1/products')
export class ProductController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
  ) {}

  @Post()
  @Allow('product.manage', {
    summary: 'Add a product',
    example: { name: 'Editor', code: 'editor', platforms: ['linux', 'windows'] },
    status: 201,
    answer: commandAnswer,
    refusals: ['product-code.taken'],
  })
  async add(@Body({ schema: product.commands.add }) body: Data<'add'>, @Ctx() ctx: RequestContext) {
    const id = deriveId(ctx.command.commandId, 'product');
    const outcome = await this.send('add', id, body, ctx);
    return created(outcome, `/v1/products/${id}`);
  }

  @Post(':id/change')
  @Allow('product.manage', {
    summary: 'Change name, description or platforms',
    answer: commandAnswer,
    refusals: ['product.not-found'],
  })
  async change(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: product.commands.change }) body: Data<'change'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.send('change', id, body, ctx));
  }

  @Post(':id/retire')
  @Allow('product.manage', {
    summary: 'Retire a product',
    description: 'Nothing new is issued for it, by any of its policies; licenses that exist stay as they are.',
    answer: commandAnswer,
    refusals: ['product.not-found'],
  })
  async retire(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: product.commands.retire }) body: Data<'retire'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.send('retire', id, body, ctx));
  }

  @Post(':id/reinstate')
  @Allow('product.manage', { summary: 'Take a retired product up again', answer: commandAnswer, refusals: ['product.not-found'] })
  async reinstate(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    return changed(await this.send('reinstate', id, {}, ctx));
  }

  @Get()
  @Allow('product.read', { summary: 'List products', list: productDocSchema })
  async list(@Query({ schema: productsQuery }) query: z.output<typeof productsQuery>, @Ctx() ctx: RequestContext) {
    const { status, code, q } = query;
    const all = asked({ status: { in: status }, code: { equal: code } });
    const found = await this.reads.find(productView, ctx, { all, any: searchFor('words', q), ...paging(query, ctx) });
    return listed(page(found, query, ctx, (row) => row.doc));
  }

  @Get(':id')
  @Allow('product.read', { summary: 'Read a product', answer: productDocSchema, refusals: ['product.not-found'] })
  async get(@Param({ schema: idParam }) { id }: Id, @Ctx() ctx: RequestContext) {
    const { found, asOf } = await this.reads.get(productView, ctx, id);
    if (!found) return productErrors.refuse('product.not-found');
    return read(found.doc, asOf, found.doc.revision);
  }

  private send<K extends keyof typeof product.commands>(command: K, id: string, data: Data<K>, ctx: RequestContext) {
    requireTenant(ctx, 'product.manage');
    return this.commands.send(product, id, command, data, ctx);
  }
}
