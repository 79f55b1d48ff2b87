import { defineErrors } from '#kernel/errors.js';

/** What is refused about blocks of a device on all licenses of a tenant. */
export const deviceBlockErrors = defineErrors({
  'device-block.not-found': { kind: 'missing', title: 'The device is not blocked everywhere.' },
  'device-block.in-the-past': { kind: 'invalid', title: 'The end of the block lies in the past.' },
});
