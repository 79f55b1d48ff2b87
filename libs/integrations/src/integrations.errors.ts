import { defineErrors } from '#kernel/errors.js';

export const integrationsErrors = defineErrors({
  'feed.too-many-connections': {
    kind: 'throttled',
    title: 'This credential, or this vendor, follows the events over as many connections as it may; end one first.',
    retryable: true,
  },
});
