// Doors to licenses: list, read, look up by key, and issue.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Executor } from '#event-store/execute.js';
import { Keyring } from '#event-store/keyring.js';
import { Allow } from '#http/allow.js';
import { asOfQuery, type AsOfQuery } from '#http/as-of.js';
import { listedTexts, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { instantOf, page } from '#http/paging.js';
import { requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { idParam, type Id } from '#http/schemas.js';
import { z } from 'zod';
import { activationView, liveConditions } from './activation.view.js';
import { accessTo, namesOfAccess } from './license-access.js';
import { licenseAllowed } from './license-allowed.js';
import { licenseDetail, licenseDetailSchema, licenseItemSchema } from './license-answers.js';
import { issueAll, issuedAnswer, issueRequest } from './license-issue.js';
import { normalizeKey } from './license-key.js';
import { findLicenses, licensesQuery } from './license-list.js';
import { licenseTexts } from './license-page.js';
import { joinedTo, visibleLicense, withinLicense } from './license-reads.js';
import { licenseErrors } from './license.errors.js';
import { licenseView } from './license.view.js';

/** With the license itself; the rest is a list of its own. */
const DEVICES_SHOWN = 25;

const lookupBody = z.strictObject({ key: z.string().min(1).max(300) });

@Controller('v1/licenses')
export class LicenseController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly keyring: Keyring,
    private readonly executor: Executor,
  ) {}

  @Post()
  @Allow('license.issue', {
    summary: 'Issue one license, or up to 1,000 alike',
    description:
      'Each has its own result and its own key, which is shown in full here. The same `Idempotency-Key` again answers the same and issues what is missing.',
    example: { policyId: '01j8x0e4w6h8f0s2v3z5b7n9m1', organizationId: '01j8x0d7f2h4n6q8s0w1z3b5c7', quantity: 1 },
    status: 201,
    answer: issuedAnswer,
    refusals: [
      ...['policy.not-found', 'policy.version-not-found', 'policy.retired', 'product.retired', 'license.owner-needed'],
      ...['license.unknown-organization', 'license.organization-archived', 'license.unknown-contact', 'license.contact-archived'],
      ...['license.contact-not-member', 'license.ends-before-start', 'license.policy-changed'],
    ],
  })
  issue(@Body({ schema: issueRequest }) body: z.output<typeof issueRequest>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'license.issue');
    return issueAll({ commands: this.commands, keyring: this.keyring, executor: this.executor }, body, ctx);
  }

  @Get()
  @Allow('license.read', {
    summary: 'List licenses',
    description:
      'Archived ones only where `status` asks for them. Of one organization, also as of a past moment: `organizationId` names it, unless the credential is bound to it.',
    asOf: true,
    list: licenseItemSchema,
    refusals: ['as-of.organization-needed', 'license.search-too-wide'],
  })
  async list(@Query({ schema: licensesQuery }) query: z.output<typeof licensesQuery>, @Ctx() ctx: RequestContext) {
    const t = instantOf(query, ctx);
    const found = await findLicenses(this.reads, query, ctx, t);
    const texts = await licenseTexts(this.reads, ctx, found.rows, t);
    return listedTexts(page(found, query, ctx, ({ key }) => texts.get(key)!));
  }

  @Post('lookup')
  @Allow('license.read', {
    summary: 'Find a license by its key',
    query: true,
    answer: licenseDetailSchema,
    refusals: ['license.not-found', 'license-key.malformed'],
  })
  async lookup(@Body({ schema: lookupBody }) { key }: z.output<typeof lookupBody>, @Ctx() ctx: RequestContext) {
    const normal = normalizeKey(key) ?? licenseErrors.refuse('license-key.malformed');
    const keyHash = await this.keyring.hash(ctx.tenant, 'license-key', normal);
    const { rows } = await this.reads.find(licenseView, ctx, { all: { keyHash: { equal: keyHash } }, limit: 1 });
    const [row] = rows;
    return row ? this.detail(row.key, ctx) : licenseErrors.refuse('license.not-found');
  }

  @Get(':id')
  @Allow('license.read', {
    summary: 'Read a license',
    description: 'Now, or as it was at a past moment, with the names as of then.',
    asOf: true,
    answer: licenseDetailSchema,
    refusals: ['license.not-found'],
  })
  get(@Param({ schema: idParam }) { id }: Id, @Query({ schema: asOfQuery }) _moment: AsOfQuery, @Ctx() ctx: RequestContext) {
    return this.detail(id, ctx);
  }

  private async detail(id: string, ctx: RequestContext) {
    const { doc, asOf } = await visibleLicense(this.reads, ctx, 'license.read', id);
    const newest = { sort: [{ index: 'activatedAt', descending: true }], limit: DEVICES_SHOWN };
    const [joined, devices] = await Promise.all([
      joinedTo(this.reads, ctx, [doc.facts], namesOfAccess(ctx.principal)),
      this.reads.find(activationView, withinLicense(ctx, id), { all: liveConditions(doc, ctx.now), ...newest }),
    ]);
    const detail = licenseDetail(
      doc,
      joined,
      devices.rows.map((row) => row.doc),
      ctx.now,
    );
    const access = accessTo(doc, joined.owners, ctx.principal);
    const allowed = licenseAllowed({ license: doc, owners: joined.owners }, ctx);
    return read({ ...detail, access, allowed }, asOf, doc.revision);
  }
}
