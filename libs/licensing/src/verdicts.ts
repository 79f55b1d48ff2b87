// How the doors ask for a verdict: three reads by key (license, its device, its owners), no query, no event.
import type { Position } from '#event-store/event-store.js';
import type { Keyring } from '#event-store/keyring.js';
import { read } from '#http/answers.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import type { Permission } from '#kernel/permissions.js';
import { z } from 'zod';
import { activationKey, activationView } from './activation.view.js';
import { EXAMPLE_DEVICE, hashFingerprint, rawFingerprintSchema } from './devices.js';
import { licenseErrors } from './license.errors.js';
import { visibleLicense } from './license-reads.js';
import { graceEndsAt, LICENSE_STATUSES, limitsAt, seatsAt } from './license-status.js';
import { ownerView } from './owner.view.js';
import { entitlementsSchema } from './terms.js';
import {
  validateLicense,
  validationScopes,
  VERDICT_CODES,
  type Known,
  type ValidationRequest,
  type VerdictCode,
} from './validate-license.js';

export const validationBody = z.strictObject({ fingerprint: rawFingerprintSchema.optional(), ...validationScopes });
export type ValidationBody = z.output<typeof validationBody>;

/** For the reference. */
export const EXAMPLE_VALIDATION = { fingerprint: EXAMPLE_DEVICE.fingerprint, entitlements: ['export'] };

const atOrNull = instantSchema.nullable();
export const verdictSchema = z
  .strictObject({
    valid: z.boolean(),
    code: z.enum(Object.keys(VERDICT_CODES) as [VerdictCode, ...VerdictCode[]]),
    detail: z.string(),
    status: z.enum(LICENSE_STATUSES),
    checks: z
      .array(z.strictObject({ check: z.string(), passed: z.boolean() }))
      .meta({ description: 'Every check up to the one that decided.' }),
    entitlementsMissing: z.array(z.string()),
    licenseId: idSchema,
    activationId: idSchema.nullable().meta({ description: 'Of the device that was asked about.' }),
    expiresAt: atOrNull,
    graceEndsAt: atOrNull,
    maintenanceEndsAt: atOrNull,
    entitlements: entitlementsSchema,
    activations: z.strictObject({ allowed: z.int(), used: z.int(), overAllocated: z.boolean() }),
    revision: z.int().meta({ description: 'Of the license that was judged.' }),
    at: instantSchema.meta({ description: 'The instant of the verdict.' }),
  })
  .meta({ id: 'Verdict' });

/** What a verdict follows from. */
export interface Case {
  readonly known: Known;
  readonly request: ValidationRequest;
  readonly asOf: Position;
}

/** What is known for a verdict. @throws `license.not-found` */
export async function caseOf(
  reads: Reads,
  keyring: Keyring,
  id: string,
  body: ValidationBody,
  ctx: RequestContext,
  permission: Permission = 'license.validate',
): Promise<Case> {
  const fingerprint = body.fingerprint === undefined ? undefined : await hashFingerprint(keyring, ctx.tenant, body.fingerprint);
  const [{ doc, asOf }, device] = await Promise.all([
    visibleLicense(reads, ctx, permission, id),
    fingerprint === undefined ? null : reads.get(activationView, ctx, activationKey(id, fingerprint)),
  ]);
  // An archived license has no verdict, not for the vendor either, who may read it.
  if (doc.facts.archivedAt !== null) licenseErrors.refuse('license.not-found');
  const { organizationId, contactId } = doc.facts;
  const owners = await reads.getMany(
    ownerView,
    ctx,
    [organizationId, contactId].filter((owner) => owner !== null),
  );
  const owner = (ownerId: string | null) => owners.found.find(({ key }) => key === ownerId)?.doc ?? null;
  const known: Known = {
    license: doc,
    activation: device?.found?.doc ?? null,
    organization: owner(organizationId),
    contact: owner(contactId),
  };
  const positions = [asOf, owners.asOf, ...(device ? [device.asOf] : [])].sort();
  return { known, request: { ...body, fingerprint }, asOf: positions[0]! };
}

/** @throws `license.not-found` */
export async function judge(reads: Reads, keyring: Keyring, id: string, body: ValidationBody, ctx: RequestContext) {
  const { known, request, asOf } = await caseOf(reads, keyring, id, body, ctx);
  return read(answerOf(known, request, ctx.now), asOf, known.license.revision);
}

export function answerOf(known: Known, request: ValidationRequest, now: string): z.output<typeof verdictSchema> {
  const {
    license: { id: licenseId, facts, revision },
    activation,
  } = known;
  const verdict = validateLicense(known, request, now);
  const deviceIsLive = verdict.checks.some(({ check, passed }) => check === 'device-activated' && passed);
  return {
    valid: verdict.valid,
    code: verdict.code,
    detail: verdict.detail,
    status: verdict.status,
    checks: [...verdict.checks],
    entitlementsMissing: [...verdict.entitlementsMissing],
    licenseId,
    activationId: deviceIsLive && activation ? activation.id : null,
    expiresAt: facts.expiresAt,
    graceEndsAt: graceEndsAt(facts),
    maintenanceEndsAt: facts.maintenanceEndsAt,
    entitlements: limitsAt(facts, now).entitlements,
    activations: seatsAt(facts, now),
    revision,
    at: now,
  };
}
