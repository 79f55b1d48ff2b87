import { describe, expect, it } from '@jest/globals';
import { given, TEST_ID } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { issuerSchema } from './provider.events.js';
import { provider } from './provider.js';
import { providerView } from './provider.view.js';

const DIRECTORY = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const none = {
  issuer: null,
  directories: null,
  personalAccounts: false,
  trustsEmail: false,
  trustsAmr: false,
  graphVersion: null,
};
const named = { name: 'Acme', clientId: 'client-1', clientSecret: 'hush' };
const google = { kind: 'google', ...named } as const;
const configured = (data: object) =>
  ({ type: 'LoginProviderConfigured', data: { providerId: TEST_ID, tenant: 'acme', ...none, ...named, ...data } }) as never;
const happened = (type: 'Enabled' | 'Disabled' | 'Removed') =>
  ({ type: `LoginProvider${type}`, data: { providerId: TEST_ID } }) as never;

describe('setting up a provider', () => {
  it('of Google takes what Google gave out', () => {
    given(provider).when('add', google).then(configured(google));
  });

  it('of Facebook names a version of the Graph API, by default one that is known to work', () => {
    given(provider)
      .when('add', { ...google, kind: 'facebook' })
      .then(configured({ kind: 'facebook', graphVersion: 'v23.0' }));
  });

  it.each([
    [false, 'organizations'],
    [true, 'common'],
  ])('of Entra asks where the wanted people are (personal accounts: %s)', (personalAccounts, audience) => {
    given(provider)
      .when('add', { ...google, kind: 'entra', directories: [DIRECTORY.toUpperCase()], personalAccounts })
      .then(
        configured({
          kind: 'entra',
          issuer: `https://login.microsoftonline.com/${audience}/v2.0`,
          directories: [DIRECTORY],
          personalAccounts,
        }),
      );
  });

  it('of Entra wants to know whose people may come in', () => {
    const asked = provider.commands.add.safeParse({ ...google, kind: 'entra' });
    expect(asked.error?.issues[0]?.path).toEqual(['directories']);
  });

  it('of any OpenID provider takes its issuer, and no secret where it is a public client', () => {
    const { clientSecret: _, ...open } = google;
    const issuer = 'https://id.globex.example/realms/staff';
    given(provider)
      .when('add', { ...open, kind: 'oidc', issuer })
      .then(configured({ kind: 'oidc', issuer, clientSecret: null }));
    expect(provider.commands.add.safeParse(open).success).toBe(false);
  });

  it('takes nothing that its kind does not have', () => {
    expect(provider.commands.add.safeParse({ ...google, issuer: 'https://accounts.google.com' }).success).toBe(false);
  });

  it('happens once', () => {
    given(provider, configured(google)).when('add', google).thenRefused('provider.exists');
    given(provider, configured(google), happened('Removed')).when('add', google).thenRefused('provider.exists');
  });
});

describe('an issuer', () => {
  it.each([
    ['https://id.example.com', true],
    ['http://localhost:9000/oidc', true],
    ['http://id.example.com', false],
    ['https://user:pass@id.example.com', false],
    ['https://id.example.com/?a=b', false],
    ['https://id.example.com/#x', false],
    ['file:///etc/passwd', false],
    ['id.example.com', false],
  ])('%s is one: %s', (issuer, good) => {
    expect(issuerSchema.safeParse(issuer).success).toBe(good);
  });
});

describe('setting up a provider otherwise', () => {
  const { clientSecret: _, ...withoutSecret } = google;

  it('keeps the secret where none is sent', () => {
    given(provider, configured(google))
      .when('configure', { ...withoutSecret, name: 'Other' })
      .then(configured({ ...google, name: 'Other' }));
  });

  it('takes a new secret, and says nothing where all is the same', () => {
    given(provider, configured(google))
      .when('configure', { ...google, clientSecret: 'new' })
      .then(configured({ ...google, clientSecret: 'new' }));
    given(provider, configured(google)).when('configure', withoutSecret).thenNothing();
  });

  it('never changes the kind', () => {
    given(provider, configured(google))
      .when('configure', { ...withoutSecret, kind: 'facebook' })
      .thenRefused('provider.kind-fixed');
  });
});

describe('a provider', () => {
  it('is switched on and off, each once', () => {
    given(provider, configured(google)).when('enable', {}).then(happened('Enabled'));
    given(provider, configured(google), happened('Enabled')).when('enable', {}).thenNothing();
    given(provider, configured(google), happened('Enabled')).when('disable', {}).then(happened('Disabled'));
    given(provider, configured(google)).when('disable', {}).thenNothing();
  });

  it('is gone for ever once it is removed', () => {
    const removed = given(provider, configured(google), happened('Enabled'), happened('Removed'));
    given(provider, configured(google)).when('remove', {}).then(happened('Removed'));
    removed.when('remove', {}).thenNothing();
    removed.when('enable', {}).thenRefused('provider.not-found');
  });

  it.each(['enable', 'disable', 'remove', 'configure'] as const)('that is not there: %s is refused', (command) => {
    given(provider)
      .when(command, command === 'configure' ? google : {})
      .thenRefused('provider.not-found');
  });
});

describe('the view of providers', () => {
  it('shows everything but the secret, and stays as it was switched', () => {
    const events = [configured(google), happened('Enabled'), configured({ ...google, name: 'Other' })] as { type: string }[];
    const doc = folded(providerView, ...(events.map((event) => ({ ...event, id: TEST_ID })) as never[])).doc(TEST_ID);
    expect(doc).toMatchObject({ name: 'Other', status: 'enabled', revision: 2 });
    expect(JSON.stringify(doc)).not.toContain('hush');
  });

  it('forgets what is removed', () => {
    const events = [configured(google), happened('Removed')] as { type: string }[];
    expect(folded(providerView, ...(events.map((event) => ({ ...event, id: TEST_ID })) as never[])).keys).toEqual([]);
  });
});
