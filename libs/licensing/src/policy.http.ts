// The vendor's doors to its policies and their versions.
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
import { deriveId, idSchema } from '#kernel/ids.js';
import { asked, searchFor } from '#read-models/search.js';
import { z } from 'zod';
import { policyErrors } from './policy.errors.js';
import { policyVersionSchema } from './policy.events.js';
import { newestVersion, policy } from './policy.js';
import { policyDocSchema, policyVersionDocSchema, policyVersionKey, policyVersionView, policyView } from './policy.view.js';
import { productView, STATUSES } from './product.view.js';
import { termDifferenceSchema } from './terms-change.js';

type Data<K extends keyof typeof policy.commands> = CommandData<typeof policy.commands, K>;

const policiesQuery = listQuery({
  sort: ['name', 'code', 'addedAt'],
  defaultSort: 'name',
  filters: {
    status: commaList(z.enum(STATUSES)).optional(),
    productId: commaList(idSchema).optional(),
    code: z.string().max(64).optional(),
    q: words('the name or the code'),
  },
});

const versionsQuery = listQuery({ sort: ['version'], defaultSort: '-version', filters: {} });

/** Of `/v1/policies/:id/versions/:version`. */
export const versionParam = z.strictObject({ id: idSchema, version: z.coerce.number().pipe(policyVersionSchema) });

const revisedAnswer = commandAnswer.extend({
  version: policyVersionSchema.meta({ description: 'The newest version; the same as before where nothing was changed.' }),
  changes: z.array(termDifferenceSchema),
});
const policyItem = policyDocSchema.extend({ productName: z.string().nullable() });

@Controller('v1/policies')
export class PolicyController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
  ) {}

  @Post()
  @Allow('policy.manage', {
    summary: 'Add a policy to a product',
    example: {
      productId: '01j8x0c3v5g7e9r1t2y4z6m8k0',
      name: 'Standard',
      code: 'standard',
      terms: { activations: 3, duration: 'P1Y', entitlements: { export: true } },
    },
    status: 201,
    answer: commandAnswer,
    refusals: ['product.not-found', 'product.retired', 'policy-code.taken', 'policy.terms-do-not-fit'],
  })
  async add(@Body({ schema: policy.commands.add }) body: Data<'add'>, @Ctx() ctx: RequestContext) {
    const id = deriveId(ctx.command.commandId, 'policy');
    const outcome = await this.send('add', id, body, ctx);
    return created(outcome, `/v1/policies/${id}`);
  }

  @Post(':id/revise')
  @Allow('policy.manage', {
    summary: 'Make a new version with other terms',
    description:
      'Terms that are left out stay. Licenses that exist keep the version that they have; migrating them is a command of its own.',
    answer: revisedAnswer,
    refusals: ['policy.not-found', 'policy.terms-do-not-fit'],
  })
  async revise(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: policy.commands.revise }) body: Data<'revise'>,
    @Ctx() ctx: RequestContext,
  ) {
    const outcome = await this.send('revise', id, body, ctx);
    const revised = outcome.events.find(({ type }) => type === 'PolicyRevised')?.data as
      z.output<typeof policy.events.PolicyRevised.data> | undefined;
    return changed(outcome, {
      id,
      revision: outcome.revision,
      version: newestVersion(outcome.state!),
      changes: revised?.changes ?? [],
    });
  }

  @Post(':id/rename')
  @Allow('policy.manage', { summary: 'Rename a policy', answer: commandAnswer, refusals: ['policy.not-found'] })
  async rename(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: policy.commands.rename }) body: Data<'rename'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.send('rename', id, body, ctx));
  }

  @Post(':id/retire')
  @Allow('policy.manage', {
    summary: 'Retire a policy',
    description: 'No license is issued under it any more; those that exist stay as they are.',
    answer: commandAnswer,
    refusals: ['policy.not-found'],
  })
  async retire(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: policy.commands.retire }) body: Data<'retire'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.send('retire', id, body, ctx));
  }

  @Post(':id/reinstate')
  @Allow('policy.manage', { summary: 'Take a retired policy up again', answer: commandAnswer, refusals: ['policy.not-found'] })
  async reinstate(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    return changed(await this.send('reinstate', id, {}, ctx));
  }

  @Get()
  @Allow('policy.read', { summary: 'List policies', list: policyItem })
  async list(@Query({ schema: policiesQuery }) query: z.output<typeof policiesQuery>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'policy.read');
    const { status, productId, code, q } = query;
    const all = asked({ status: { in: status }, productId: { in: productId }, code: { equal: code } });
    const found = await this.reads.find(policyView, ctx, { all, any: searchFor('words', q), ...paging(query, ctx) });
    const names = await this.productNames(
      found.rows.map((row) => row.doc.productId),
      ctx,
    );
    return listed(page(found, query, ctx, ({ doc }) => ({ ...doc, productName: names.get(doc.productId) ?? null })));
  }

  @Get(':id')
  @Allow('policy.read', {
    summary: 'Read a policy with the terms of its newest version',
    answer: policyItem,
    refusals: ['policy.not-found'],
  })
  async get(@Param({ schema: idParam }) { id }: Id, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'policy.read');
    const { found, asOf } = await this.reads.get(policyView, ctx, id);
    if (!found) return policyErrors.refuse('policy.not-found');
    const names = await this.productNames([found.doc.productId], ctx);
    return read({ ...found.doc, productName: names.get(found.doc.productId) ?? null }, asOf, found.doc.revision);
  }

  @Get(':id/versions')
  @Allow('policy.read', {
    summary: 'List the versions of a policy',
    list: policyVersionDocSchema,
    refusals: ['policy.not-found'],
  })
  async versions(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: versionsQuery }) query: z.output<typeof versionsQuery>,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, 'policy.read');
    const found = await this.reads.find(policyVersionView, ctx, { all: { policyId: { equal: id } }, ...paging(query, ctx) });
    if (found.rows.length === 0 && query.cursor === undefined) policyErrors.refuse('policy.not-found');
    return listed(page(found, query, ctx, (row) => row.doc));
  }

  @Get(':id/versions/:version')
  @Allow('policy.read', {
    summary: 'Read a version of a policy',
    answer: policyVersionDocSchema,
    refusals: ['policy.version-not-found'],
  })
  async version(@Param({ schema: versionParam }) { id, version }: z.output<typeof versionParam>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'policy.read');
    const { found, asOf } = await this.reads.get(policyVersionView, ctx, policyVersionKey(id, version));
    if (!found) return policyErrors.refuse('policy.version-not-found');
    return read(found.doc, asOf);
  }

  private async productNames(ids: readonly string[], ctx: RequestContext): Promise<Map<string, string>> {
    const { found } = await this.reads.getMany(productView, ctx, [...new Set(ids)]);
    return new Map(found.map(({ key, doc }) => [key, doc.name]));
  }

  private send<K extends keyof typeof policy.commands>(command: K, id: string, data: Data<K>, ctx: RequestContext) {
    requireTenant(ctx, 'policy.manage');
    return this.commands.send(policy, id, command, data, ctx);
  }
}
