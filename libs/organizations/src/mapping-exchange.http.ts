// The outside system's doors: what it has taken over, and what it has itself. Items by the hundred, a result for each, and
// the whole can be sent again.
import { Body, Controller, Post } from '@nestjs/common';
import type { Outcome } from '#event-store/execute.js';
import { Allow } from '#http/allow.js';
import type { Answer } from '#http/answers.js';
import { batched, itemRefusalSchema, refusalOf, runItems, type ItemResult } from '#http/batch.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { requireTenant } from '#http/reach.js';
import type { RequestContext } from '#http/request-context.js';
import { revisionSchema } from '#http/schemas.js';
import { emailSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { MappingExchange, type Sent } from './mapping-exchange.js';
import { externalIdSchema, mappedKindSchema, theirsSchema, versionSchema } from './mapping.events.js';
import { mapping, type MappingState } from './mapping.js';

/** As many as fit well into one body. */
const MOST_ITEMS = 250;

const itemsOf = <Item extends z.ZodType>(item: Item) => z.strictObject({ items: z.array(item).min(1).max(MOST_ITEMS) });

const confirmBody = itemsOf(
  mapping.commands.confirm.extend({
    kind: mappedKindSchema.meta({ description: 'The first part of the `subject` of the event that was read.' }),
    id: idSchema.meta({ description: 'The second part of the `subject`.' }),
    revision: revisionSchema.meta({ description: 'The number in the `sequence` of the newest event that was taken over.' }),
  }),
);

const upserted = {
  externalId: externalIdSchema,
  version: versionSchema,
  id: idSchema
    .optional()
    .meta({ description: 'Our id, where the outside system knows it: what it made because of an event of ours.' }),
};
const organizationsBody = itemsOf(theirsSchema.omit({ email: true }).extend(upserted));
const contactsBody = itemsOf(
  theirsSchema.omit({ domains: true }).extend({
    ...upserted,
    email: emailSchema,
    organization: externalIdSchema
      .optional()
      .meta({ description: 'The external id of the organization that a contact who is new here belongs to from the start.' }),
  }),
);

const RESULTS = ['applied', 'known', 'conflict'] as const;
type Result = (typeof RESULTS)[number];

const itemAnswer = z.strictObject({
  externalId: z.string(),
  id: idSchema.nullable(),
  result: z
    .enum(RESULTS)
    .nullable()
    .meta({ description: '`known`: nothing new, and nothing was changed. `conflict`: a person has to decide. Null: refused.' }),
  confirmed: z
    .int()
    .nullable()
    .meta({ description: 'The revision of the contact or organization up to which it need not be told.' }),
  version: z.string().nullable().meta({ description: 'The newest version of the outside system that is known here.' }),
  refusal: itemRefusalSchema.nullable(),
});
const totalsSchema = z.strictObject({ applied: z.int(), known: z.int(), conflict: z.int(), refused: z.int() });
const exchanged = z.strictObject({
  data: z.array(itemAnswer).meta({ description: 'A result per item, in the order of the items.' }),
  totals: totalsSchema,
});

/** What became of an item, told from the fact: where a request is repeated, what became of it the first time. */
function resultOf({ events: [event] }: Outcome<MappingState>): Result {
  if (!event) return 'known';
  return event.type === 'MappingConflictFound' ? 'conflict' : 'applied';
}

function itemOf({ externalId }: { readonly externalId: string }, { outcome, refusal }: ItemResult<MappingState>) {
  if (!outcome) {
    return { externalId, id: null, result: null, confirmed: null, version: null, refusal: refusalOf(refusal) };
  }
  const { progress, version } = outcome.state;
  return { externalId, id: outcome.id, result: resultOf(outcome), confirmed: progress.confirmed, version, refusal: null };
}

function answered(items: readonly { readonly externalId: string }[], results: readonly ItemResult<MappingState>[]): Answer {
  const data = items.map((item, index) => itemOf(item, results[index]!));
  const count = (wanted: Result | null) => data.filter(({ result }) => result === wanted).length;
  const totals = { applied: count('applied'), known: count('known'), conflict: count('conflict'), refused: count(null) };
  return batched(results, { data, totals });
}

const REPEATABLE =
  'One append per item and a result per item; the whole can be sent again, by the same `Idempotency-Key` or without one: an older version never overwrites a newer one, and the same one twice changes nothing.';

@Controller('v1/mappings')
export class MappingExchangeController {
  constructor(
    private readonly commands: Commands,
    private readonly exchange: MappingExchange,
    private readonly effective: Effective,
  ) {}

  @Post('confirm')
  @Allow('mapping.synchronize', {
    summary: 'Confirm what the outside system has taken over from the events',
    description: `${REPEATABLE} A confirmation of an older state leaves a contact or organization pending.`,
    answer: exchanged,
  })
  async confirm(@Body({ schema: confirmBody }) { items }: z.output<typeof confirmBody>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'mapping.synchronize');
    const results = await runItems(items, ctx, ({ id, ...confirmed }, command) =>
      this.commands.send(mapping, id, 'confirm', confirmed, ctx, { command }),
    );
    return answered(items, results);
  }

  @Post('upsert-organizations')
  @Allow('mapping.synchronize', {
    stepUp: true,
    summary: 'Write organizations as the outside system has them',
    description: `${REPEATABLE} What is absent is neither compared nor changed. Where both sides changed one, nothing is overwritten.`,
    example: { items: [{ externalId: 'A-17', version: '42', name: 'Globex', accountNumber: 'C-1042' }] },
    answer: exchanged,
  })
  async organizations(
    @Body({ schema: organizationsBody }) { items }: z.output<typeof organizationsBody>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.upsert(
      items.map(({ externalId, version, id, ...theirs }) => ({ kind: 'organization', externalId, version, id, theirs })),
      ctx,
    );
  }

  @Post('upsert-contacts')
  @Allow('mapping.synchronize', {
    stepUp: true,
    summary: 'Write contacts as the outside system has them',
    description: `${REPEATABLE} What is absent is neither compared nor changed. Where both sides changed one, nothing is overwritten.`,
    example: {
      items: [{ externalId: 'P-4', version: '7', name: 'Grace Hopper', email: 'grace@globex.example', organization: 'A-17' }],
    },
    answer: exchanged,
    refusals: ['access.not-effective'],
  })
  async contacts(@Body({ schema: contactsBody }) { items }: z.output<typeof contactsBody>, @Ctx() ctx: RequestContext) {
    return this.upsert(
      items.map(({ externalId, version, id, organization, ...theirs }) => {
        return { kind: 'contact', externalId, version, id, organization, theirs };
      }),
      ctx,
    );
  }

  private async upsert(items: readonly Sent[], ctx: RequestContext): Promise<Answer> {
    requireTenant(ctx, 'mapping.synchronize');
    const results = await runItems(items, ctx, (item, command) => this.exchange.receive(ctx, item, command));
    const answer = answered(items, results);
    // A new member may have rights from the start.
    if (items.some(({ organization }) => organization !== undefined))
      await this.effective.once(ctx, Promise.resolve(answer.parts));
    return answer;
  }
}
