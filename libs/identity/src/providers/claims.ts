// From what a provider says to an assertion. An e-mail address is display data unless the provider answers for it,
// and each kind of provider has its own way of saying so.
import { emailSchema } from '#kernel/fields.js';
import { providerErrors } from './provider.errors.js';
import type { IdentityAssertion, Round } from './identity-assertion.js';

export type Claims = Readonly<Record<string, unknown>>;
type Asked = Pick<Round, 'provider' | 'settings'>;

/** The directory of all personal Microsoft accounts. */
const PERSONAL_ACCOUNTS = '9188040d-6c67-4c5b-b112-36a304b66dad';
const GOOGLE = 'https://accounts.google.com';
export const FACEBOOK = 'https://www.facebook.com';
/** How far a provider's clock may be ahead of ours. */
const SKEW_MS = 60_000;
const MOST_AMR = 20;

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 500 ? value : null;
}

function addressIn(claims: Claims): string | null {
  return emailSchema.safeParse(claims.email).data ?? null;
}

function instantOf(seconds: unknown): string | null {
  if (typeof seconds !== 'number' || !(seconds > 0) || seconds > 4e9) return null;
  return new Date(Math.floor(seconds) * 1000).toISOString();
}

function assertionOf({ provider, settings }: Asked, claims: Claims, said: Pick<IdentityAssertion, 'issuer' | 'emailProven'>) {
  const subject = text(settings.kind === 'entra' ? claims.oid : claims.sub) ?? refused('names nobody');
  const amr = settings.trustsAmr && Array.isArray(claims.amr) ? claims.amr.filter((each) => text(each) !== null) : [];
  return {
    ...said,
    provider,
    kind: settings.kind,
    subject,
    sub: settings.kind === 'entra' ? text(claims.sub) : null,
    email: addressIn(claims),
    authenticatedAt: instantOf(claims.auth_time),
    amr: (amr as string[]).slice(0, MOST_AMR),
  };
}

function refused(why: string): never {
  return providerErrors.refuse('login.identity-refused', undefined, { why });
}

/** What an ID token must say beyond what the protocol's library checks: it was made for us, and not in the future. */
function checkToken({ settings }: Asked, idToken: Claims, now: string): void {
  if (idToken.azp !== undefined && idToken.azp !== settings.clientId) refused('the identity is meant for another program');
  if (typeof idToken.iat !== 'number' || idToken.iat * 1000 > Date.parse(now) + SKEW_MS) refused('the identity is of the future');
}

/**
 * Of any OpenID provider. Address and proof are taken from one and the same answer: the ID token where it has an
 * address, else `userinfo`; mixed, the proof of one address could stand for another.
 */
export function ofOpenId(asked: Asked, idToken: Claims, userinfo: Claims | null, now: string): IdentityAssertion {
  checkToken(asked, idToken, now);
  const source = idToken.email === undefined && userinfo !== null ? userinfo : idToken;
  const trusted = source.email_verified === undefined && asked.settings.trustsEmail;
  const proven = source.email_verified === true || trusted;
  const email = addressIn(source);
  const said = { issuer: text(idToken.iss)!, emailProven: proven && email !== null };
  return { ...assertionOf(asked, idToken, said), email };
}

/**
 * Of Microsoft Entra ID. People are named by directory and object, `tid` (part of the issuer) and `oid`: every other
 * claim can be set by the administrator of any directory. So an address counts only where `xms_edov` says that its
 * domain was verified by the directory, and never for personal accounts.
 */
export function ofEntra(asked: Asked, idToken: Claims, now: string): IdentityAssertion {
  checkToken(asked, idToken, now);
  const { directories, personalAccounts } = asked.settings;
  const directory = text(idToken.tid)?.toLowerCase() ?? refused('the identity names no directory');
  const personal = directory === PERSONAL_ACCOUNTS;
  if (personal && !personalAccounts) providerErrors.refuse('login.personal-account');
  if (!personal && directories !== null && !directories.includes(directory)) providerErrors.refuse('login.directory-not-allowed');
  const emailProven = idToken.xms_edov === true && !personal && addressIn(idToken) !== null;
  return assertionOf(asked, idToken, { issuer: text(idToken.iss)!, emailProven });
}

/** Of Google: it answers for its own addresses, and for those of a domain that it hosts. */
export function ofGoogle(asked: Asked, profile: Claims): IdentityAssertion {
  const domain = addressIn(profile)?.split('@')[1]?.toLowerCase();
  const own = domain === 'gmail.com' || (domain !== undefined && text(profile.hd)?.toLowerCase() === domain);
  return assertionOf(asked, profile, { issuer: GOOGLE, emailProven: profile.email_verified === true && own });
}

/** Of Facebook: it names people by an id of this app, and answers for no address. */
export function ofFacebook(asked: Asked, profile: Claims): IdentityAssertion {
  return assertionOf(asked, { sub: profile.id, email: profile.email }, { issuer: FACEBOOK, emailProven: false });
}
