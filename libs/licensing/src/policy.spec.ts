import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_EVENT_BYTES } from '#event-store/event-store.js';
import { evolve } from '#kernel/aggregate.js';
import { given, TEST_ID } from '#kernel/testing/given.js';
import { newestVersion, policy, termsOf, type Policy } from './policy.js';
import { termsSchema } from './terms.js';

const productId = '01j00000000000000000000009';
const terms = termsSchema.parse({ activations: 3, duration: 'P1Y', entitlements: { export: true } });
const added = {
  type: 'PolicyAdded',
  data: { policyId: TEST_ID, productId, name: 'Standard', code: 'standard', version: 1, terms },
} as const;
const retired = { type: 'PolicyRetired', data: { tenant: 'acme', reason: null } } as const;
const sold = {
  type: 'ProductAdded',
  data: { productId, name: 'Photo', code: 'photo', description: null, platforms: [] },
};

describe('adding a policy', () => {
  const command = {
    productId,
    name: 'Standard',
    code: 'standard',
    terms: { activations: 3, duration: 'P1Y', entitlements: { export: true } },
  };

  it('fixes the terms of version 1, with defaults for what is left out', () => {
    given(policy)
      .withFacts({ product: [sold] })
      .when('add', command)
      .then(added);
  });

  it('is refused for a product that is not there', () => {
    given(policy).when('add', command).thenRefused('product.not-found');
  });

  it('is refused for a retired product', () => {
    const product = [sold, { type: 'ProductRetired', data: { tenant: 'acme', reason: null } }];
    given(policy).withFacts({ product }).when('add', command).thenRefused('product.retired');
  });

  it('is refused for one that is there', () => {
    given(policy, added)
      .withFacts({ product: [sold] })
      .when('add', command)
      .thenRefused('policy.exists');
  });
});

describe('terms that contradict themselves', () => {
  const window = (allowed: number) => ({ allowed, period: 'P1M' });
  it.each([
    ['a device activated in a grace that there is not', '/terms/activateInGrace', { activateInGrace: true }],
    ['a first activation that starts nothing', '/terms/starts', { starts: 'first-activation' }],
    [
      'more deactivations in a window than over the whole life',
      '/terms/deactivations/window/allowed',
      { deactivations: { allowed: 2, window: window(3) } },
    ],
    [
      'none in any window, but some over the whole life',
      '/terms/deactivations/window/allowed',
      { deactivations: { window: window(0) } },
    ],
  ] as const)('are refused, with where they stand: %s', (_what, pointer, misfit) => {
    const refused = expect.objectContaining({
      code: 'policy.terms-do-not-fit',
      pointers: [{ pointer, detail: expect.any(String) }],
    });
    const command = { productId, name: 'Standard', code: 'standard', terms: misfit };
    expect(() =>
      given(policy)
        .withFacts({ product: [sold] })
        .when('add', command)
        .decided(),
    ).toThrow(refused);
    const before = { ...added, data: { ...added.data, terms: termsSchema.parse({}) } };
    expect(() => given(policy, before).when('revise', { terms: misfit }).decided()).toThrow(refused);
  });

  it('are not those that a license with limits or dates of its own can make sense of', () => {
    const terms = {
      ...{ activations: 0, overAllocated: 'invalid' as const, grace: 'P7D', activateInGrace: true, maintenance: 'P2Y' },
      deactivations: { allowed: 2, window: window(2) },
    };
    const [event] = given(policy, added).when('revise', { terms }).decided();
    expect(event!.type).toBe('PolicyRevised');
  });
});

describe('revising a policy', () => {
  it('makes a new version and tells what changed', () => {
    given(policy, added)
      .when('revise', { terms: { activations: 5, entitlements: {} } })
      .then({
        type: 'PolicyRevised',
        data: {
          version: 2,
          terms: { ...terms, activations: 5, entitlements: {} },
          changes: [
            { pointer: '/activations', from: 3, to: 5 },
            { pointer: '/entitlements/export', from: true, to: null },
          ],
        },
      });
  });

  it('that changes nothing is no new version', () => {
    given(policy, added)
      .when('revise', { terms: { activations: 3, keyFormat: {} } })
      .thenNothing();
    given(policy, added).when('revise', { terms: {} }).thenNothing();
  });

  it('is refused where parts that are fine each do not fit together', () => {
    given(policy, added)
      .when('revise', { terms: { keyFormat: { groups: 2 } } })
      .thenRefused('policy.terms-do-not-fit');
  });

  it('is allowed for a retired policy, for the licenses that it has', () => {
    const events = given(policy, added, retired)
      .when('revise', { terms: { activations: 4 } })
      .decided();
    expect(events.map(({ type }) => type)).toEqual(['PolicyRevised']);
  });

  it('never changes the terms of a version, whatever happens', () => {
    const step = fc.oneof(
      fc.record({
        command: fc.constant('revise' as const),
        data: fc.record({ terms: fc.record({ activations: fc.integer({ min: -1, max: 4 }) }) }),
      }),
      fc.record({ command: fc.constantFrom('retire' as const, 'reinstate' as const), data: fc.constant({}) }),
      fc.record({ command: fc.constant('rename' as const), data: fc.record({ name: fc.constantFrom('A', 'B') }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const events: Parameters<typeof given>[1][] = [added];
        let state = fold(events);
        for (const { command, data } of steps) {
          const before = structuredClone(state);
          events.push(
            ...given(policy, ...(events as never[]))
              .when(command, data)
              .decided(),
          );
          state = fold(events);
          before.versions.forEach((pinned, index) => expect(termsOf(state, index + 1)).toEqual(pinned));
          const [last, previous] = [termsOf(state, newestVersion(state)), state.versions.at(-2)];
          expect(last).not.toEqual(previous);
        }
      }),
    );
  });

  it('fits into one event, however long the entitlements', () => {
    const full = (value: string) => Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${'e'.repeat(55)}${i}`, value]));
    const before = { ...added, data: { ...added.data, terms: termsSchema.parse({ entitlements: full('a'.repeat(15)) }) } };
    const [event] = given(policy, before as typeof added)
      .when('revise', { terms: { entitlements: full('b'.repeat(15)) } })
      .decided();
    expect(Buffer.byteLength(JSON.stringify(event!.data))).toBeLessThan(MAX_EVENT_BYTES);
  });
});

describe('the terms of a version', () => {
  it('are refused for a version that is not there', () => {
    expect(() => termsOf(fold([added]), 2)).toThrow(
      expect.objectContaining({ code: 'policy.version-not-found', facts: { newest: 1 } }),
    );
  });
});

describe('renaming a policy', () => {
  it('is a fact', () => {
    given(policy, added)
      .when('rename', { name: 'Basic' })
      .then({ type: 'PolicyRenamed', data: { name: 'Basic' } });
  });

  it('to the name that it has, changes nothing', () => {
    given(policy, added).when('rename', { name: ' Standard' }).thenNothing();
  });
});

describe('retiring a policy', () => {
  it('is a fact, and once only', () => {
    given(policy, added).when('retire', {}).then(retired);
    given(policy, added, retired).when('retire', { reason: 'again' }).thenNothing();
  });

  it('is undone by reinstating it', () => {
    given(policy, added, retired).when('reinstate', {}).then({ type: 'PolicyReinstated', data: {} });
    given(policy, added).when('reinstate', {}).thenNothing();
  });
});

describe('a policy that is not there', () => {
  it.each([
    ['revise', { terms: {} }],
    ['rename', { name: 'A' }],
    ['retire', {}],
    ['reinstate', {}],
  ] as const)('refuses to %s', (command, data) => {
    given(policy).when(command, data).thenRefused('policy.not-found');
  });
});

function fold(events: readonly { type: string; data: unknown }[]): Policy {
  return events.reduce<Policy | null>((state, event) => evolve(policy, state, { ...event, meta: {} as never }), null)!;
}
