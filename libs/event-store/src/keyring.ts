// The keys of the installation: a master key wraps tenants' keys, which wrap the keys of subjects (persons,
// organizations). A key is durable before anything is sealed with it. Lives in a store of its own, apart
// from the log and from its backups (DESIGN §10).
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { SYSTEM_TENANT } from '#kernel/ids.js';
import type { RecordStore } from '#records/record-store.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** Keys never expire, so no clock is read for them. */
const NO_INSTANT = '1970-01-01T00:00:00.000Z';

/** AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; base64url of nonce, ciphertext and tag. */
export function encrypt(key: Uint8Array, plaintext: Uint8Array, bound: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** The reverse of {@link encrypt}. @throws Error where the text was altered, moved, or sealed with another key. */
export function decrypt(key: Uint8Array, text: string, bound: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(bound));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}

function keyedHash(key: Uint8Array, purpose: string, value: string): string {
  return createHmac('sha256', key).update(`${purpose}\u0000${value}`).digest('base64url');
}

const PAGE = 1_000;
/** The space of marks that a subject's key was destroyed. */
const DESTROYED = 'destroyed-keys';

/** The spaces of wrapped keys, in the order in which {@link rewrapping} takes them. */
export const KEY_SPACES = ['master-check', 'hash-keys', 'tenant-keys', 'subject-keys'];

/**
 * What makes every stored key one of another master key. Tenants get new keys, under which those of their
 * subjects are wrapped again. The keys of subjects and of hashes stay what they are: the log was sealed with
 * them, and reservations have their names from them.
 * @throws Error for what the old master key does not open.
 */
export function rewrapping(from: Uint8Array, to: Uint8Array): (space: string, name: string, wrapped: string) => string {
  const tenants = new Map<string, { readonly from: Uint8Array; readonly to: Uint8Array }>();
  return (space, name, wrapped) => {
    const bound = `${space}/${name}`;
    if (space !== 'subject-keys') {
      const key = decrypt(from, wrapped, bound);
      if (space !== 'tenant-keys') return encrypt(to, key, bound);
      const renewed = { from: key, to: randomBytes(KEY_BYTES) };
      tenants.set(name, renewed);
      return encrypt(to, renewed.to, bound);
    }
    const tenant = tenants.get(name.slice(0, name.indexOf('/')));
    if (!tenant) throw new Error(`the key of the tenant of ${name} is missing`);
    return encrypt(tenant.to, decrypt(tenant.from, wrapped, bound), bound);
  };
}

/** Whose key it is: a person, an organization or the tenant himself. */
export interface SubjectName {
  readonly tenant: string;
  readonly subject: string;
}

export class Keyring {
  private readonly cache = new Map<string, Uint8Array>();

  constructor(
    private readonly records: RecordStore,
    private readonly masterKey: Uint8Array,
    private readonly cachedKeys = 20_000,
  ) {
    if (masterKey.length !== KEY_BYTES) throw new Error(`the master key must have ${KEY_BYTES} bytes`);
  }

  /** Whether the key store has been used before. */
  async isUsed(): Promise<boolean> {
    return (await this.records.get('master-check', SYSTEM_TENANT, NO_INSTANT)) !== null;
  }

  /**
   * Makes sure that the master key is the one of this key folder: seals a known word at first, opens it later.
   * @throws Error where the folder was sealed with another master key.
   */
  async verifyMasterKey(): Promise<void> {
    await this.wrapped('master-check', SYSTEM_TENANT, this.masterKey, true).catch((cause: unknown) => {
      throw new Error('the master key is not the one that this key folder was made with', { cause });
    });
  }

  /** Whether the key store has been used, and this master key opens it. Writes nothing. */
  async isOpen(): Promise<boolean> {
    if (!(await this.isUsed())) return false;
    return this.verifyMasterKey().then(
      () => true,
      () => false,
    );
  }

  /**
   * A keyed hash of a value (HMAC-SHA256, RFC 2104), base64url. Its key is the tenant's own and never
   * rotates: reservations and look-ups by hash would be lost with it.
   */
  async hash(tenant: string, purpose: string, value: string): Promise<string> {
    return keyedHash(await this.hashKey(tenant), purpose, value);
  }

  /** As {@link hash}, but null where nothing was ever hashed for the tenant: for tenants that a stranger names. */
  async findHash(tenant: string, purpose: string, value: string): Promise<string | null> {
    const key = await this.wrapped('hash-keys', tenant, this.masterKey, false);
    return key && keyedHash(key, purpose, value);
  }

  /** The key of a subject of a tenant, made (durably) if it is not there yet. @throws Error where it was destroyed. */
  async subjectKey(tenant: string, subject: string): Promise<Uint8Array> {
    const key = await this.sealingKey(tenant, subject);
    if (!key) throw new Error(`the key of ${tenant}/${subject} was destroyed: nothing is kept of who was erased`);
    return key;
  }

  /** As {@link subjectKey}, but null where it was destroyed. */
  async sealingKey(tenant: string, subject: string): Promise<Uint8Array | null> {
    const found = await this.findSubjectKey(tenant, subject);
    if (found || (await this.isDestroyed(tenant, subject))) return found;
    return this.wrapped('subject-keys', `${tenant}/${subject}`, await this.tenantKey(tenant), true);
  }

  /** The key of a subject if there is one; null once it was destroyed. */
  async findSubjectKey(tenant: string, subject: string): Promise<Uint8Array | null> {
    const tenantKey = await this.wrapped('tenant-keys', tenant, this.masterKey, false);
    return tenantKey && this.wrapped('subject-keys', `${tenant}/${subject}`, tenantKey, false);
  }

  /** Whether a subject had its key destroyed; it never gets another one. */
  async isDestroyed(tenant: string, subject: string): Promise<boolean> {
    return (await this.records.get(DESTROYED, `${tenant}/${subject}`, NO_INSTANT)) !== null;
  }

  /**
   * Destroys the keys of subjects: what was sealed with them is never read again, and nothing more is sealed for them.
   * Durable and overwritten on the disk when it answers; again is the same as once.
   */
  async destroy(subjects: readonly SubjectName[]): Promise<void> {
    for (const { tenant, subject } of subjects) {
      const name = `${tenant}/${subject}`;
      // The mark first: no key is made anew between the two.
      await this.records.put(DESTROYED, name, true, NO_INSTANT, { expectedVersion: 0 });
      await this.records.delete('subject-keys', name);
      this.forget(tenant, subject);
    }
    await this.records.compact();
  }

  /** Whose keys were destroyed, over all tenants. */
  async destroyed(): Promise<readonly SubjectName[]> {
    const all: SubjectName[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.records.list(DESTROYED, NO_INSTANT, { after, limit: PAGE });
      for (const { key } of page) {
        const slash = key.indexOf('/');
        all.push({ tenant: key.slice(0, slash), subject: key.slice(slash + 1) });
      }
      if (page.length < PAGE) return all;
      after = page.at(-1)!.key;
    }
  }

  /** Lets go of a key in memory: somebody else destroys it in the store. */
  forget(tenant: string, subject: string): void {
    this.cache.delete(`subject-keys/${tenant}/${subject}`);
  }

  private tenantKey(tenant: string): Promise<Uint8Array> {
    return this.wrapped('tenant-keys', tenant, this.masterKey, true) as Promise<Uint8Array>;
  }

  private hashKey(tenant: string): Promise<Uint8Array> {
    return this.wrapped('hash-keys', tenant, this.masterKey, true) as Promise<Uint8Array>;
  }

  private async wrapped(space: string, name: string, wrappedBy: Uint8Array, make: boolean): Promise<Uint8Array | null> {
    const cacheKey = `${space}/${name}`;
    const cached = this.cache.get(cacheKey);
    if (cached) return cached;
    let entry = await this.records.get<string>(space, name, NO_INSTANT);
    if (!entry && !make) return null;
    if (!entry) {
      await this.records.put(space, name, encrypt(wrappedBy, randomBytes(KEY_BYTES), cacheKey), NO_INSTANT, {
        expectedVersion: 0,
      });
      entry = await this.records.get<string>(space, name, NO_INSTANT);
    }
    const key = decrypt(wrappedBy, entry!.value, cacheKey);
    this.remember(cacheKey, key);
    return key;
  }

  private remember(cacheKey: string, key: Uint8Array): void {
    if (this.cache.size >= this.cachedKeys) this.cache.delete(this.cache.keys().next().value!);
    this.cache.set(cacheKey, key);
  }
}
