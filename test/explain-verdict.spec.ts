// Why a verdict came about: told by the function that decides live, with the events behind each input.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { VERDICT_CODES } from '#licensing/validate-license.js';
import type { Client } from './support/client.js';
import { behind, Explaining, type Check } from './support/explaining.js';

let story: Explaining;
beforeAll(async () => {
  story = await Explaining.open();
}, 60_000);
beforeEach(() => story.prepare());
afterAll(() => story.doors.close());

const on = { fingerprint: 'device-1' };

interface Story {
  readonly code: keyof typeof VERDICT_CODES;
  readonly decidedBy: string;
  /** Makes a license and asks about it: its id and the request. */
  readonly given: () => Promise<readonly [id: string, request: object]>;
  /** Events that must be named. */
  readonly events: readonly string[];
}

const after = async (id: string, ...what: readonly (readonly [string, object?])[]) => {
  for (const [verb, body] of what) await story.of(id, verb, body);
  return id;
};

const stories: readonly Story[] = [
  {
    code: 'license.revoked',
    decidedBy: 'revoked',
    events: ['LicenseRevoked'],
    given: async () => [await after(await story.issued(), ['revoke']), {}],
  },
  {
    code: 'license.suspended',
    decidedBy: 'suspended',
    events: ['LicenseSuspended'],
    given: async () => [await after(await story.issued(), ['suspend']), {}],
  },
  {
    code: 'license.organization-suspended',
    decidedBy: 'organization-suspended',
    events: ['OrganizationSuspended'],
    given: async () => {
      const id = await story.issued();
      await story.staff.done(`/v1/organizations/${story.organization}/suspend`);
      return [id, {}];
    },
  },
  {
    code: 'license.contact-suspended',
    decidedBy: 'contact-suspended',
    events: ['ContactSuspended'],
    given: async () => {
      const id = await story.issued();
      await story.staff.done(`/v1/contacts/${story.contact}/suspend`);
      return [id, {}];
    },
  },
  {
    code: 'license.not-yet-effective',
    decidedBy: 'not-yet-effective',
    events: ['LicenseIssued'],
    given: async () => [await story.issued({}, { effectiveFrom: story.inDays(3) }), {}],
  },
  {
    code: 'license.expired',
    decidedBy: 'access-expired',
    events: ['LicenseExpirySet', 'LicenseIssued'],
    given: async () => {
      const id = await story.issued({ expiryStrategy: 'revoke' });
      await story.of(id, 'set-expiry', { expiresAt: story.inDays(1) });
      story.later(2);
      return [id, {}];
    },
  },
  {
    code: 'license.expired-but-usable',
    decidedBy: 'expired',
    events: ['LicenseIssued'],
    given: async () => {
      const id = await story.issued({ duration: 'P1D', expiryStrategy: 'allow' });
      story.later(2);
      return [id, {}];
    },
  },
  {
    code: 'license.in-grace',
    decidedBy: 'expired',
    events: ['LicenseIssued', 'LicenseRenewed'],
    given: async () => {
      const id = await story.issued({ duration: 'P1D', grace: 'P5D' });
      await story.of(id, 'renew', { period: 'P1D' });
      story.later(3);
      return [id, {}];
    },
  },
  {
    code: 'license.product-mismatch',
    decidedBy: 'product',
    events: ['LicenseIssued'],
    given: async () => [await story.issued(), { productId: story.organization }],
  },
  {
    code: 'license.policy-version-mismatch',
    decidedBy: 'policy-version',
    events: ['LicenseIssued'],
    given: async () => [await story.issued(), { policyVersion: 7 }],
  },
  {
    code: 'license.contact-mismatch',
    decidedBy: 'contact',
    events: ['LicenseOwnerChanged'],
    given: async () => [await after(await story.issued(), ['change-owner', { contactId: null }]), { contactId: story.contact }],
  },
  {
    code: 'license.entitlements-missing',
    decidedBy: 'entitlements',
    events: ['LicenseIssued', 'LicenseLimitsOverridden'],
    given: async () => [
      await after(await story.issued(), ['override-limits', { overrides: { entitlements: { pro: false } } }]),
      { entitlements: ['pro'] },
    ],
  },
  {
    code: 'device.blocked',
    decidedBy: 'device-blocked',
    events: ['DeviceBlocked'],
    given: async () => [await after(await story.issued(), ['block-device', on]), on],
  },
  {
    code: 'device.not-activated',
    decidedBy: 'device-activated',
    events: ['KeyDeactivated'],
    given: async () => {
      const id = await story.issued();
      await story.of(id, `activations/${await story.activated(id)}/deactivate`);
      return [id, on];
    },
  },
  {
    code: 'license.over-allocated',
    decidedBy: 'over-allocated',
    events: ['KeyActivated', 'LicenseIssued', 'LicenseLimitsOverridden'],
    given: async () => {
      const id = await story.issued({ activations: 2, overAllocated: 'invalid' });
      await story.activated(id);
      await story.activated(id, 'device-2');
      return [await after(id, ['override-limits', { overrides: { activations: 1 } }]), on];
    },
  },
];

describe('the explanation of a verdict', () => {
  it.each(stories.map((each) => [each.code, each] as const))(
    '%s names the check and the events behind it',
    async (code, { given, decidedBy, events }) => {
      const [id, request] = await given();
      const explained = await story.of(id, 'explain-validation', request);
      expect(explained).toMatchObject({ decidedBy, verdict: { code } });
      expect(behind(explained)).toEqual(expect.arrayContaining([...events]));
      expect((explained.checks as Check[]).filter(({ passed }) => !passed)).toHaveLength(1);
    },
  );

  it('has a story for every code that decides', () => {
    expect(stories.map(({ code }) => code).sort()).toEqual(
      Object.keys(VERDICT_CODES)
        .filter((code) => code !== 'license.valid')
        .sort(),
    );
  });

  it('of a valid license shows that every check let pass, with the values that it saw', async () => {
    const id = await story.issued({ activations: 3 });
    await story.activated(id);
    const explained = await story.of(id, 'explain-validation', on);
    expect(explained).toMatchObject({ decidedBy: null, verdict: { code: 'license.valid', valid: true } });
    const checks = explained.checks as Check[];
    expect(checks.every(({ passed }) => passed)).toBe(true);
    const organizations = checks.find(({ check }) => check === 'organization-suspended')!.inputs;
    expect(organizations).toEqual([
      { of: 'organization', pointer: '/suspended', value: false, event: expect.objectContaining({ type: 'OrganizationAdded' }) },
    ]);
    const since = checks.find(({ check }) => check === 'device-activated')!.inputs.find(({ pointer }) => pointer === '/since');
    expect(since).toMatchObject({ of: 'activation', value: 1, event: { type: 'KeyActivated' } });
  });

  it('as of a past moment is that of then', async () => {
    const id = await story.issued();
    const then = story.doors.positions.highest;
    story.later(1);
    await story.of(id, 'suspend');
    expect(await story.of(id, `explain-validation?atPosition=${then}`)).toMatchObject({ decidedBy: null, asOf: then });
    expect(await story.of(id, 'explain-validation')).toMatchObject({ decidedBy: 'suspended' });
  });

  it('is for who may read histories, of licenses that he may read', async () => {
    const id = await story.issued();
    const ask = async (client: Client) => {
      const { status, body } = await client.post(`/v1/licenses/${id}/explain-validation`);
      return [status, body.code];
    };
    expect(await ask(story.doors.as({ permissions: ['license.read', 'license.validate'] }))).toEqual([403, 'auth.forbidden']);
    expect(await ask(story.doors.as({ permissions: ['history.read', 'license.validate'] }))).toEqual([404, 'license.not-found']);
    expect(await ask(story.doors.as({ organization: story.contact }))).toEqual([404, 'license.not-found']);
    expect((await ask(story.doors.as({ organization: story.organization })))[0]).toBe(200);
  });
});
