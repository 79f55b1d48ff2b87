import { defineErrors } from '#kernel/errors.js';

export const auditErrors = defineErrors({
  'history.not-found': { kind: 'missing', title: 'There is no such thing, so it has no history.', keygen: 'NOT_FOUND' },
});
