// A device with passkeys and the browser before it, as far as WebAuthn sees them (Level 3, §6.3): keys of its own, real
// signatures, and lies on demand.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

export type Algorithm = 'ES256' | 'EdDSA' | 'RS256';

/** What a server says of a passkey to be made, as far as a device looks at it. */
export interface Creation {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
  readonly excludeCredentials: readonly { readonly id: string }[];
}

/** What a server says of one to be used. */
export interface Request {
  readonly challenge: string;
  readonly rpId: string;
  readonly allowCredentials: readonly { readonly id: string }[];
}

/** What is otherwise than an honest device and browser would have it. */
export interface Lies {
  readonly origin?: string;
  readonly crossOrigin?: boolean;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  /** Whether the device made sure who holds it. */
  readonly verified?: boolean;
  readonly present?: boolean;
  readonly counter?: number;
  readonly userHandle?: string | null;
  /** The id of another credential. */
  readonly id?: string;
  readonly tampered?: boolean;
  readonly attestation?: readonly [string, Map<string, unknown>];
}

interface Kept {
  readonly id: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly key: KeyObject;
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
const text = (data: Uint8Array) => Buffer.from(data).toString('base64url');
const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest();

function newKey(algorithm: Algorithm) {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return algorithm === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 });
}

/** A public key as COSE writes it (RFC 9053). */
function coseOf(algorithm: Algorithm, key: KeyObject): Uint8Array {
  const { x = '', y = '', n = '', e = '' } = key.export({ format: 'jwk' }) as Record<string, string>;
  const members: Record<Algorithm, [number, number | Uint8Array][]> = {
    ES256: [[1, 2], [3, -7], [-1, 1], [-2, bytes(x)], [-3, bytes(y)]], // prettier-ignore
    EdDSA: [[1, 1], [3, -8], [-1, 6], [-2, bytes(x)]], // prettier-ignore
    RS256: [[1, 3], [3, -257], [-1, bytes(n)], [-2, bytes(e)]], // prettier-ignore
  };
  return isoCBOR.encode(new Map(members[algorithm]));
}

export class SoftAuthenticator {
  private kept: Kept[] = [];
  private used = 0;

  /** @param counts whether it tells how often it was used; what is on several devices does not */
  constructor(
    private readonly origin: string,
    private readonly algorithm: Algorithm = 'ES256',
    private readonly counts = true,
  ) {}

  /** Another device with the same keys, that counts from where this one is. */
  copy(): SoftAuthenticator {
    const copy = new SoftAuthenticator(this.origin, this.algorithm, this.counts);
    [copy.kept, copy.used] = [[...this.kept], this.used];
    return copy;
  }

  /** @throws Error where it has a passkey that the server excludes */
  create({ challenge, rp, user, excludeCredentials }: Creation, lies: Lies = {}) {
    if (this.kept.some(({ id }) => excludeCredentials.some((each) => each.id === id))) throw new Error('excluded');
    const { publicKey, privateKey } = newKey(this.algorithm);
    const id = lies.id ?? text(randomBytes(32));
    const rpId = lies.rpId ?? rp.id;
    this.kept.push({ id, rpId, userHandle: user.id, key: privateKey });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes(id).length);
    const made = Buffer.concat([Buffer.alloc(16), length, bytes(id), coseOf(this.algorithm, publicKey)]);
    const authData = new Uint8Array(Buffer.concat([this.said(rpId, 0x40, lies), made]));
    const [format, statement] = lies.attestation ?? ['none', new Map<string, unknown>()];
    const attestation = new Map<string, unknown>([['fmt', format], ['attStmt', statement], ['authData', authData]]); // prettier-ignore
    return {
      ...{ id, rawId: id, type: 'public-key', authenticatorAttachment: 'platform', clientExtensionResults: { credProps: {} } },
      response: {
        clientDataJSON: text(this.client('webauthn.create', challenge, lies)),
        attestationObject: text(isoCBOR.encode(attestation as never)),
        transports: ['internal', 'hybrid'],
      },
    };
  }

  /** @throws Error where it has no passkey that the server wants */
  get({ challenge, rpId, allowCredentials }: Request, lies: Lies = {}) {
    const fits = ({ id }: Kept) => allowCredentials.length === 0 || allowCredentials.some((each) => each.id === id);
    const kept = this.kept.findLast((each) => each.rpId === rpId && fits(each));
    if (!kept) throw new Error('no passkey for this server');
    this.used += 1;
    const client = this.client('webauthn.get', challenge, lies);
    const authData = this.said(lies.rpId ?? rpId, 0, lies);
    const signed = Buffer.concat([authData, sha256(client)]);
    const signature = sign(this.algorithm === 'EdDSA' ? null : 'sha256', signed, kept.key);
    if (lies.tampered) signature[signature.length - 1]! ^= 1;
    const id = lies.id ?? kept.id;
    const userHandle = lies.userHandle === undefined ? kept.userHandle : lies.userHandle;
    return {
      ...{ id, rawId: id, type: 'public-key', authenticatorAttachment: 'platform', clientExtensionResults: {} },
      response: { clientDataJSON: text(client), authenticatorData: text(authData), signature: text(signature), userHandle },
    };
  }

  private client(type: string, challenge: string, lies: Lies): Buffer {
    const { origin = this.origin, crossOrigin = false } = lies;
    return Buffer.from(JSON.stringify({ type: lies.type ?? type, challenge: lies.challenge ?? challenge, origin, crossOrigin }));
  }

  /** The head of what an authenticator says: for whom, who was there, how often. */
  private said(rpId: string, more: number, { verified = true, present = true, counter }: Lies): Buffer {
    const head = Buffer.alloc(5);
    head[0] = (present ? 0x01 : 0) | (verified ? 0x04 : 0) | (this.counts ? 0 : 0x18) | more;
    head.writeUInt32BE(counter ?? (this.counts ? this.used : 0), 1);
    return Buffer.concat([sha256(rpId), head]);
  }
}
