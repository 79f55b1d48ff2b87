// Passwords as records. A password is written down under an id of its own before the fact that it was set names that
// id: a refused command leaves no password behind that works, and no hash stands in an event.
import type { RecordStore } from '#records/record-store.js';
import { hashPassword, isOutdated, isPassword } from './password-hash.js';

const SPACE = 'passwords';

type Kept = { readonly phc: string };

/** Which password: of whom, and the id that the fact names. */
export interface PasswordPlace {
  readonly tenant: string;
  readonly userId: string;
  readonly passwordId: string;
}

function keyOf({ tenant, userId, passwordId }: PasswordPlace): string {
  return `${tenant}/${userId}/${passwordId}`;
}

export class Passwords {
  constructor(private readonly records: RecordStore) {}

  /** Durable when it returns. Under an id that is there already the first password stays: a repeated command changes nothing. */
  async keep(place: PasswordPlace, password: string, now: string): Promise<void> {
    const kept: Kept = { phc: await hashPassword(password) };
    await this.records.put(SPACE, keyOf(place), kept, now, { expectedVersion: 0, durable: true });
  }

  /**
   * Whether this is the password; without a place, of somebody who has none, it takes as long. A string that was
   * made at another cost is made anew.
   */
  async isRight(place: PasswordPlace | null, password: string, now: string): Promise<boolean> {
    const entry = place && (await this.records.get<Kept>(SPACE, keyOf(place), now));
    const right = await isPassword(entry?.value.phc ?? null, password);
    if (right && place && entry && isOutdated(entry.value.phc)) {
      const anew: Kept = { phc: await hashPassword(password) };
      await this.records.put(SPACE, keyOf(place), anew, now, { expectedVersion: entry.version });
    }
    return right;
  }

  async forget(place: PasswordPlace): Promise<void> {
    await this.records.delete(SPACE, keyOf(place));
  }
}
