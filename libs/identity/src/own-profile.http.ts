// The door to one's own name.
import { Body, Controller, Post } from '@nestjs/common';
import { Authenticated } from '#http/allow.js';
import { changed } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer } from '#http/schemas.js';
import { commandItem } from '#kernel/command-item.js';
import { z } from 'zod';
import { partOfNameSchema } from './user.events.js';
import { UserOrganizations } from './user-organizations.js';
import { user } from './user.js';

const nameSchema = z.strictObject({ firstName: partOfNameSchema, lastName: partOfNameSchema });

@Controller('v1/me')
export class OwnProfileController {
  constructor(
    private readonly commands: Commands,
    private readonly organizations: UserOrganizations,
  ) {}

  @Post('set-name')
  @Authenticated({
    summary: 'Set your first and last name',
    description: 'Both together are your name everywhere.',
    example: { firstName: 'Grace', lastName: 'Hopper' },
    credentials: ['session'],
    answer: commandAnswer,
    refusals: ['contact.archived'],
  })
  async setName(@Body({ schema: nameSchema }) body: z.output<typeof nameSchema>, @Ctx() ctx: RequestContext) {
    const { contactId } = ctx.principal.person!;
    const told = commandItem(user, contactId, 'changeProfile', body);
    const renamed = this.organizations.rename({ contactId, name: `${body.firstName} ${body.lastName}` });
    const [outcome, { position }] = await this.commands.sendTogether([told, renamed], ctx);
    return changed({ ...outcome, position: position > outcome.position ? position : outcome.position });
  }
}
