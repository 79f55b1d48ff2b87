// `Authorization: License <key>`: from a license key of the named tenant to the license that it stands for.
import type { EventStore } from '#event-store/event-store.js';
import type { Executor } from '#event-store/execute.js';
import type { Keyring } from '#event-store/keyring.js';
import { holderOf } from '#event-store/reservations.js';
import { Authenticator, type Credential } from '#http/authenticator.js';
import { httpErrors } from '#http/http-errors.js';
import type { Principal } from '#http/principal.js';
import { parseStreamName } from '#kernel/ids.js';
import type { Grant } from '#kernel/permissions.js';
import type { ReadStore } from '#read-models/read-store.js';
import type { LicenseFacts } from './license-facts.js';
import { normalizeKey } from './license-key.js';
import { recognise } from './license-reads.js';
import { statusAt } from './license-status.js';
import { license } from './license.js';
import { licenseView } from './license.view.js';

/** What a device may do with the license that its key stands for. */
const GRANTS: readonly Grant[] = (
  ['license.read', 'license.validate', 'activation.create', 'activation.delete', 'activation.name'] as const
).map((permission) => ({ permission, scope: 'own' }));

interface Held {
  readonly id: string;
  readonly facts: LicenseFacts;
}

export class LicenseKeyAuthenticator extends Authenticator {
  constructor(
    private readonly reads: ReadStore,
    private readonly events: EventStore,
    private readonly executor: Executor,
    private readonly keyring: Keyring,
  ) {
    super();
  }

  /** @throws `auth.expired` for a license that is expired under the strategy *revoke*: then its key opens nothing. */
  async authenticate({ scheme, secret }: Credential, tenant: string | null, now: string): Promise<Principal | null> {
    const key = scheme === 'license' && tenant !== null ? normalizeKey(secret) : null;
    if (key === null || tenant === null) return null;
    const keyHash = await this.keyring.findHash(tenant, 'license-key', key);
    if (keyHash === null) return null;
    const { rows, asOf } = await this.reads.find(licenseView, tenant, { all: { keyHash: { equal: keyHash } }, limit: 1 });
    const found = rows[0] ?? null;
    const held = found?.doc ?? (await this.fromLog(tenant, keyHash));
    if (held === null || held.facts.archivedAt !== null) return null;
    if (held.facts.terms.expiryStrategy === 'revoke' && statusAt(held.facts, now) === 'expired')
      httpErrors.refuse('auth.expired');
    const principal: Principal = { kind: 'license', id: held.id, actor: `license:${held.id}`, tenant, grants: GRANTS };
    if (found) recognise(principal, { found, asOf });
    return principal;
  }

  /** A license that was issued a moment ago: the view does not have it yet, the log does. */
  private async fromLog(tenant: string, keyHash: string): Promise<Held | null> {
    const stream = await holderOf(this.events, this.keyring, tenant, { kind: 'license-key', value: keyHash });
    return stream === null ? null : this.executor.stateOf(license, tenant, parseStreamName(stream).id);
  }
}
