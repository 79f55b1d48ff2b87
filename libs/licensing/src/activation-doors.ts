// What the doors of users and tokens, and those of devices, have in common: who asks, and what is answered.
import type { Outcome } from '#event-store/execute.js';
import type { Keyring } from '#event-store/keyring.js';
import { allowedSchema } from '#http/allowed.js';
import { changed, created, listed, read } from '#http/answers.js';
import type { Commands } from '#http/commands.js';
import { moment, ONE_MOMENT, oneMoment } from '#http/as-of.js';
import { instantOf, listQuery, page, paging } from '#http/paging.js';
import { reachOf } from '#http/reach.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { revisionSchema } from '#http/schemas.js';
import { DomainError } from '#kernel/errors.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import type { Permission } from '#kernel/permissions.js';
import type { Conditions } from '#read-models/read-store.js';
import { searchFor } from '#read-models/search.js';
import { z } from 'zod';
import { fingerprintSchema } from './activation.events.js';
import { activationView, liveConditions } from './activation.view.js';
import { hashedDevice, type DeviceBody } from './devices.js';
import type { Asker } from './activation-checks.js';
import { activationAllowed, causeOf } from './license-allowed.js';
import { activationItem, activationItemSchema } from './license-answers.js';
import { licenseErrors } from './license.errors.js';
import { mustManage, onlyOwn } from './license-hold.js';
import { joinedTo, sightOf, visibleLicense, withinLicense, type Sight } from './license-reads.js';
import { LICENSE_STATUSES, seatsAt, statusAt } from './license-status.js';
import { license } from './license.js';
import type { License } from './license-state.js';
import { seatById, seatOf } from './seats.js';

export const activationParam = z.strictObject({ id: idSchema, activationId: idSchema });

/** How the license stands after a change of its devices. */
const standing = {
  revision: revisionSchema,
  status: z.enum(LICENSE_STATUSES),
  expiresAt: instantSchema.nullable(),
  activations: z.strictObject({ allowed: z.int(), used: z.int(), overAllocated: z.boolean() }),
};
export const activatedAnswer = z
  .strictObject({ id: idSchema, device: fingerprintSchema, name: z.string().nullable(), activatedAt: instantSchema, ...standing })
  .meta({ id: 'Activated' });
export const releasedAnswer = z.strictObject({ id: idSchema, ...standing }).meta({ id: 'Released' });

export const activationAnswer = activationItemSchema.extend({ allowed: allowedSchema }).meta({ id: 'ActivationDetail' });

const filters = {
  device: fingerprintSchema.optional().meta({ description: 'Keyed hash of a fingerprint.' }),
  q: z.string().max(200).optional().meta({ description: 'Words of the device name, or how they begin.' }),
};
const order = { sort: ['activatedAt'], defaultSort: '-activatedAt' } as const;
export const activationsQuery = listQuery({ ...order, filters });
/** For those who may ask for the past. */
export const activationsThenQuery = listQuery({ ...order, filters: { ...filters, ...moment } }).refine(oneMoment, ONE_MOMENT);

export const activationRefusals = [
  ...[
    'license.not-found',
    'license.archived',
    'license.revoked',
    'license.suspended',
    'license.not-yet-effective',
    'license.expired',
  ],
  ...['license.in-grace', 'license.activation-limit-reached', 'device.blocked'],
];
export const releaseRefusals = [
  'license.not-found',
  'license.archived',
  'activation.not-found',
  'activation.not-own',
  'license.deactivation-limit-reached',
  'activation.too-young',
];
export const replaceRefusals = [...new Set([...activationRefusals, ...releaseRefusals, 'activation.already-active'])];

export interface Doors {
  readonly commands: Commands;
  readonly reads: Reads;
  readonly keyring: Keyring;
}

type Changed = Outcome<License | null>;

function standingOf({ state, revision }: Changed, now: string) {
  const { facts } = state!;
  return { revision, status: statusAt(facts, now), expiresAt: facts.expiresAt, activations: seatsAt(facts, now) };
}

/** The seat of the device after the command, which is the one that it had where nothing changed. */
function activated(outcome: Changed, fingerprint: string, now: string): z.output<typeof activatedAnswer> {
  const { activationId: id, deviceName: name, activatedAt } = seatOf(outcome.state!.seats, fingerprint)!;
  return { id, device: fingerprint, name, activatedAt, ...standingOf(outcome, now) };
}

/** What could be released is for those who may see the license's activations. */
async function hidingDevices(ctx: RequestContext, outcome: Promise<Changed>): Promise<Changed> {
  return outcome.catch((error: unknown) => {
    const hide = error instanceof DomainError && 'releasable' in error.facts && reachOf(ctx, 'license.read').kind === 'none';
    if (!hide) throw error;
    const { releasable: _hidden, ...facts } = error.facts;
    throw new DomainError(error.code, error.definition, error.message, facts);
  });
}

/** Looks at the license before anything is decided: the caller holds it, and manages the activation that is named. */
function guardOf({ hold }: Sight, { principal }: RequestContext, activationId?: string): (state: License | null) => void {
  return (state) => {
    const held = hold(state);
    const seat = activationId === undefined || held === 'whole' ? undefined : seatById(state!.seats, activationId);
    if (seat) mustManage(held, seat, principal);
  };
}

/** In whose name it is asked, and whose activations could make room. */
function askerOf(ctx: RequestContext, { expected }: Sight): Asker {
  return { cause: causeOf(ctx), onlyOf: onlyOwn(expected, ctx.principal) };
}

export async function activate(doors: Doors, path: string, id: string, body: DeviceBody, ctx: RequestContext) {
  const device = await hashedDevice(doors.keyring, ctx.tenant, body);
  const sight = await sightOf(doors.reads, ctx, 'activation.create', id);
  const data = { ...device, ...askerOf(ctx, sight) };
  const sent = doors.commands.send(license, id, 'activate', data, ctx, { guard: guardOf(sight, ctx) });
  const outcome = await hidingDevices(ctx, sent);
  const answer = activated(outcome, device.fingerprint, ctx.now);
  return created(outcome, `${path}/activations/${answer.id}`, answer);
}

export async function deactivate({ commands, reads }: Doors, id: string, activationId: string, ctx: RequestContext) {
  const guard = guardOf(await sightOf(reads, ctx, 'activation.delete', id), ctx, activationId);
  const outcome = await commands.send(license, id, 'deactivate', { activationId, cause: causeOf(ctx) }, ctx, { guard });
  return changed(outcome, { id: activationId, ...standingOf(outcome, ctx.now) });
}

export async function replace(doors: Doors, id: string, activationId: string, body: DeviceBody, ctx: RequestContext) {
  const device = await hashedDevice(doors.keyring, ctx.tenant, body);
  const sight = await sightOf(doors.reads, ctx, 'activation.delete', id);
  const data = { ...device, activationId, ...askerOf(ctx, sight) };
  const sent = doors.commands.send(license, id, 'replace', data, ctx, { guard: guardOf(sight, ctx, activationId) });
  const outcome = await hidingDevices(ctx, sent);
  return changed(outcome, activated(outcome, device.fingerprint, ctx.now));
}

export async function nameActivation(
  { commands, reads }: Doors,
  id: string,
  activationId: string,
  name: string | null,
  ctx: RequestContext,
) {
  const guard = guardOf(await sightOf(reads, ctx, 'activation.name', id), ctx, activationId);
  return changed(await commands.send(license, id, 'nameActivation', { activationId, name }, ctx, { guard }), undefined);
}

/** A live activation, with what the caller may do with it now. @throws `license.not-found`, `activation.not-found` */
export async function readActivation({ reads }: Pick<Doors, 'reads'>, id: string, activationId: string, ctx: RequestContext) {
  const { doc, asOf } = await visibleLicense(reads, ctx, 'license.read', id);
  const live = { ...liveConditions(doc, ctx.now), id: { equal: activationId } };
  const { rows } = await reads.find(activationView, ctx, { all: live, limit: 1 });
  const [row] = rows;
  if (!row) return licenseErrors.refuse('activation.not-found');
  const { owners } = await joinedTo(reads, ctx, [doc.facts]);
  return read({ ...activationItem(row.doc), allowed: activationAllowed({ license: doc, owners }, row.doc, ctx) }, asOf);
}

export async function listActivations(
  { reads }: Pick<Doors, 'reads'>,
  permission: Permission,
  id: string,
  query: z.output<typeof activationsQuery>,
  ctx: RequestContext,
) {
  const { doc } = await visibleLicense(reads, ctx, permission, id);
  const all: Conditions = {
    ...liveConditions(doc, instantOf(query, ctx)),
    ...(query.device !== undefined && { fingerprint: { equal: query.device } }),
  };
  const found = await reads.find(activationView, withinLicense(ctx, id), {
    all,
    any: searchFor('words', query.q),
    ...paging(query, ctx),
  });
  return listed(page(found, query, ctx, (row) => activationItem(row.doc)));
}
