// The two ceremonies of WebAuthn (Level 3, §7.1 and §7.2), by the library; here stand what we ask for, and which of its
// answers somebody can do something about.
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import {
  COSEALG,
  decodeAttestationObject,
  decodeClientDataJSON,
  isoBase64URL,
  isoCBOR,
  parseAuthenticatorData,
} from '@simplewebauthn/server/helpers';
import { CHALLENGE_MS } from './challenges.js';
import type { NewCredential, UsedCredential } from './credential-fields.js';
import { passkeyErrors } from './passkey.errors.js';
import type { KeptPasskey, Passkey } from './passkeys.js';
import type { RelyingParty } from './relying-party.js';

/** What every authenticator has one of. */
const ALGORITHMS = [COSEALG.EdDSA, COSEALG.ES256, COSEALG.RS256];

export interface Enroller {
  readonly handle: Uint8Array<ArrayBuffer>;
  readonly email: string;
  readonly name: string;
  readonly vendor: string;
}

type Challenge = Uint8Array<ArrayBuffer>;

const described = ({ credentialId: id, transports }: Passkey) => ({ id, transports: [...transports] });

/** What a browser is told that is to make a passkey. */
export function creationOptions(party: RelyingParty, challenge: Challenge, who: Enroller, known: readonly Passkey[]) {
  return generateRegistrationOptions({
    ...{ rpID: party.id, rpName: who.vendor, userID: who.handle, userName: who.email, userDisplayName: who.name },
    challenge,
    timeout: CHALLENGE_MS,
    attestationType: 'none',
    excludeCredentials: known.map(described),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

/** What a browser is told that is to use one: of these, or, where there are none, whichever it has for us. */
export async function requestOptions({ id }: RelyingParty, challenge: Challenge, known: readonly Passkey[]) {
  const { extensions: _none, ...options } = await generateAuthenticationOptions({
    rpID: id,
    challenge,
    timeout: CHALLENGE_MS,
    userVerification: 'required',
    allowCredentials: known.filter(({ host }) => host === id).map(described),
  });
  return options;
}

/** The challenge that was signed. @throws `passkey.not-begun` where there is none */
export function challengeOf({ response }: NewCredential | UsedCredential): string {
  const challenge: unknown = attempted(() => decodeClientDataJSON(response.clientDataJSON).challenge, 'passkey.not-begun');
  return typeof challenge === 'string' ? challenge : passkeyErrors.refuse('passkey.not-begun');
}

/** What can be said of a credential before it is known whose it is. @throws `passkey.foreign-page`, `passkey.user-unverified` */
function mustBeOurs({ origin }: RelyingParty, clientDataJSON: string, uv: boolean): void {
  const said = decodeClientDataJSON(clientDataJSON);
  // Nobody has reason to show our pages within his own.
  if (said.origin !== origin || said.crossOrigin === true)
    passkeyErrors.refuse('passkey.foreign-page', `Only what is used on a page of ${origin} is taken. Begin anew there.`);
  if (!uv) passkeyErrors.refuse('passkey.user-unverified');
}

/**
 * What is kept of a new passkey.
 * @param challenge that was used up for it
 * @throws `passkey.foreign-page`, `passkey.user-unverified`, `passkey.unusable`
 */
export async function madeBy(given: NewCredential, party: RelyingParty, challenge: string): Promise<KeptPasskey> {
  const { clientDataJSON, transports } = given.response;
  const authData = attempted(() =>
    decodeAttestationObject(isoBase64URL.toBuffer(given.response.attestationObject)).get('authData'),
  );
  mustBeOurs(party, clientDataJSON, attempted(() => parseAuthenticatorData(authData)).flags.uv);
  // Who made the authenticator was not asked, and is not looked at: no certificate of a stranger is followed.
  const bare = new Map<string, string | Uint8Array | Map<string, string>>([
    ['fmt', 'none'],
    ['attStmt', new Map<string, string>()],
    ['authData', authData],
  ]);
  const attestationObject = isoBase64URL.fromBuffer(isoCBOR.encode(bare));
  const verified = await verifyRegistrationResponse({
    response: { ...given, response: { clientDataJSON, attestationObject }, clientExtensionResults: {} },
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(() => null);
  if (!verified?.verified) return passkeyErrors.refuse('passkey.unusable');
  const { credential, credentialBackedUp: synced } = verified.registrationInfo;
  if (credential.id !== given.id) passkeyErrors.refuse('passkey.unusable');
  const publicKey = isoBase64URL.fromBuffer(credential.publicKey);
  return { credentialId: given.id, publicKey, counter: credential.counter, transports, host: party.id, synced, usedAt: null };
}

/** @throws `passkey.foreign-page`, `passkey.user-unverified` */
export function mustBeUsedHere({ response }: UsedCredential, party: RelyingParty): void {
  const { flags } = attempted(() => parseAuthenticatorData(isoBase64URL.toBuffer(response.authenticatorData)));
  mustBeOurs(party, response.clientDataJSON, flags.uv);
}

/** How often the passkey says it was used; null where it is not this one that signed. */
export async function countSignedBy(
  { publicKey }: KeptPasskey,
  given: UsedCredential,
  party: RelyingParty,
  challenge: string,
): Promise<number | null> {
  const { userHandle, ...response } = given.response;
  const verified = await verifyAuthenticationResponse({
    response: { ...given, response: { ...response, ...(userHandle && { userHandle }) }, clientExtensionResults: {} },
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    // What it counted before is held against it once it is known that it signed: a stranger makes nobody suspect.
    credential: { id: given.id, publicKey: isoBase64URL.toBuffer(publicKey), counter: 0 },
  }).catch(() => null);
  return verified?.verified ? verified.authenticationInfo.newCounter : null;
}

/** The library throws what it likes for what it cannot read. */
function attempted<T>(read: () => T, code: 'passkey.not-begun' | 'passkey.unusable' = 'passkey.unusable'): T {
  try {
    return read();
  } catch {
    return passkeyErrors.refuse(code);
  }
}
