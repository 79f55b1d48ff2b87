// Tokens that somebody else made, or made for somebody else: each is signed and served as a real provider's would be.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DIRECTORY, entraStand, openIdStand, type Mock } from '../testing/openid-stands.js';
import { roundFor, type Said, type Stand } from '../testing/stand.js';

type MockStand = Stand & { readonly mock: Mock };

async function login(stand: MockStand, said: Said = {}) {
  const round = roundFor(stand);
  const { location, verifier } = await stand.way.begin(round);
  return stand.way.finish({ ...round, verifier }, await stand.visit(location, said));
}

const seconds = () => Math.floor(Date.now() / 1000);
const refused = { code: 'login.identity-refused' };

describe('an ID token', () => {
  let stand: MockStand;
  beforeAll(async () => {
    stand = await openIdStand();
  });
  afterAll(() => stand.dispose());

  it('that is in order lets its person in', async () => {
    expect(await login(stand)).toMatchObject({ subject: 'ada', email: 'ada@globex.example', emailProven: true });
    expect(await login(stand, { aud: ['client-1', 'other'], azp: 'client-1' })).toMatchObject({ subject: 'ada' });
  });

  it.each<[string, () => Said]>([
    ['with another nonce', () => ({ nonce: 'another' })],
    ['without nonce', () => ({ nonce: undefined })],
    ['for another program', () => ({ aud: 'client-2' })],
    ['for several programs, not said for which', () => ({ aud: ['client-1', 'client-2'] })],
    ['for several programs, by another one', () => ({ aud: ['client-1', 'client-2'], azp: 'client-2' })],
    ['asked for by another program', () => ({ azp: 'client-2' })],
    ['of another issuer', () => ({ iss: 'https://evil.example' })],
    ['that has expired', () => ({ iat: seconds() - 7200, exp: seconds() - 3600 })],
    ['that never expires', () => ({ exp: undefined })],
    ['of the future', () => ({ iat: seconds() + 600, exp: seconds() + 1200 })],
    ['that is not valid yet', () => ({ nbf: seconds() + 600 })],
    ['of nobody', () => ({ sub: undefined })],
    ['of an empty name', () => ({ sub: '' })],
  ])('%s is refused', async (_what, said) => {
    await expect(login(stand, said())).rejects.toMatchObject(refused);
  });

  const parts = (token: unknown) => String(token).split('.') as [string, string, string];
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each<[string, (token: string, mock: Mock) => string]>([
    ['unsigned (alg none)', (token) => `${encoded({ alg: 'none' })}.${parts(token)[1]}.`],
    [
      'signed with the public key as a secret (HS256)',
      (token, mock) => {
        const key = JSON.stringify(mock.server.issuer.keys.toJSON()[0]);
        const signed = `${encoded({ alg: 'HS256' })}.${parts(token)[1]}`;
        return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
      },
    ],
    [
      'signed with the secret of the client (HS256)',
      (token) => {
        const signed = `${encoded({ alg: 'HS256' })}.${parts(token)[1]}`;
        return `${signed}.${createHmac('sha256', 'hush').update(signed).digest('base64url')}`;
      },
    ],
    ['with a signature of nothing', (token) => `${parts(token)[0]}.${parts(token)[1]}.`],
    [
      'whose person was changed after it was signed',
      (token) => {
        const [header, payload, signature] = parts(token);
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
        return `${header}.${encoded({ ...claims, sub: 'bob' })}.${signature}`;
      },
    ],
    [
      'that names its own key',
      (token) => `${encoded({ alg: 'RS256', kid: 'evil', jku: 'https://evil.example' })}.${parts(token)[1]}.x`,
    ],
  ])('%s is refused', async (_what, forge) => {
    stand.mock.forge = (body) => (body.id_token = forge(String(body.id_token), stand.mock));
    try {
      await expect(login(stand)).rejects.toMatchObject(refused);
    } finally {
      stand.mock.forge = null;
    }
  });

  it('that does not come is refused', async () => {
    stand.mock.forge = (body) => delete body.id_token;
    try {
      await expect(login(stand)).rejects.toMatchObject(refused);
    } finally {
      stand.mock.forge = null;
    }
  });

  it('of another person than userinfo speaks of is refused', async () => {
    const said = { email: undefined };
    stand.mock.server.service.prependOnceListener('beforeUserinfo', () => (stand.mock.said = { sub: 'bob' }));
    await expect(login(stand, said)).rejects.toMatchObject(refused);
  });
});

describe('a token of Entra', () => {
  let stand: MockStand;
  beforeAll(async () => {
    stand = await entraStand();
  });
  afterAll(() => stand.dispose());

  it('is issued by the directory that it names', async () => {
    expect((await login(stand)).issuer).toBe(`https://login.microsoftonline.com/${DIRECTORY}/v2.0`);
  });

  it.each<[string, Said]>([
    [
      'that names another directory than its issuer',
      { iss: 'https://login.microsoftonline.com/00000000-0000-4000-8000-000000000000/v2.0' },
    ],
    ['that names no directory', { tid: undefined, iss: 'https://login.microsoftonline.com/undefined/v2.0' }],
    ['of an issuer that only looks like it', { iss: `https://login.microsoftonline.com.evil.example/${DIRECTORY}/v2.0` }],
  ])('%s is refused', async (_what, said) => {
    await expect(login(stand, said)).rejects.toMatchObject(refused);
  });
});

describe('the description of a provider', () => {
  it('is asked for once, and again where the settings are others or it could not be had', async () => {
    const stand = await openIdStand();
    try {
      stand.breakDown(503);
      await expect(stand.way.begin(roundFor(stand))).rejects.toMatchObject({ code: 'provider.unavailable' });
      stand.breakDown(null);
      await stand.way.begin(roundFor(stand));
      stand.breakDown(503);
      expect((await stand.way.begin(roundFor(stand))).location).toContain(stand.mock.url);
      const other = { ...roundFor(stand), settings: { ...stand.settings } };
      await expect(stand.way.begin(other)).rejects.toMatchObject({ code: 'provider.unavailable' });
    } finally {
      await stand.dispose();
    }
  });

  it('that names another issuer than it was asked for is not believed', async () => {
    const stand = await openIdStand();
    try {
      stand.mock.server.issuer.url = 'https://evil.example';
      await expect(stand.way.begin(roundFor(stand))).rejects.toMatchObject({ code: 'provider.unavailable' });
    } finally {
      await stand.dispose();
    }
  });
});
