// A small context to try the room on: lamps of a vendor, some of them in organizations.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { START } from '#event-store/event-store.js';
import { aggregateOf } from '#kernel/aggregate.js';
import { defineErrors } from '#kernel/errors.js';
import { defineEvents, event } from '#kernel/events.js';
import { deriveId, idSchema } from '#kernel/ids.js';
import type { JsonObject } from '#kernel/json.js';
import { viewOf } from '#read-models/view.js';
import { Allow, Authenticated, Public } from '../allow.js';
import { changed, created, listed, read, withCookie } from '../answers.js';
import { Commands } from '../commands.js';
import { Ctx } from '../ctx.js';
import { instantOf, listQuery, page, paging } from '../paging.js';
import { reaches, reachOf } from '../reach.js';
import { Reads } from '../reads.js';
import type { RequestContext } from '../request-context.js';
import { endedCookie, sessionCookie } from '../session-cookie.js';
import { commandAnswer, commaList, idParam, noBody, queryBoolean } from '../schemas.js';

export const lampErrors = defineErrors({
  'lamp.not-found': { kind: 'missing', title: 'There is no such lamp.' },
  'lamp.broken': { kind: 'conflict', title: 'The lamp is broken.' },
});

export const lampEvents = defineEvents({
  LampHung: event({
    schema: 1,
    about: 'A lamp was hung.',
    data: z.strictObject({ name: z.string(), organization: z.string().nullable() }),
  }),
  LampLit: event({ schema: 1, about: 'A lamp was lit.', data: z.strictObject({ watts: z.int() }) }),
  LampBroke: event({ schema: 1, about: 'A lamp broke.', data: z.strictObject({}) }),
});

interface Lamp {
  readonly organization: string | null;
  readonly watts: number;
  readonly broken: boolean;
}

export const lamp = aggregateOf<Lamp | null>()({
  name: 'lamp',
  events: lampEvents,
  initial: null,
  commands: {
    hang: z.strictObject({ name: z.string().min(1).max(50), organization: idSchema.nullable().default(null) }),
    light: z.strictObject({ watts: z.int().min(1).max(100) }),
    smash: z.strictObject({}),
  },
  decide: {
    hang: (command) => ({ type: 'LampHung', data: command }),
    light: ({ watts }, state) => {
      if (!state) return lampErrors.refuse('lamp.not-found');
      if (state.broken) lampErrors.refuse('lamp.broken', undefined, { allowed: 0, status: 'broken' });
      return state.watts === watts ? [] : { type: 'LampLit', data: { watts } };
    },
    smash: () => ({ type: 'LampBroke', data: {} }),
  },
  evolve: {
    LampHung: (_, { organization }) => ({ organization, watts: 0, broken: false }),
    LampLit: (state, { watts }) => ({ ...state!, watts }),
    LampBroke: (state) => ({ ...state!, broken: true }),
  },
});

export interface LampDoc extends JsonObject {
  readonly id: string;
  readonly name: string;
  readonly organization: string | null;
  readonly watts: number;
  /** Not for callers: the answer's schema does not name it. */
  readonly secretNote: string;
}

export const lampView = viewOf<LampDoc>()(lampEvents, {
  name: 'lamps',
  version: 1,
  about: 'Lamps.',
  indexes: {
    name: { one: (doc) => doc.name },
    watts: { one: (doc) => doc.watts },
    organization: { one: (doc) => doc.organization },
  },
  lists: [['name'], ['watts']],
  categories: ['lamp'],
  on: {
    LampHung: { evolve: (_, { id, data }) => ({ id, ...data, watts: 0, secretNote: 'not for callers' }) },
    LampLit: { evolve: (doc, { data }) => doc && { ...doc, watts: data.watts } },
  },
});

const lampItem = z.object({ id: idSchema, name: z.string(), watts: z.int() }).meta({ id: 'Lamp' });
const lampsQuery = listQuery({
  sort: ['name', 'watts'],
  defaultSort: 'name',
  filters: { watts: commaList(z.coerce.number().int()).optional(), dark: queryBoolean.optional() },
});

@Controller('v1/lamps')
export class LampController {
  /** How often a handler ran, and what holds it up. */
  static runs = 0;
  static gate: Promise<void> | null = null;
  /** The instants at which lists derived status. */
  static instants: string[] = [];

  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
  ) {}

  @Post()
  @Allow('license.issue', { summary: 'Hang a lamp', status: 201, answer: commandAnswer })
  async hang(@Body({ schema: lamp.commands.hang }) body: z.output<typeof lamp.commands.hang>, @Ctx() ctx: RequestContext) {
    const id = deriveId(ctx.command.commandId, 'lamp');
    return created(await this.commands.send(lamp, id, 'hang', body, ctx), `/v1/lamps/${id}`);
  }

  @Post(':id/light')
  @Allow('license.manage', {
    summary: 'Light a lamp',
    credentials: ['bearer', 'license'],
    refusals: ['lamp.not-found', 'lamp.broken'],
  })
  async light(
    @Param({ schema: idParam }) { id }: { id: string },
    @Body({ schema: lamp.commands.light }) body: z.output<typeof lamp.commands.light>,
    @Ctx() ctx: RequestContext,
  ) {
    LampController.runs++;
    await LampController.gate;
    const reach = reachOf(ctx, 'license.manage');
    const guard = (state: Lamp | null) => {
      if (!state || !reaches(reach, { organizationId: state.organization, licenseId: id })) lampErrors.refuse('lamp.not-found');
    };
    return changed(await this.commands.send(lamp, id, 'light', body, ctx, { guard }));
  }

  @Post(':id/smash')
  @Allow('license.manage', { summary: 'Break a lamp', status: 204 })
  async smash(
    @Param({ schema: idParam }) { id }: { id: string },
    @Body({ schema: noBody }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.commands.send(lamp, id, 'smash', {}, ctx));
  }

  @Post('ask')
  @Allow('license.read', { summary: 'Ask without changing', query: true, answer: z.strictObject({ seen: z.int() }) })
  ask(@Body({ schema: noBody }) _body: object) {
    LampController.runs++;
    return read({ seen: LampController.runs }, START);
  }

  @Get()
  @Allow('license.read', { summary: 'List lamps', list: lampItem })
  async list(@Query({ schema: lampsQuery }) query: z.output<typeof lampsQuery>, @Ctx() ctx: RequestContext) {
    LampController.instants.push(instantOf(query, ctx));
    const all = { ...(query.watts && { watts: { in: query.watts } }) };
    const found = await this.reads.find(lampView, ctx, { all, ...paging(query, ctx) });
    return listed(page(found, query, ctx, ({ doc }) => doc));
  }

  @Get(':id')
  @Allow('license.read', { summary: 'Read a lamp', answer: lampItem, refusals: ['lamp.not-found'] })
  async get(@Param({ schema: idParam }) { id }: { id: string }, @Ctx() ctx: RequestContext) {
    const { found, asOf } = await this.reads.get(lampView, ctx, id);
    if (!found || !reaches(reachOf(ctx, 'license.read'), { organizationId: found.doc.organization, licenseId: id }))
      return lampErrors.refuse('lamp.not-found');
    return read(found.doc, asOf);
  }
}

@Controller('v1/server')
export class ServerController {
  @Get('about')
  @Public({ summary: 'What this is', answer: z.strictObject({ name: z.string(), tenant: z.string() }) })
  about(@Ctx() ctx: RequestContext) {
    return { name: 'lamps', tenant: ctx.tenant };
  }

  @Post('enter')
  @Public({ summary: 'Begin a session', answer: z.strictObject({ transport: z.string() }), ownPages: true })
  enter(@Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    const { transport, plainAllowed } = ctx.client();
    const plain = plainAllowed && transport === 'plain';
    return withCookie({ transport }, sessionCookie({ tenant: 'acme', plain }, 'acme-session', 60));
  }

  @Post('leave')
  @Authenticated({ summary: 'End a session', credentials: ['session'], whileDue: true, status: 204 })
  leave(@Body({ schema: noBody }) _body: object) {
    return withCookie(read({}, START), endedCookie({ tenant: 'acme', plain: false }));
  }

  @Get('live')
  @Public({ summary: 'Whether it lives', answer: z.strictObject({}), unlimited: true })
  live() {
    return {};
  }

  @Get('crash')
  @Public({ summary: 'Fail as nobody expects', answer: z.strictObject({}) })
  crash(): never {
    throw new Error('the disk is on fire, said ABCDE-12345-FGHJK-67890 and Bearer klt_topsecret');
  }

  @Get('leak')
  @Public({ summary: 'Answer what the schema does not name', answer: z.strictObject({ a: z.int() }) })
  leak() {
    return { a: 1, hidden: 2 };
  }
}
