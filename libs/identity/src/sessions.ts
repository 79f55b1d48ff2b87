// Sessions are records, not events: a random secret in a cookie, of which only the hash is kept. Whether one still
// counts is decided with each request, by what is known of its user then.
import { decrypt, encrypt, type Keyring } from '#event-store/keyring.js';
import { newId } from '#kernel/ids.js';
import { later } from '#read-models/pace.js';
import type { Entry, RecordStore } from '#records/record-store.js';
import type { PersonKind } from './role.events.js';
import { hashSecret, newSecret } from './token-secret.js';

/** Sessions by the hash of their secret. */
const SESSIONS = 'sessions';
/** The hash of each session of a user, keyed `<tenant>/<user>/<session>`. */
const OF_USER = 'user-sessions';
const MINUTE_MS = 60_000;
/** Of one user; the oldest ends where another one is begun. */
export const MOST_SESSIONS = 50;

/** In milliseconds. */
export interface SessionLife {
  /** Without a request. */
  readonly idle: number;
  /** In any case. */
  readonly longest: number;
}

export type SessionLives = Readonly<Record<PersonKind, SessionLife>>;

/** Where a session was begun. */
export interface SessionPlace {
  readonly address: string | null;
  readonly agent: string | null;
}

export type Session = {
  readonly id: string;
  readonly tenant: string;
  readonly userId: string;
  readonly kind: PersonKind;
  readonly factors: readonly string[];
  readonly startedAt: string;
  /** When he last proved who he is. */
  readonly authenticatedAt: string;
  /** Of the last request, to a minute. */
  readonly seenAt: string;
  /** Its end in any case. */
  readonly endsAt: string;
  /** Where it was begun, sealed with the key of the person; null where that is gone. */
  readonly place: string | null;
};

export type NewSession = Pick<Session, 'tenant' | 'userId' | 'kind' | 'factors' | 'authenticatedAt'> & {
  readonly place: SessionPlace;
};

const ofUser = (tenant: string, userId: string): string => `${tenant}/${userId}/`;
const bound = ({ id, tenant }: Pick<Session, 'id' | 'tenant'>): string => `session/${tenant}/${id}`;

export class Sessions {
  constructor(
    private readonly records: RecordStore,
    private readonly keyring: Keyring,
    private readonly lives: SessionLives,
  ) {}

  /** Begins a session; the secret is told this once. */
  async begin({ place, ...begun }: NewSession, now: string): Promise<{ session: Session; secret: string }> {
    const { tenant, userId, kind } = begun;
    const known = await this.ofUser(tenant, userId, now);
    for (const old of known.slice(MOST_SESSIONS - 1)) await this.end(old);
    const id = newId();
    const secret = newSecret('klu');
    const sealed = await this.sealed({ id, tenant, userId }, place);
    const session: Session = {
      id,
      ...begun,
      startedAt: now,
      seenAt: now,
      endsAt: later(now, this.lives[kind].longest),
      place: sealed,
    };
    // The list first: what stands in it without a session is passed over, a session without it could not be ended.
    await this.records.put(OF_USER, ofUser(tenant, userId) + id, hashSecret(secret), now, { expiresAt: session.endsAt });
    await this.write(hashSecret(secret), session, 0, now);
    return { session, secret };
  }

  /** The session of a secret, if it has not ended by time. */
  async find(secret: string, now: string): Promise<Entry<Session> | null> {
    return this.records.get<Session>(SESSIONS, hashSecret(secret), now);
  }

  /** Notes a request, at most once a minute. One that was ended meanwhile stays so. */
  async see({ key, value, version }: Entry<Session>, now: string): Promise<void> {
    if (Date.parse(now) - Date.parse(value.seenAt) < MINUTE_MS) return;
    await this.write(key, { ...value, seenAt: now }, version, now);
  }

  /**
   * The same session under a new secret, with what was proved since. Null where it has ended meanwhile; the old secret
   * opens nothing any more.
   */
  async rotate(
    before: Entry<Session>,
    proved: Pick<Session, 'factors' | 'authenticatedAt'>,
    now: string,
  ): Promise<{ session: Session; secret: string } | null> {
    if (!(await this.records.delete(SESSIONS, before.key, { expectedVersion: before.version }))) return null;
    const session: Session = { ...before.value, ...proved, seenAt: now };
    const { tenant, userId, id, endsAt } = session;
    const secret = newSecret('klu');
    await this.records.put(OF_USER, ofUser(tenant, userId) + id, hashSecret(secret), now, { expiresAt: endsAt });
    await this.write(hashSecret(secret), session, 0, now);
    return { session, secret };
  }

  /** The sessions of a user that have not ended by time, the latest first. */
  async ofUser(tenant: string, userId: string, now: string): Promise<readonly Session[]> {
    const hashes = await this.records.list<string>(OF_USER, now, { prefix: ofUser(tenant, userId), limit: 1_000 });
    const found = await this.records.getMany<Session>(
      SESSIONS,
      hashes.map(({ value }) => value),
      now,
    );
    return found
      .map(({ value }) => value)
      .sort((a, b) => (a.startedAt === b.startedAt ? (a.id < b.id ? 1 : -1) : a.startedAt < b.startedAt ? 1 : -1));
  }

  /** Where a session was begun. */
  async placeOf(session: Session): Promise<SessionPlace> {
    const key = session.place === null ? null : await this.keyring.findSubjectKey(session.tenant, session.userId);
    if (!key || session.place === null) return { address: null, agent: null };
    return JSON.parse(decrypt(key, session.place, bound(session)).toString()) as SessionPlace;
  }

  async end({ tenant, userId, id }: Pick<Session, 'tenant' | 'userId' | 'id'>): Promise<void> {
    const key = ofUser(tenant, userId) + id;
    const hash = await this.records.get<string>(OF_USER, key, NO_INSTANT);
    if (hash) await this.records.delete(SESSIONS, hash.value);
    await this.records.delete(OF_USER, key);
  }

  /** Ends all sessions of a user, but for one. */
  async endAll(tenant: string, userId: string, now: string, but?: string): Promise<void> {
    for (const session of await this.ofUser(tenant, userId, now)) if (session.id !== but) await this.end(session);
  }

  /** Until when a session lasts without a further request. */
  idleEndOf({ kind, seenAt, endsAt }: Session): string {
    const idle = later(seenAt, this.lives[kind].idle);
    return idle < endsAt ? idle : endsAt;
  }

  private async write(hash: string, session: Session, expectedVersion: number, now: string): Promise<void> {
    await this.records.put(SESSIONS, hash, session, now, { expiresAt: this.idleEndOf(session), expectedVersion });
  }

  private async sealed(about: Pick<Session, 'id' | 'tenant' | 'userId'>, place: SessionPlace): Promise<string | null> {
    const key = await this.keyring.findSubjectKey(about.tenant, about.userId);
    return key && encrypt(key, Buffer.from(JSON.stringify(place)), bound(about));
  }
}

/** Before everything that expires, so that a look-up finds also what has. */
const NO_INSTANT = '1970-01-01T00:00:00.000Z';
