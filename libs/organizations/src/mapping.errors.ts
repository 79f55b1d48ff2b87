import { defineErrors } from '#kernel/errors.js';

export const mappingErrors = defineErrors({
  'mapping.off': {
    kind: 'conflict',
    title: 'The vendor has named no outside system; an administrator does so by `/v1/tenant/set-contact-mapping`.',
  },
  'mapping.not-found': {
    kind: 'missing',
    title: 'There is no such contact or organization, or the outside system does not have it.',
    keygen: 'NOT_FOUND',
  },
  'mapping.revision-ahead': {
    kind: 'invalid',
    title: 'The contact or organization is not at this revision yet; confirm the `sequence` of an event that was read.',
  },
  'mapping.other-external-id': {
    kind: 'conflict',
    title: 'The contact or organization belongs to another external id; end that mapping before it gets this one.',
  },
  'mapping.in-conflict': {
    kind: 'conflict',
    title: 'Both sides changed it, and nobody has decided whose values stay; send the newest version, or have it decided.',
  },
  'mapping.no-conflict': { kind: 'conflict', title: 'Both sides are not in conflict over it, or that was decided already.' },
  'mapping.moved': {
    kind: 'conflict',
    title: 'The contact or organization changed at the same moment; send it again.',
    retryable: true,
  },
  'external-id.taken': {
    kind: 'conflict',
    title: 'The external id belongs to another contact or organization; end that mapping first.',
  },
});
