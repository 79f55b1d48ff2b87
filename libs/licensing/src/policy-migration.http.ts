// Doors to moving licenses between versions of their policy: first what it would change, then the move.
import { Body, Controller, Param, Post } from '@nestjs/common';
import { EventStore } from '#event-store/event-store.js';
import { Allow } from '#http/allow.js';
import { read } from '#http/answers.js';
import { batched, itemRefusalSchema, MOST_ITEMS, refusalOf, runItems } from '#http/batch.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { page, paging } from '#http/paging.js';
import { requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { idParam } from '#http/schemas.js';
import type { DomainError } from '#kernel/errors.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { license } from './license.js';
import { licenseErrors } from './license.errors.js';
import { licenseView, type LicenseDoc } from './license.view.js';
import {
  migrationOptionsSchema,
  migrationPreviewSchema,
  migrationTotalsSchema,
  previewMigration,
  totalsOf,
  type MigrationOptions,
} from './policy-migration.js';
import { policyErrors } from './policy.errors.js';
import { policyVersionSchema } from './policy.events.js';
import { versionParam } from './policy.http.js';
import { policyVersionKey, policyVersionView } from './policy.view.js';
import type { Terms } from './terms.js';

const licensesSchema = z
  .array(idSchema)
  .min(1)
  .max(MOST_ITEMS)
  .refine((ids) => new Set(ids).size === ids.length, 'must name each license once');

const previewBody = migrationOptionsSchema
  .extend({
    licenses: licensesSchema
      .optional()
      .meta({ description: 'These licenses; otherwise a page of those of the policy that have another version.' }),
    from: policyVersionSchema.optional().meta({ description: 'Only licenses that have this version.' }),
    limit: z.int().min(1).max(100).default(25),
    cursor: z.string().min(1).max(2000).optional(),
  })
  .refine(
    ({ licenses, from, cursor }) => licenses === undefined || (from === undefined && cursor === undefined),
    'must name `licenses`, or which page of the others is wanted, not both',
  );
const migrateBody = migrationOptionsSchema.extend({ licenses: licensesSchema });
const previewOneBody = migrationOptionsSchema.extend({ policyVersion: policyVersionSchema });

const previewItem = z.strictObject({
  licenseId: idSchema,
  preview: migrationPreviewSchema.nullable(),
  refusal: itemRefusalSchema.nullable().meta({ description: 'Why the migration would be refused.' }),
});
type PreviewItem = z.output<typeof previewItem>;
const previewsAnswer = z.strictObject({
  data: z.array(previewItem),
  page: z.strictObject({ limit: z.int(), next: z.string().nullable() }),
  totals: migrationTotalsSchema.meta({ description: 'Of this page.' }),
});

const migratedItem = z.strictObject({
  licenseId: idSchema,
  revision: z.int().nullable(),
  changed: z.boolean(),
  refusal: itemRefusalSchema.nullable(),
});
const migratedAnswer = z.strictObject({
  data: z.array(migratedItem),
  totals: z.strictObject({ migrated: z.int(), unchanged: z.int(), refused: z.int() }),
});

type Version = z.output<typeof versionParam>;

@Controller('v1')
export class PolicyMigrationController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly events: EventStore,
  ) {}

  @Post('policies/:id/versions/:version/preview-migration')
  @Allow('policy.manage', {
    summary: 'Preview moving licenses to a version of their policy',
    description: 'Changes nothing. The migration itself decides on the facts of its own moment.',
    query: true,
    answer: previewsAnswer,
    refusals: ['policy.version-not-found', 'read.bad-cursor'],
  })
  async preview(
    @Param({ schema: versionParam }) target: Version,
    @Body({ schema: previewBody }) body: z.output<typeof previewBody>,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, 'policy.manage');
    const terms = await this.termsOf(target, ctx);
    const show = (doc: LicenseDoc | null, licenseId: string) => previewOf(doc, licenseId, target, terms, body, ctx.now);
    const {
      data,
      page: at,
      asOf,
    } = body.licenses ? await this.these(body.licenses, show, ctx) : await this.others(target, body, show, ctx);
    return read({ data, page: at, totals: totalsOf(data.flatMap(({ preview }) => preview ?? [])) }, asOf);
  }

  @Post('policies/:id/versions/:version/migrate')
  @Allow('policy.manage', {
    stepUp: true,
    summary: 'Move licenses to a version of their policy',
    description: 'One append per license and a result per license; the whole can be repeated.',
    answer: migratedAnswer,
    refusals: ['policy.version-not-found'],
  })
  async migrate(
    @Param({ schema: versionParam }) target: Version,
    @Body({ schema: migrateBody }) body: z.output<typeof migrateBody>,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, 'policy.manage');
    await this.termsOf(target, ctx);
    const data = { policyVersion: target.version, recalculateExpiry: body.recalculateExpiry };
    const results = await runItems(body.licenses, ctx, (id, command) =>
      this.commands.send(license, id, 'migrate', data, ctx, { command, guard: (state) => checkPolicy(state?.facts, target.id) }),
    );
    const items = results.map(({ outcome, refusal }, index) => ({
      licenseId: body.licenses[index]!,
      revision: outcome?.revision ?? null,
      changed: (outcome?.events.length ?? 0) > 0,
      refusal: refusal && refusalOf(refusal),
    }));
    const refused = items.filter(({ refusal }) => refusal).length;
    const migrated = items.filter(({ changed }) => changed).length;
    return batched(results, { data: items, totals: { migrated, unchanged: items.length - migrated - refused, refused } });
  }

  @Post('licenses/:id/preview-migration')
  @Allow('license.manage', {
    summary: 'Preview moving a license to another version of its policy',
    description: 'Changes nothing.',
    query: true,
    answer: migrationPreviewSchema,
    refusals: ['license.not-found', 'license.archived', 'policy.version-not-found'],
  })
  async previewOne(
    @Param({ schema: idParam }) { id }: { id: string },
    @Body({ schema: previewOneBody }) body: z.output<typeof previewOneBody>,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, 'license.manage');
    const { found, asOf } = await this.reads.get(licenseView, ctx, id);
    const facts = movable(found?.doc ?? null).facts;
    const terms = await this.termsOf({ id: facts.policyId, version: body.policyVersion }, ctx);
    return read(previewMigration(facts, body.policyVersion, terms, body, ctx.now), asOf);
  }

  /** A version that was made a moment ago may not be in the view yet: only what the whole log does not know is refused. */
  private async termsOf({ id, version }: Version, ctx: RequestContext): Promise<Terms> {
    const key = policyVersionKey(id, version);
    let { found } = await this.reads.get(policyVersionView, ctx, key);
    if (!found) ({ found } = await this.reads.get(policyVersionView, { ...ctx, minPosition: await this.events.head() }, key));
    return found?.doc.terms ?? policyErrors.refuse('policy.version-not-found');
  }

  private async these(ids: readonly string[], show: (doc: LicenseDoc | null, id: string) => PreviewItem, ctx: RequestContext) {
    const { found, asOf } = await this.reads.getMany(licenseView, ctx, ids);
    const docs = new Map(found.map(({ key, doc }) => [key, doc]));
    return { data: ids.map((id) => show(docs.get(id) ?? null, id)), page: { limit: ids.length, next: null }, asOf };
  }

  private async others(
    { id, version }: Version,
    body: z.output<typeof previewBody>,
    show: (doc: LicenseDoc, id: string) => PreviewItem,
    ctx: RequestContext,
  ) {
    const { limit, cursor, from } = body;
    const query = { limit, cursor, sort: 'id', policy: id, version, from };
    const policyVersion = { notIn: [version], ...(from !== undefined && { equal: from }) };
    const all = { policyId: { equal: id }, policyVersion, archived: { equal: 0 } };
    const found = await this.reads.find(licenseView, ctx, { all, ...paging(query, ctx) });
    return page(found, query, ctx, ({ key, doc }) => show(doc, key));
  }
}

/** @throws `license.not-found`, `license.archived` */
function movable(doc: LicenseDoc | null): LicenseDoc {
  if (!doc) return licenseErrors.refuse('license.not-found');
  if (doc.facts.archivedAt !== null) licenseErrors.refuse('license.archived');
  return doc;
}

/** @throws `policy.not-of-license` */
function checkPolicy(facts: { readonly policyId: string } | undefined, policyId: string): void {
  if (facts && facts.policyId !== policyId) policyErrors.refuse('policy.not-of-license');
}

function previewOf(
  doc: LicenseDoc | null,
  licenseId: string,
  { id, version }: Version,
  terms: Terms,
  options: MigrationOptions,
  t: string,
): PreviewItem {
  try {
    const { facts } = movable(doc);
    checkPolicy(facts, id);
    return { licenseId, preview: previewMigration(facts, version, terms, options, t), refusal: null };
  } catch (error) {
    return { licenseId, preview: null, refusal: refusalOf(error as DomainError) };
  }
}
