// The vendor's doors to blocking a device on all of its licenses.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Keyring } from '#event-store/keyring.js';
import { Allow } from '#http/allow.js';
import { changed, created, listed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { instantOf, listQuery, page, paging } from '#http/paging.js';
import { requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { noBody, queryBoolean, revisionSchema } from '#http/schemas.js';
import type { Conditions } from '#read-models/read-store.js';
import { z } from 'zod';
import { fingerprintSchema } from './activation.events.js';
import { deviceBlockErrors } from './device-block.errors.js';
import { deviceBlock } from './device-block.js';
import { deviceBlockDocSchema, deviceBlockView } from './device-block.view.js';
import { deviceReferenceSchema, hashFingerprint } from './devices.js';

const EVENTUAL =
  'The device gets no new seat from now on; the licenses of which it has one follow one after the other, as a rule within seconds.';

const blockBody = deviceBlock.commands.block
  .extend(deviceReferenceSchema)
  .refine(
    ({ fingerprint, device }) => (fingerprint === undefined) !== (device === undefined),
    'must name the device by its fingerprint or by its keyed hash, one of both',
  );
const deviceParam = z.strictObject({ device: fingerprintSchema });
const blockAnswer = z.strictObject({ device: fingerprintSchema, revision: revisionSchema });

const blocksQuery = listQuery({
  sort: ['blockedAt'],
  defaultSort: '-blockedAt',
  filters: {
    inForce: queryBoolean.optional().meta({ description: 'Only blocks that are in force, or only those that have run out.' }),
  },
});

@Controller('v1/device-blocks')
export class DeviceBlockController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly keyring: Keyring,
  ) {}

  @Post()
  @Allow('device.block', {
    summary: 'Block a device on all licenses',
    description: EVENTUAL,
    status: 201,
    answer: blockAnswer,
    refusals: ['device-block.in-the-past'],
  })
  async block(@Body({ schema: blockBody }) body: z.output<typeof blockBody>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'device.block');
    const { fingerprint, device: named, ...data } = body;
    const device = named ?? (await hashFingerprint(this.keyring, ctx.tenant, fingerprint!));
    const outcome = await this.commands.send(deviceBlock, device, 'block', data, ctx);
    return created(outcome, `/v1/device-blocks/${device}`, { device, revision: outcome.revision });
  }

  @Post(':device/lift')
  @Allow('device.block', {
    summary: 'Lift the block of a device on all licenses',
    description:
      'The licenses follow one after the other. A block that was set on a license by itself, and lasts as long, stays.',
    answer: blockAnswer,
    refusals: ['device-block.not-found'],
  })
  async lift(
    @Param({ schema: deviceParam }) { device }: { device: string },
    @Body({ schema: noBody }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, 'device.block');
    const outcome = await this.commands.send(deviceBlock, device, 'lift', {}, ctx);
    return changed(outcome, { device, revision: outcome.revision });
  }

  @Get()
  @Allow('device.block', { summary: 'List devices that are blocked on all licenses', list: deviceBlockDocSchema })
  async list(@Query({ schema: blocksQuery }) query: z.output<typeof blocksQuery>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'device.block');
    const t = instantOf(query, ctx);
    const any = query.inForce === undefined ? [] : [query.inForce ? inForceAt(t) : hasRunOutAt(t)];
    const found = await this.reads.find(deviceBlockView, ctx, { any, ...paging(query, ctx) });
    return listed(page(found, query, ctx, (row) => row.doc));
  }

  @Get(':device')
  @Allow('device.block', {
    summary: 'Read the block of a device',
    answer: deviceBlockDocSchema,
    refusals: ['device-block.not-found'],
  })
  async get(@Param({ schema: deviceParam }) { device }: { device: string }, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'device.block');
    const { found, asOf } = await this.reads.get(deviceBlockView, ctx, device);
    if (!found) return deviceBlockErrors.refuse('device-block.not-found');
    return read(found.doc, asOf, found.doc.revision);
  }
}

/** As `isBlockInForce` says. Instants are texts of one length: the first text after `t` lies before the next millisecond. */
function inForceAt(t: string): Conditions[] {
  return [{ until: { equal: null } }, { until: { from: `${t}~` } }];
}

function hasRunOutAt(t: string): Conditions[] {
  return [{ until: { to: `${t}~` } }];
}
