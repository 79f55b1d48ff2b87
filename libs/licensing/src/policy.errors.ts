import { defineErrors } from '#kernel/errors.js';

/** What is refused about policies. */
export const policyErrors = defineErrors({
  'policy.not-found': { kind: 'missing', title: 'There is no such policy.', keygen: 'NOT_FOUND' },
  'policy.version-not-found': { kind: 'missing', title: 'The policy has no such version.' },
  'policy.not-of-license': {
    kind: 'conflict',
    title: 'The license was issued under another policy; it moves between the versions of its own.',
  },
  'policy.exists': { kind: 'conflict', title: 'The policy was added already.' },
  'policy-code.taken': {
    kind: 'conflict',
    title: 'Another policy of the product has this code; a retired policy keeps its own.',
  },
  'policy.retired': { kind: 'conflict', title: 'The policy is retired: no license is issued under it until it is reinstated.' },
  'policy.terms-do-not-fit': { kind: 'invalid', title: 'The terms do not fit together.' },
});
