// Issuing one license or many: an append per license, a result per license, the whole repeatable.
import { randomBytes } from 'node:crypto';
import type { Executor, Outcome } from '#event-store/execute.js';
import type { Keyring } from '#event-store/keyring.js';
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import { revisionSchema } from '#http/schemas.js';
import { DomainError } from '#kernel/errors.js';
import type { DataOf } from '#kernel/events.js';
import { deriveId, idSchema, itemCommandId } from '#kernel/ids.js';
import { z } from 'zod';
import { bytesNeeded, makeKey, maskKey, normalizeKey } from './license-key.js';
import { issueBodySchema } from './license.issue.js';
import { license } from './license.js';
import type { License } from './license-state.js';
import { maskedKeySchema, type LicenseEvents } from './license.events.js';
import { policyErrors } from './policy.errors.js';
import { newestVersion, policy, termsOf } from './policy.js';
import type { KeyFormat } from './terms.js';

/** How many appends of a batch are under way at a time. */
const AT_A_TIME = 50;

export const issueRequest = issueBodySchema.extend({ quantity: z.int().min(1).max(1000).default(1) });
type IssueRequest = z.output<typeof issueRequest>;

const issuedSchema = z.strictObject({ id: idSchema, revision: revisionSchema, key: z.string(), maskedKey: maskedKeySchema });
const refusedSchema = z.strictObject({ refused: z.strictObject({ code: z.string(), detail: z.string() }) });

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
type Issued = z.output<typeof issuedSchema>;

/** What was issued is told from the event: on a repeated request that is the key of the first time. */
async function issueOne(
  { commands, keyring }: Issuing,
  common: Prepared,
  number: number,
  ctx: RequestContext,
): Promise<{ outcome: Outcome<License | null>; issued: Issued }> {
  const commandId = itemCommandId(ctx.command.commandId, number);
  const data = { ...common, ...(await drawKey(keyring, ctx.tenant, common.keyFormat)) };
  const outcome = await commands.send(license, deriveId(commandId, 'license'), 'issue', data, ctx, { command: { commandId } });
  const { key, maskedKey } = outcome.events[0]!.data as DataOf<LicenseEvents, 'LicenseIssued'>;
  return { outcome, issued: { id: outcome.id, revision: outcome.revision, key, maskedKey } };
}

/**
 * Issues as many licenses as the request wants. Where already the first is refused, so is the request; a
 * later one that fails has its refusal as its result.
 */
export async function issueAll(issuing: Issuing, body: IssueRequest, ctx: RequestContext) {
  const common = await prepare(issuing, body, ctx);
  const { outcome: first, issued } = await issueOne(issuing, common, 0, ctx);
  const licenses: z.output<typeof issuedAnswer>['licenses'] = [issued];
  let { position } = first;
  for (let number = 1; number < body.quantity; number += AT_A_TIME) {
    const numbers = Array.from({ length: Math.min(AT_A_TIME, body.quantity - number) }, (_, i) => number + i);
    const results = await Promise.all(numbers.map((n) => issueOne(issuing, common, n, ctx).catch(refusalOf)));
    for (const result of results) {
      if ('issued' in result && result.outcome.position > position) position = result.outcome.position;
      licenses.push('issued' in result ? result.issued : result);
    }
  }
  return { first: { ...first, position }, answer: { ...issued, licenses } };
}

function refusalOf(error: unknown) {
  if (!(error instanceof DomainError)) throw error;
  return { refused: { code: error.code, detail: error.message } };
}
