import { defineErrors } from '#kernel/errors.js';

/** Refusals of the command path itself, before and after the rules of an aggregate. */
export const commandErrors = defineErrors({
  'idempotency.key-reused': {
    kind: 'invalid',
    title: 'The idempotency key was used before for another request.',
  },
  'precondition.failed': {
    kind: 'precondition',
    title: 'The resource has another revision than the one in If-Match.',
    retryable: true,
  },
  'command.contended': {
    kind: 'conflict',
    title: 'Others kept changing the same resource; nothing was changed by this request.',
    retryable: true,
  },
  'value.taken': { kind: 'conflict', title: 'The value must be unique and is taken.' },
});
