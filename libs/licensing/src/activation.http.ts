// Devices of a license, for people and programs with a token. Those with a license key: `device-api.http.ts`.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Keyring } from '#event-store/keyring.js';
import { Allow } from '#http/allow.js';
import { changed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, type Id } from '#http/schemas.js';
import { instantInputSchema, nameSchema, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import * as doors from './activation-doors.js';
import {
  EXAMPLE_DEVICE,
  deviceBodySchema,
  deviceReferenceSchema,
  hashFingerprint,
  rawFingerprintSchema,
  type DeviceBody,
} from './devices.js';
import { VENDOR_COMMANDS } from './license-allowed.js';
import { activationItemSchema } from './license-answers.js';
import { findLicenses, licensesQuery } from './license-list.js';
import { license } from './license.js';

type ActivationId = z.output<typeof doors.activationParam>;

export const nameBody = z.strictObject({ name: nameSchema.nullable() });
const referenceBody = z.strictObject(deviceReferenceSchema);
const onlyOne = ({ fingerprint, device }: z.output<typeof referenceBody>) =>
  (fingerprint === undefined) !== (device === undefined);
const ONE = 'must name the device by its fingerprint or by its keyed hash, one of both';
const blockBody = referenceBody
  .extend({ reason: textSchema.nullable().default(null), until: instantInputSchema.nullable().default(null) })
  .refine(onlyOne, ONE);
const unblockBody = referenceBody.refine(onlyOne, ONE);

@Controller('v1/licenses/:id')
export class ActivationController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly keyring: Keyring,
  ) {}

  @Get('activations')
  @Allow('license.read', {
    summary: 'List the devices that hold a seat',
    description: 'Now, or of those that held one at a past moment.',
    asOf: true,
    list: activationItemSchema,
    refusals: ['license.not-found'],
  })
  list(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: doors.activationsThenQuery }) query: z.output<typeof doors.activationsThenQuery>,
    @Ctx() ctx: RequestContext,
  ) {
    return doors.listActivations({ reads: this.reads }, 'license.read', id, query, ctx);
  }

  @Get('activations/:activationId')
  @Allow('license.read', {
    summary: 'Read a device that holds a seat',
    description: 'With what the caller may do with it now, and why not the rest.',
    answer: doors.activationAnswer,
    refusals: ['license.not-found', 'activation.not-found'],
  })
  get(@Param({ schema: doors.activationParam }) { id, activationId }: ActivationId, @Ctx() ctx: RequestContext) {
    return doors.readActivation({ reads: this.reads }, id, activationId, ctx);
  }

  @Post('activations')
  @Allow('activation.create', {
    summary: 'Activate a device',
    example: EXAMPLE_DEVICE,
    description:
      'The same device again is the same activation and takes no further seat. At the limit the refusal says which activations could be released.',
    status: 201,
    answer: doors.activatedAnswer,
    refusals: doors.activationRefusals,
  })
  activate(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: deviceBodySchema }) body: DeviceBody,
    @Ctx() ctx: RequestContext,
  ) {
    return doors.activate(this.doors, `/v1/licenses/${id}`, id, body, ctx);
  }

  @Post('activations/:activationId/deactivate')
  @Allow('activation.delete', { summary: 'Release a device', answer: doors.releasedAnswer, refusals: doors.releaseRefusals })
  deactivate(
    @Param({ schema: doors.activationParam }) { id, activationId }: ActivationId,
    @Body({ schema: z.strictObject({}) }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    return doors.deactivate(this.doors, id, activationId, ctx);
  }

  @Post('activations/:activationId/replace')
  @Allow('activation.delete', {
    summary: 'Put one device in the place of another, in one step',
    description: 'Counts as one deactivation.',
    answer: doors.activatedAnswer,
    refusals: doors.replaceRefusals,
  })
  replace(
    @Param({ schema: doors.activationParam }) { id, activationId }: ActivationId,
    @Body({ schema: deviceBodySchema }) body: DeviceBody,
    @Ctx() ctx: RequestContext,
  ) {
    return doors.replace(this.doors, id, activationId, body, ctx);
  }

  @Post('activations/:activationId/name')
  @Allow('activation.name', {
    summary: 'Name a device',
    answer: commandAnswer,
    refusals: ['license.not-found', 'activation.not-found', 'activation.not-own'],
  })
  name(
    @Param({ schema: doors.activationParam }) { id, activationId }: ActivationId,
    @Body({ schema: nameBody }) { name }: z.output<typeof nameBody>,
    @Ctx() ctx: RequestContext,
  ) {
    return doors.nameActivation(this.doors, id, activationId, name, ctx);
  }

  @Post('block-device')
  @Allow(VENDOR_COMMANDS.blockDevice, {
    summary: 'Keep a device from this license, for a time or until the block is lifted',
    answer: commandAnswer,
    refusals: ['license.not-found', 'license.archived', 'license.in-the-past', 'device.too-many-blocked'],
  })
  async blockDevice(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: blockBody }) { reason, until, ...device }: z.output<typeof blockBody>,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, VENDOR_COMMANDS.blockDevice);
    const fingerprint = await this.fingerprintOf(device, ctx);
    return changed(await this.commands.send(license, id, 'blockDevice', { fingerprint, reason, until }, ctx));
  }

  @Post('unblock-device')
  @Allow(VENDOR_COMMANDS.unblockDevice, {
    summary: 'Let a blocked device use the license again',
    answer: commandAnswer,
    refusals: ['license.not-found', 'license.archived', 'device.blocked-everywhere'],
  })
  async unblockDevice(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: unblockBody }) body: z.output<typeof unblockBody>,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, VENDOR_COMMANDS.unblockDevice);
    return changed(
      await this.commands.send(license, id, 'unblockDevice', { fingerprint: await this.fingerprintOf(body, ctx) }, ctx),
    );
  }

  private get doors(): doors.Doors {
    return { commands: this.commands, reads: this.reads, keyring: this.keyring };
  }

  private fingerprintOf({ fingerprint, device }: z.output<typeof referenceBody>, ctx: RequestContext): Promise<string> {
    return fingerprint === undefined ? Promise.resolve(device!) : hashFingerprint(this.keyring, ctx.tenant, fingerprint);
  }
}

const lookupBody = z.strictObject({ fingerprint: rawFingerprintSchema });
const foundDevice = z.strictObject({
  device: z.string(),
  licenseIds: z.array(idSchema).meta({ description: 'Licenses of which the device holds a seat; at most 100.' }),
});

@Controller('v1/devices')
export class DeviceLookupController {
  constructor(
    private readonly reads: Reads,
    private readonly keyring: Keyring,
  ) {}

  @Post('lookup')
  @Allow('license.read', {
    summary: 'Find a device by its fingerprint',
    description: 'Answers the keyed hash that stands for it elsewhere, and the licenses of which it holds a seat.',
    query: true,
    answer: foundDevice,
    refusals: ['license.search-too-wide'],
  })
  async lookup(@Body({ schema: lookupBody }) { fingerprint }: z.output<typeof lookupBody>, @Ctx() ctx: RequestContext) {
    const device = await hashFingerprint(this.keyring, ctx.tenant, fingerprint);
    const { rows, asOf } = await findLicenses(this.reads, licensesQuery.parse({ device, limit: 100 }), ctx, ctx.now);
    return read({ device, licenseIds: rows.map(({ key }) => key) }, asOf);
  }
}
