// Issuing one license or many: an append per license, a result per license, the whole repeatable.
import { randomBytes } from 'node:crypto';
import type { Executor, Outcome } from '#event-store/execute.js';
import type { Keyring } from '#event-store/keyring.js';
import { Answer } from '#http/answers.js';
import { batched, itemRefusalSchema, MOST_ITEMS, refusalOf, runItems } from '#http/batch.js';
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import { revisionSchema } from '#http/schemas.js';
import type { CommandContext } from '#kernel/context.js';
import type { DataOf } from '#kernel/events.js';
import { deriveId, idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { bytesNeeded, makeKey, maskKey, normalizeKey } from './license-key.js';
import { issueBodySchema } from './license.issue.js';
import { license } from './license.js';
import type { License } from './license-state.js';
import { maskedKeySchema, type LicenseEvents } from './license.events.js';
import { policyErrors } from './policy.errors.js';
import { newestVersion, policy, termsOf } from './policy.js';
import type { KeyFormat } from './terms.js';

export const issueRequest = issueBodySchema.extend({ quantity: z.int().min(1).max(MOST_ITEMS).default(1) });
type IssueRequest = z.output<typeof issueRequest>;

const issuedSchema = z.strictObject({ id: idSchema, revision: revisionSchema, key: z.string(), maskedKey: maskedKeySchema });
const refusedSchema = z.strictObject({ refused: itemRefusalSchema });

export const issuedAnswer = issuedSchema
  .extend({
    licenses: z
      .array(z.union([issuedSchema, refusedSchema]))
      .meta({ description: 'A result per license, in order; the first is the one above.' }),
  })
  .meta({ id: 'IssuedLicenses' });

export interface Issuing {
  readonly commands: Commands;
  readonly keyring: Keyring;
  readonly executor: Executor;
}

/** What the licenses of a request have in common, looked up once. */
async function prepare(issuing: Issuing, { quantity: _quantity, ...body }: IssueRequest, ctx: RequestContext) {
  const state = (await issuing.executor.stateOf(policy, ctx.tenant, body.policyId)) ?? policyErrors.refuse('policy.not-found');
  const policyVersion = body.policyVersion ?? newestVersion(state);
  const { keyFormat } = termsOf(state, policyVersion);
  return { ...body, policyVersion, productId: state.productId, keyFormat };
}

async function drawKey(keyring: Keyring, tenant: string, format: KeyFormat) {
  const key = makeKey(format, randomBytes(bytesNeeded(format)));
  return { key, keyHash: await keyring.hash(tenant, 'license-key', normalizeKey(key)!), maskedKey: maskKey(key) };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

async function issueOne(
  { commands, keyring }: Issuing,
  common: Prepared,
  ctx: RequestContext,
  command: Partial<CommandContext>,
): Promise<Outcome<License | null>> {
  const data = { ...common, ...(await drawKey(keyring, ctx.tenant, common.keyFormat)) };
  return commands.send(license, deriveId(command.commandId!, 'license'), 'issue', data, ctx, { command });
}

/** Told from the event: on a repeated request that is the key of the first time. */
function issued(outcome: Outcome<License | null>): z.output<typeof issuedSchema> {
  const { key, maskedKey } = recorded(outcome);
  return { id: outcome.id, revision: outcome.revision, key, maskedKey };
}

function recorded(outcome: Outcome<License | null>): DataOf<LicenseEvents, 'LicenseIssued'> {
  return outcome.events[0]!.data as DataOf<LicenseEvents, 'LicenseIssued'>;
}

/**
 * Issues as many licenses as the request wants. Where already the first is refused, so is the request; a
 * later one that fails has its refusal as its result. All have the version of the first: a request that is
 * repeated goes on under the one that it began with, whatever the policy's newest is by then.
 */
export async function issueAll(issuing: Issuing, body: IssueRequest, ctx: RequestContext): Promise<Answer> {
  const common = await prepare(issuing, body, ctx);
  const [begun] = await runItems([0], ctx, (_first, command) => issueOne(issuing, common, ctx, command));
  if (!begun!.outcome) throw begun!.refusal;
  const first = begun!.outcome;
  const { policyVersion, terms } = recorded(first);
  const alike = { ...common, policyVersion, keyFormat: terms.keyFormat };
  const numbers = Array.from({ length: body.quantity }, (_, number) => number);
  const results = await runItems(numbers, ctx, async (number, command) =>
    number === 0 ? first : issueOne(issuing, alike, ctx, command),
  );
  const licenses = results.map(({ outcome, refusal }) => (outcome ? issued(outcome) : { refused: refusalOf(refusal) }));
  const { parts } = batched(results, { ...issued(first), licenses });
  return new Answer({ ...parts, revision: first.revision, location: `/v1/licenses/${first.id}` });
}
