// Which commands a caller may give to a license, or to one of its devices, now. Each is tried as its door would: the
// same rights, then the very rule that decides the command, with data that nothing is wrong with.
import { allowedAmong, type Allowed } from '#http/allowed.js';
import type { Principal } from '#http/principal.js';
import { reachOf, requirePermission, requireTenant } from '#http/reach.js';
import type { RequestContext } from '#http/request-context.js';
import type { Permission } from '#kernel/permissions.js';
import type { Cause } from './activation.events.js';
import type { ActivationDoc } from './activation.view.js';
import type { Joined } from './license-answers.js';
import { heldBy, mustManage } from './license-hold.js';
import type { License, LicenseContext } from './license-state.js';
import type { LicenseDoc } from './license.view.js';
import { license } from './license.js';
import { NO_SEATS, withSeat } from './seats.js';

/** The commands that are the vendor's alone, and the permission that each wants over the whole tenant. */
export const VENDOR_COMMANDS = {
  suspend: 'license.suspend',
  resume: 'license.suspend',
  revoke: 'license.revoke',
  undoRevocation: 'license.revoke',
  renew: 'license.manage',
  setExpiry: 'license.manage',
  changeOwner: 'license.manage',
  overrideLimits: 'license.manage',
  archive: 'license.manage',
  revealKey: 'license.reveal-key',
  blockDevice: 'device.block',
  unblockDevice: 'device.block',
} as const satisfies Partial<Record<keyof typeof license.commands, Permission>>;
export type VendorCommand = keyof typeof VENDOR_COMMANDS;

/** In whose name devices are activated and released: only a vendor's own releases are not counted. */
export function causeOf({ principal }: { readonly principal: Principal }): Cause {
  if (principal.kind === 'license') return 'device';
  const staff = principal.person ? principal.person.kind === 'staff' : principal.organization === undefined;
  return staff ? 'vendor' : 'customer';
}

/** What the answer is made from: the license's document, and its owners by their ids. */
export interface Known {
  readonly license: LicenseDoc;
  readonly owners: Joined['owners'];
}

/** A keyed hash that no fingerprint has: stands for a device that is new to the license. */
const NEW_DEVICE = 'A'.repeat(43);
const device = { fingerprint: NEW_DEVICE, name: null, platform: null, components: null, publicKey: null };

export function licenseAllowed(known: Known, ctx: RequestContext): Allowed {
  const { license: doc } = known;
  const [state, deciding] = [stateOf(doc), decidingOf(known, ctx)];
  const reason = null;
  const data = {
    suspend: { reason, until: null },
    resume: { reason },
    revoke: { reason },
    undoRevocation: { reason },
    renew: { period: 'P1D', basis: 'expiry' as const },
    setExpiry: { reason, expiresAt: doc.facts.expiresAt },
    changeOwner: { reason },
    overrideLimits: { reason, overrides: {} },
    archive: { reason },
    revealKey: { reason },
    blockDevice: { fingerprint: NEW_DEVICE, reason, until: null },
    unblockDevice: { fingerprint: NEW_DEVICE },
  };
  const decide = license.decide as Record<string, (command: object, state: License, ctx: LicenseContext) => unknown>;
  const vendors = Object.entries(VENDOR_COMMANDS).map(([command, permission]) => {
    const attempt = () => {
      requirePermission(ctx.principal, permission);
      requireTenant(ctx, permission);
      decide[command]!(data[command as VendorCommand], state, deciding);
    };
    return [command, attempt] as const;
  });
  const activate = () => {
    holding(doc, 'activation.create', ctx);
    license.decide.activate({ ...device, cause: causeOf(ctx) }, state, deciding);
  };
  return allowedAmong({ ...Object.fromEntries(vendors), activate });
}

export function activationAllowed(known: Known, activation: ActivationDoc, ctx: RequestContext): Allowed {
  const { license: doc } = known;
  const { id: activationId, fingerprint, deviceName, userId, activatedAt } = activation;
  const seats = withSeat(NO_SEATS, { activationId, fingerprint, deviceName, userId, activatedAt });
  const [state, deciding] = [{ ...stateOf(doc), seats }, decidingOf(known, ctx)];
  const managing = (permission: Permission) => mustManage(holding(doc, permission, ctx), activation, ctx.principal);
  const cause = causeOf(ctx);
  return allowedAmong({
    deactivate: () => {
      managing('activation.delete');
      license.decide.deactivate({ activationId, cause }, state, deciding);
    },
    replace: () => {
      managing('activation.delete');
      license.decide.replace({ ...device, activationId, cause }, state, deciding);
    },
    name: () => {
      managing('activation.name');
      license.decide.nameActivation({ activationId, name: deviceName }, state, deciding);
    },
  });
}

function holding(doc: LicenseDoc, permission: Permission, ctx: RequestContext) {
  requirePermission(ctx.principal, permission);
  return heldBy(reachOf(ctx, permission), doc);
}

/** The license as its rules know it. Seats that it has are counted by its facts. */
function stateOf({ id, facts, maskedKey, name }: LicenseDoc): License {
  return { id, facts, key: '', maskedKey, name, seats: NO_SEATS };
}

/** What a rule is told beside the license: whether its owners are suspended. */
function decidingOf({ license: { id, revision, facts }, owners }: Known, { command, now }: RequestContext): LicenseContext {
  const standing = (owner: string | null) => {
    const { suspended = false, archived = false } = owners.get(owner ?? '') ?? {};
    return { id: owner ?? '', revision: 0, state: { exists: true, suspended, archived, members: new Set<string>() } };
  };
  const known = { organization: standing(facts.organizationId), contact: standing(facts.contactId) };
  return { ...command, now, id, revision, facts: known };
}
