import { describe, expect, it } from '@jest/globals';
import { settingsFor } from '../testing/stand.js';
import { ofEntra, ofFacebook, ofGoogle, ofOpenId, type Claims } from './claims.js';
import type { ProviderSettings } from './provider.js';

const now = '2026-06-01T12:00:00.000Z';
const iat = Date.parse(now) / 1000;
const DIRECTORY = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const PERSONAL = '9188040d-6c67-4c5b-b112-36a304b66dad';
const asked = (kind: ProviderSettings['kind'], more: Partial<ProviderSettings> = {}) => ({
  provider: 'p',
  settings: settingsFor(kind, more),
});

describe('an address that Google tells', () => {
  it.each<[Claims, boolean]>([
    [{ email: 'ada@gmail.com', email_verified: true }, true],
    [{ email: 'Ada@GMAIL.com', email_verified: true }, true],
    [{ email: 'ada@globex.example', email_verified: true, hd: 'globex.example' }, true],
    [{ email: 'ada@globex.example', email_verified: true, hd: 'other.example' }, false],
    [{ email: 'ada@globex.example', email_verified: true }, false],
    [{ email: 'ada@gmail.com', email_verified: false }, false],
    [{ email: 'ada@gmail.com', email_verified: 'true' }, false],
    [{ email: 'ada@gmail.com' }, false],
    [{ email: 'ada@evil.example@gmail.com', email_verified: true }, false],
    [{ email_verified: true, hd: 'globex.example' }, false],
  ])('%j is proven: %s', (claims, proven) => {
    expect(ofGoogle(asked('google'), { sub: 'ada', ...claims }).emailProven).toBe(proven);
  });
});

describe('an address that Entra tells', () => {
  const token = { iat, iss: `https://login.microsoftonline.com/${DIRECTORY}/v2.0`, tid: DIRECTORY, oid: 'ada', sub: 'x' };
  const email = 'ada@globex.example';

  it.each<[Claims, boolean]>([
    [{ email, xms_edov: true }, true],
    [{ email }, false],
    [{ email, email_verified: true }, false],
    [{ email, xms_edov: 'true' }, false],
    [{ email, xms_edov: 1 }, false],
    [{ preferred_username: email, upn: email, xms_edov: true }, false],
  ])('%j is proven: %s', (claims, proven) => {
    expect(ofEntra(asked('entra'), { ...token, ...claims }, now).emailProven).toBe(proven);
  });

  it('is never proven for a personal account, and such comes in only where the vendor allows it', () => {
    const personal = { ...token, tid: PERSONAL.toUpperCase(), email, xms_edov: true };
    expect(() => ofEntra(asked('entra'), personal, now)).toThrow(expect.objectContaining({ code: 'login.personal-account' }));
    const allowed = asked('entra', { personalAccounts: true, directories: [DIRECTORY] });
    expect(ofEntra(allowed, personal, now)).toMatchObject({ subject: 'ada', emailProven: false });
  });

  it('comes from a directory whose people may come in', () => {
    const other = asked('entra', { directories: [PERSONAL.replace('9', '8')] });
    expect(() => ofEntra(other, token, now)).toThrow(expect.objectContaining({ code: 'login.directory-not-allowed' }));
    expect(ofEntra(asked('entra', { directories: [DIRECTORY] }), { ...token, sub: 'pairwise' }, now)).toMatchObject({
      ...{ subject: 'ada', sub: 'pairwise' },
    });
  });

  it('is nobody’s without directory and object', () => {
    for (const gone of ['tid', 'oid']) {
      expect(() => ofEntra(asked('entra'), { ...token, [gone]: undefined }, now)).toThrow(
        expect.objectContaining({ code: 'login.identity-refused' }),
      );
    }
  });
});

describe('an address that Facebook tells', () => {
  it('is never proven', () => {
    const profile = { id: 'ada', email: 'ada@globex.example', verified: true, email_verified: true };
    expect(ofFacebook(asked('facebook'), profile)).toMatchObject({ subject: 'ada', emailProven: false });
  });
});

describe('an address that another OpenID provider tells', () => {
  const token = { iat, iss: 'https://id.example', sub: 'ada' };
  const email = 'ada@globex.example';
  const said = (idToken: Claims, userinfo: Claims | null, more: Partial<ProviderSettings> = {}) =>
    ofOpenId(asked('oidc', more), { ...token, ...idToken }, userinfo, now);

  it.each<[Claims, Claims | null, boolean]>([
    [{ email, email_verified: true }, null, true],
    [{ email, email_verified: 'true' }, null, false],
    [{ email }, null, false],
    [{}, { sub: 'ada', email, email_verified: true }, true],
    [{ email_verified: true }, { sub: 'ada', email }, false],
    [{ email }, { sub: 'ada', email, email_verified: true }, false],
    [{}, { sub: 'ada', email_verified: true }, false],
  ])('%j with %j is proven: %s', (idToken, userinfo, proven) => {
    expect(said(idToken, userinfo).emailProven).toBe(proven);
  });

  it('counts unsaid where the vendor trusts the provider, but never against its word', () => {
    const trusted = { trustsEmail: true };
    expect(said({ email }, null, trusted).emailProven).toBe(true);
    expect(said({ email, email_verified: false }, null, trusted).emailProven).toBe(false);
    expect(said({ email_verified: undefined }, null, trusted)).toMatchObject({ email: null, emailProven: false });
  });

  it('comes in a token that is for this product, and not of the future', () => {
    expect(said({ azp: 'client-1' }, null).subject).toBe('ada');
    for (const wrong of [{ azp: 'another' }, { iat: iat + 61 }, { iat: undefined }])
      expect(() => said(wrong, null)).toThrow(expect.objectContaining({ code: 'login.identity-refused' }));
  });

  it('may come with how and when the person proved himself, if the vendor trusts the provider in this', () => {
    const how = { amr: ['pwd', 7, 'otp'], auth_time: iat - 60 };
    expect(said(how, null, { trustsAmr: true })).toMatchObject({
      amr: ['pwd', 'otp'],
      authenticatedAt: '2026-06-01T11:59:00.000Z',
    });
    expect(said(how, null).amr).toEqual([]);
    expect(said({ auth_time: 'now' }, null).authenticatedAt).toBeNull();
  });
});
