// Doors for devices. `Authorization: License <key>`: the license is the credential's, so no id stands in a path.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Keyring } from '#event-store/keyring.js';
import { Allow } from '#http/allow.js';
import { read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer } from '#http/schemas.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import * as doors from './activation-doors.js';
import { nameBody } from './activation.http.js';
import { EXAMPLE_DEVICE, deviceBodySchema, type DeviceBody } from './devices.js';
import { activationItemSchema, deviceLicense, deviceLicenseSchema } from './license-answers.js';
import { joinedTo, visibleLicense } from './license-reads.js';
import { judge, EXAMPLE_VALIDATION, validationBody, verdictSchema } from './verdicts.js';

const activationParam = z.strictObject({ activationId: idSchema });
type ActivationId = z.output<typeof activationParam>;

@Controller('v1/license')
export class DeviceController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly keyring: Keyring,
  ) {}

  @Get()
  @Allow('license.read', {
    summary: 'Read the license of this key',
    credentials: ['license'],
    answer: deviceLicenseSchema,
    refusals: ['license.not-found'],
  })
  async get(@Ctx() ctx: RequestContext) {
    const { doc, asOf } = await visibleLicense(this.reads, ctx, 'license.read', ctx.principal.id);
    return read(deviceLicense(doc, await joinedTo(this.reads, ctx, [doc.facts]), ctx.now), asOf, doc.revision);
  }

  @Post('validate')
  @Allow('license.validate', {
    summary: 'Ask for the verdict on the license of this key',
    example: EXAMPLE_VALIDATION,
    description: 'Writes nothing. `code` names the check that decided; `checks` lists those before it.',
    credentials: ['license'],
    query: true,
    answer: verdictSchema,
    refusals: ['license.not-found'],
  })
  validate(@Body({ schema: validationBody }) body: z.output<typeof validationBody>, @Ctx() ctx: RequestContext) {
    return judge(this.reads, this.keyring, ctx.principal.id, body, ctx);
  }

  @Get('activations')
  @Allow('license.read', {
    summary: 'List the devices that hold a seat',
    credentials: ['license'],
    list: activationItemSchema,
    refusals: ['license.not-found'],
  })
  list(@Query({ schema: doors.activationsQuery }) query: z.output<typeof doors.activationsQuery>, @Ctx() ctx: RequestContext) {
    return doors.listActivations({ reads: this.reads }, 'license.read', ctx.principal.id, query, ctx);
  }

  @Get('activations/:activationId')
  @Allow('license.read', {
    summary: 'Read a device that holds a seat',
    description: 'With what can be done with it by this key now, and why not the rest.',
    credentials: ['license'],
    answer: doors.activationAnswer,
    refusals: ['license.not-found', 'activation.not-found'],
  })
  activation(@Param({ schema: activationParam }) { activationId }: ActivationId, @Ctx() ctx: RequestContext) {
    return doors.readActivation({ reads: this.reads }, ctx.principal.id, activationId, ctx);
  }

  @Post('activations')
  @Allow('activation.create', {
    summary: 'Activate this device',
    example: EXAMPLE_DEVICE,
    description:
      'The same device again is the same activation and takes no further seat. At the limit the refusal says which activations could be released.',
    credentials: ['license'],
    status: 201,
    answer: doors.activatedAnswer,
    refusals: doors.activationRefusals,
  })
  activate(@Body({ schema: deviceBodySchema }) body: DeviceBody, @Ctx() ctx: RequestContext) {
    return doors.activate(this.doors, '/v1/license', ctx.principal.id, body, ctx);
  }

  @Post('activations/:activationId/deactivate')
  @Allow('activation.delete', {
    summary: 'Release a device',
    credentials: ['license'],
    answer: doors.releasedAnswer,
    refusals: doors.releaseRefusals,
  })
  deactivate(
    @Param({ schema: activationParam }) { activationId }: ActivationId,
    @Body({ schema: z.strictObject({}) }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    return doors.deactivate(this.doors, ctx.principal.id, activationId, ctx);
  }

  @Post('activations/:activationId/replace')
  @Allow('activation.delete', {
    summary: 'Put this device in the place of another, in one step',
    description: 'Counts as one deactivation.',
    credentials: ['license'],
    answer: doors.activatedAnswer,
    refusals: doors.replaceRefusals,
  })
  replace(
    @Param({ schema: activationParam }) { activationId }: ActivationId,
    @Body({ schema: deviceBodySchema }) body: DeviceBody,
    @Ctx() ctx: RequestContext,
  ) {
    return doors.replace(this.doors, ctx.principal.id, activationId, body, ctx);
  }

  @Post('activations/:activationId/name')
  @Allow('activation.name', {
    summary: 'Name a device',
    credentials: ['license'],
    answer: commandAnswer,
    refusals: ['license.not-found', 'activation.not-found'],
  })
  name(
    @Param({ schema: activationParam }) { activationId }: ActivationId,
    @Body({ schema: nameBody }) { name }: z.output<typeof nameBody>,
    @Ctx() ctx: RequestContext,
  ) {
    return doors.nameActivation(this.doors, ctx.principal.id, activationId, name, ctx);
  }

  private get doors(): doors.Doors {
    return { commands: this.commands, reads: this.reads, keyring: this.keyring };
  }
}
