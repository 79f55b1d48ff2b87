// The door to the erasure of a person.
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { changed } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import { commandItem } from '#kernel/command-item.js';
import { z } from 'zod';
import { contact } from './contact.js';
import { heldPlaces } from './held-places.js';
import { PersonErasure } from './person-erasure.js';
import { sendStanding } from './standing-commands.js';
import { StandingNotes } from './standing-notes.js';

const erasedSchema = commandAnswer.extend({
  documents: z.int().meta({ description: 'Documents of views that held something of the person.' }),
  records: z.int().meta({ description: 'Mails, sessions, passwords and kept answers that are gone.' }),
});

@Controller('v1/contacts')
export class PersonErasureController {
  // eslint-disable-next-line no-restricted-syntax -- one door to all that an erasure touches: the rule, the log, the rights, the files
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly effective: Effective,
    private readonly erasure: PersonErasure,
    private readonly notes: StandingNotes,
  ) {}

  @Post(':id/erase')
  @Allow('person.erase', {
    stepUp: true,
    summary: 'Erase a person',
    description:
      'For good: the key of the person is destroyed, so that name, address and everything else that was sealed for him reads as erased, in histories and backups too. Licenses and history stay. It answers once nothing can be read any more.',
    answer: erasedSchema,
    refusals: ['contact.not-found', 'contact.holds-place', 'role.last-administrator', 'access.not-effective'],
  })
  async erase(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'person.erase');
    const places = await heldPlaces(this.reads, await this.reads.upToDate(ctx), id);
    const item = commandItem(contact, id, 'erase', { places });
    const outcome = await this.effective.once(ctx, sendStanding(this.commands, this.notes, ctx, item));
    const told = await this.erasure.carryOut(ctx.tenant, id);
    return changed(outcome, { id, revision: outcome.revision, ...told });
  }
}
