// The secrets of factors as records, sealed with the person's key under the id that the fact names. His id stands in
// plain in the key of the record, so that erasing him deletes it.
import { decrypt, encrypt, type Keyring } from '#event-store/keyring.js';
import type { Json } from '#kernel/json.js';
import type { RecordStore } from '#records/record-store.js';
import { factorErrors } from './factor.errors.js';

const SPACE = 'factor-secrets';

/** Which secret: whose, and the id of the factor. */
export interface FactorPlace {
  readonly tenant: string;
  readonly userId: string;
  readonly factorId: string;
}

interface KeptSecret<Secret> {
  readonly secret: Secret;
  readonly version: number;
}

type Kept = { readonly sealed: string };

const keyOf = ({ tenant, userId, factorId }: FactorPlace): string => `${tenant}/${userId}/${factorId}`;

export class FactorSecrets {
  constructor(
    private readonly records: RecordStore,
    private readonly keyring: Keyring,
  ) {}

  /** Durable when it returns. Under an id that is there already nothing changes. */
  async keep(place: FactorPlace, secret: Json, now: string, until?: string): Promise<void> {
    const kept = await this.sealed(place, secret);
    await this.records.put(SPACE, keyOf(place), kept, now, { expectedVersion: 0, durable: true, expiresAt: until });
  }

  async find<Secret extends Json>(place: FactorPlace, now: string): Promise<KeptSecret<Secret> | null> {
    const entry = await this.records.get<Kept>(SPACE, keyOf(place), now);
    const key = entry && (await this.keyring.findSubjectKey(place.tenant, place.userId));
    if (!entry || !key) return null;
    const text = decrypt(key, entry.value.sealed, `${SPACE}/${keyOf(place)}`).toString();
    return { secret: JSON.parse(text) as Secret, version: entry.version };
  }

  /** Whether nobody else changed it meanwhile: of all who use the same code, one is told so. Durable when it returns. */
  async change(place: FactorPlace, { version }: KeptSecret<Json>, secret: Json, now: string): Promise<boolean> {
    const kept = await this.sealed(place, secret);
    return (await this.records.put(SPACE, keyOf(place), kept, now, { expectedVersion: version, durable: true })) !== null;
  }

  async forget(place: FactorPlace): Promise<void> {
    await this.records.delete(SPACE, keyOf(place));
  }

  private async sealed(place: FactorPlace, secret: Json): Promise<Kept> {
    const key = (await this.keyring.findSubjectKey(place.tenant, place.userId)) ?? factorErrors.refuse('factor.not-found');
    return { sealed: encrypt(key, Buffer.from(JSON.stringify(secret)), `${SPACE}/${keyOf(place)}`) };
  }
}
