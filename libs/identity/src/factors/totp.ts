// Codes of an authenticator app (RFC 6238: SHA-1, 6 digits, 30 seconds, which is what apps understand). Each code is
// good once: the step of time that was taken last is kept beside the secret.
import { Secret, TOTP } from 'otpauth';
import { later } from '#read-models/pace.js';
import { factorErrors } from './factor.errors.js';
import type { FactorPlace, FactorSecrets } from './factor-secrets.js';

const PERIOD_S = 30;
/** Steps of time before and after, for clocks that differ. */
const WINDOW = 1;
const SECRET_BYTES = 20;
const ENROLMENT_MS = 10 * 60_000;
/** Under which the secret of an app lies that is being added: one at a time. */
const BEGUN = 'totp-begun';

type Kept = {
  /** Base 32. */
  readonly secret: string;
  readonly lastStep: number;
};

/** Who adds an app: the address and the vendor are what the app shows. */
export interface Enroller {
  readonly tenant: string;
  readonly userId: string;
  readonly email: string;
  readonly vendor: string;
}

export interface Enrolment {
  readonly secret: string;
  /** For a QR code: `otpauth://totp/…`. */
  readonly uri: string;
  readonly expiresAt: string;
}

/** The step of time of a code; null where it is wrong, or not later than the last one. */
function stepOf({ secret, lastStep }: Kept, code: string, now: string): number | null {
  const timestamp = Date.parse(now);
  const totp = new TOTP({ secret: Secret.fromBase32(secret), period: PERIOD_S });
  const delta = totp.validate({ token: code, timestamp, window: WINDOW });
  if (delta === null) return null;
  const step = Math.floor(timestamp / 1000 / PERIOD_S) + delta;
  return step > lastStep ? step : null;
}

export class Totp {
  constructor(private readonly secrets: FactorSecrets) {}

  /** Draws a secret, which counts once a code of it was given; an earlier one that was not confirmed is given up. */
  async begin({ tenant, userId, email, vendor }: Enroller, now: string): Promise<Enrolment> {
    const place = { tenant, userId, factorId: BEGUN };
    const secret = new Secret({ size: SECRET_BYTES });
    const expiresAt = later(now, ENROLMENT_MS);
    await this.secrets.forget(place);
    await this.secrets.keep(place, { secret: secret.base32, lastStep: 0 } satisfies Kept, now, expiresAt);
    // A colon divides the two in the label.
    const plain = (text: string) => text.replaceAll(':', ' ');
    const uri = new TOTP({ issuer: plain(vendor), label: plain(email), secret, period: PERIOD_S }).toString();
    return { secret: secret.base32, uri, expiresAt };
  }

  /** Keeps the secret under the id of the factor to be. @throws `factor.not-begun`, `factor.wrong` */
  async confirm(place: FactorPlace, code: string, now: string): Promise<void> {
    const begun = await this.secrets.find<Kept>({ ...place, factorId: BEGUN }, now);
    if (!begun) return factorErrors.refuse('factor.not-begun');
    const step = stepOf(begun.secret, code, now) ?? factorErrors.refuse('factor.wrong');
    await this.secrets.keep(place, { ...begun.secret, lastStep: step }, now);
  }

  /** What was begun is done, or given up. */
  giveUp(tenant: string, userId: string): Promise<void> {
    return this.secrets.forget({ tenant, userId, factorId: BEGUN });
  }

  /** Whether this is a code of now that was not taken before; it is used up with the answer. */
  async take(place: FactorPlace, code: string, now: string): Promise<boolean> {
    const kept = await this.secrets.find<Kept>(place, now);
    const step = kept && stepOf(kept.secret, code, now);
    return !!kept && step !== null && this.secrets.change(place, kept, { ...kept.secret, lastStep: step }, now);
  }
}
