import { defineErrors } from '#kernel/errors.js';

export const auditErrors = defineErrors({
  'history.tenant-unknown': {
    kind: 'missing',
    title: 'There is no vendor with this slug; `keyledger tenant list` shows them all.',
  },
  'history.not-found': { kind: 'missing', title: 'There is no such thing, so it has no history.', keygen: 'NOT_FOUND' },
});
