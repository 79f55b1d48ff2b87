// From the cookie of a session to a signed-in user: one record and two documents by their keys.
import { Authenticator, type Credential } from '#http/authenticator.js';
import type { Principal, Right } from '#http/principal.js';
import type { Grant } from '#kernel/permissions.js';
import type { ReadStore } from '#read-models/read-store.js';
import type { Entry } from '#records/record-store.js';
import type { AccessLag } from './access-lag.js';
import { accessOf, type KnownAccess } from './access-of.js';
import type { AccessDoc } from './access.view.js';
import { isFactorDue } from './factors/second-step.js';
import type { Rights } from './rights-of.js';
import type { Session, Sessions } from './sessions.js';
import { isSecret } from './token-secret.js';

export class SessionAuthenticator extends Authenticator {
  constructor(
    private readonly sessions: Sessions,
    private readonly reads: ReadStore,
    private readonly lag: AccessLag,
  ) {
    super();
  }

  /** @throws `access.stale` for a customer whose rights are not known up to date */
  async authenticate({ scheme, secret }: Credential, tenantHint: string | null, now: string): Promise<Principal | null> {
    if (scheme !== 'session' || !isSecret('klu', secret)) return null;
    const entry = await this.sessions.find(secret, now);
    if (!entry || entry.value.tenant !== tenantHint) return null;
    const { tenant, userId, kind } = entry.value;
    if (kind === 'customer') await this.lag.mustBeFresh(now);
    const known = await accessOf((view, key) => this.reads.get(view, tenant, key), tenant, userId);
    const person = await this.countingPerson(entry, known);
    if (!person) return null;
    await this.sessions.see(entry, now);
    return principalOf(entry.value, person, known);
  }

  /** Whose session it is, if it still counts; one that does not is ended for good, whatever its user is given later. */
  private async countingPerson({ value }: Entry<Session>, { doc, access, sessionsFrom }: KnownAccess): Promise<Rights | null> {
    const { person } = access;
    if (person?.kind === value.kind && sessionsFrom <= value.startedAt) return person;
    // Without a document nothing is known of him yet.
    if (doc) await this.sessions.end(value);
    return null;
  }
}

function principalOf(session: Session, rights: Rights, known: KnownAccess): Principal {
  const { id, tenant, userId, authenticatedAt, factors } = session;
  const due = dueOf(known, factors);
  const ways = waysOf(known.doc!);
  const person = { ...rights, sessionId: id, authenticatedAt, factors, ways, ...(due && { due }) };
  return { kind: 'user', id: userId, actor: `user:${userId}`, tenant, grants: grantsOf(rights.rights), person };
}

/** By the list of rights itself, which is the same one until something about them changes. */
const grantsBy = new WeakMap<readonly Right[], readonly Grant[]>();

/** Each once: somebody has the same in every organization where he has the same role. */
function grantsOf(rights: readonly Right[]): readonly Grant[] {
  const known = grantsBy.get(rights);
  if (known) return known;
  const byName = new Map(rights.map(({ permission, scope }) => [`${permission} ${scope}`, { permission, scope }]));
  const grants = [...byName.values()];
  grantsBy.set(rights, grants);
  return grants;
}

/** What must be done first in a session that was begun by these factors. */
export function dueOf({ doc, needsFactor }: KnownAccess, factors: readonly string[]): 'password' | 'factor' | null {
  // Only who logged in by the password is asked to change it.
  if (doc!.mustChangePassword && factors.includes('password')) return 'password';
  return isFactorDue(needsFactor, doc!, factors) ? 'factor' : null;
}

/** By what he can prove anew who he is. */
function waysOf({ password, factors, providers }: AccessDoc): string[] {
  const others = providers.length > 0 ? ['provider'] : [];
  return [...(password ? ['password'] : []), ...new Set(factors.map(({ kind }) => kind)), ...others];
}
