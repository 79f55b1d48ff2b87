// What a browser says of a passkey (`PublicKeyCredential.toJSON()`), and what it is told before
// (`PublicKeyCredential.parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON`): WebAuthn Level 3, §5.1 and §5.4.
import { z } from 'zod';

const base64url = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[\w-]+$/, 'must be base64url without padding');

/** A credential's id has 1023 bytes at most. */
const credentialIdSchema = base64url(1_364);
const transportSchema = z.string().min(1).max(30);

// Browsers add members with the years: what is not named here is not looked at.
const credential = { id: credentialIdSchema, rawId: credentialIdSchema, type: z.literal('public-key') };

export const newCredentialSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(10_000),
    attestationObject: base64url(60_000),
    transports: z.array(transportSchema).max(10).default([]),
  }),
});
export type NewCredential = z.output<typeof newCredentialSchema>;

export const usedCredentialSchema = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(10_000),
    authenticatorData: base64url(10_000),
    signature: base64url(10_000),
    userHandle: base64url(100).nullish(),
  }),
});
export type UsedCredential = z.output<typeof usedCredentialSchema>;

const descriptorSchema = z.strictObject({
  type: z.literal('public-key'),
  id: credentialIdSchema,
  transports: z.array(transportSchema),
});
const verification = z.literal('required');
const timeout = z.int().meta({ description: 'In milliseconds.' });

export const creationOptionsSchema = z.strictObject({
  publicKey: z
    .strictObject({
      challenge: z.string(),
      rp: z.strictObject({ id: z.string(), name: z.string() }),
      user: z.strictObject({ id: z.string(), name: z.string(), displayName: z.string() }),
      pubKeyCredParams: z.array(z.strictObject({ type: z.literal('public-key'), alg: z.int() })),
      timeout,
      excludeCredentials: z.array(descriptorSchema),
      authenticatorSelection: z.strictObject({
        residentKey: z.literal('preferred'),
        requireResidentKey: z.boolean(),
        userVerification: verification,
      }),
      attestation: z.literal('none'),
      extensions: z.strictObject({ credProps: z.boolean() }),
      hints: z.array(z.string()),
    })
    .meta({ description: 'For `PublicKeyCredential.parseCreationOptionsFromJSON`.' }),
});

export const requestOptionsSchema = z.strictObject({
  publicKey: z
    .strictObject({
      challenge: z.string(),
      rpId: z.string(),
      timeout,
      userVerification: verification,
      allowCredentials: z.array(descriptorSchema).meta({ description: 'None: whichever the browser has for this server.' }),
    })
    .meta({ description: 'For `PublicKeyCredential.parseRequestOptionsFromJSON`.' }),
});
