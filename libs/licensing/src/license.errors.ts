import { defineErrors } from '#kernel/errors.js';

/** What is refused about licenses and the devices that use them. */
export const licenseErrors = defineErrors({
  'as-of.organization-needed': {
    kind: 'invalid',
    title: 'The past can be listed for one organization at a time: name it by `organizationId`.',
  },
  'license.not-found': {
    kind: 'missing',
    title: 'There is no such license.',
    keygen: 'NOT_FOUND',
    cryptlex: 'INVALID_LICENSE_KEY',
  },
  'license.already-issued': { kind: 'conflict', title: 'The license was issued already.', keygen: 'ID_CONFLICT' },
  'license.archived': { kind: 'conflict', title: 'The license is archived; nothing about it changes any more.' },
  'license-key.taken': { kind: 'conflict', title: 'Another license has this key.', keygen: 'KEY_TAKEN' },
  'license-key.malformed': {
    kind: 'invalid',
    title: 'This is no license key: it was mistyped, or its check character is wrong.',
    keygen: 'LICENSE_INVALID',
    cryptlex: 'INVALID_LICENSE_KEY',
  },
  'license.search-too-wide': {
    kind: 'invalid',
    title: 'Too many devices and licenses match; narrow the search by an organization, a product, a policy or a longer word.',
  },

  'license.owner-needed': { kind: 'invalid', title: 'A license needs an organization, a contact, or both as its owner.' },
  'license.unknown-organization': { kind: 'invalid', title: 'There is no such organization to own the license.' },
  'license.organization-archived': { kind: 'conflict', title: 'The organization is archived; it gets no licenses.' },
  'license.unknown-contact': {
    kind: 'invalid',
    title: 'There is no such contact to own the license.',
    keygen: 'OWNER_NOT_FOUND',
  },
  'license.contact-archived': { kind: 'conflict', title: 'The contact is archived and gets no licenses.' },
  'license.contact-not-member': { kind: 'conflict', title: 'The contact is not a member of the organization.' },
  'license.policy-changed': { kind: 'conflict', title: 'The policy was changed meanwhile; try again.', retryable: true },

  'license.in-the-past': { kind: 'invalid', title: 'The instant lies in the past; what has happened is not changed.' },
  'license.suspension-in-force': {
    kind: 'conflict',
    title:
      'A suspension is in force and ends before the other begins; a license has one at a time. Leave `from` out to move its end.',
  },
  'license.empty-span': { kind: 'invalid', title: 'The end must lie after the beginning.' },
  'license.ends-before-start': {
    kind: 'invalid',
    title: 'A license cannot expire, or its maintenance end, before the license is effective.',
  },
  'license.runs-for-ever': {
    kind: 'conflict',
    title: 'The license has no expiry, or none before its first activation; there is nothing to renew.',
  },
  'license.period-needed': { kind: 'invalid', title: 'The terms of the license name no duration; say by which period to renew.' },
  'license.limits-do-not-fit': { kind: 'invalid', title: 'The limits do not fit together.' },
  'license.too-many-scheduled': {
    kind: 'conflict',
    title: 'More than 100 changes of the limits of this license lie in the future.',
  },

  'license.revoked': {
    kind: 'conflict',
    title: 'The license is revoked.',
    keygen: 'LICENSE_INVALID',
    cryptlex: 'REVOKED_LICENSE',
  },
  'license.suspended': {
    kind: 'conflict',
    title: 'The license, or its owner, is suspended.',
    keygen: 'LICENSE_SUSPENDED',
    cryptlex: 'LA_SUSPENDED',
  },
  'license.not-yet-effective': {
    kind: 'conflict',
    title: 'The license is not effective yet.',
    retryable: true,
    cryptlex: 'LA_E_LICENSE_NOT_EFFECTIVE',
  },
  'license.expired': { kind: 'conflict', title: 'The license is expired.', keygen: 'LICENSE_EXPIRED', cryptlex: 'LA_EXPIRED' },
  'license.in-grace': {
    kind: 'conflict',
    title: 'The license is expired and in its grace period, in which it takes no new devices.',
  },
  'license.activation-limit-reached': {
    kind: 'conflict',
    title: 'All seats of the license are taken.',
    keygen: 'MACHINE_LIMIT_EXCEEDED',
    cryptlex: 'ACTIVATION_LIMIT_REACHED',
  },
  'license.deactivation-limit-reached': {
    kind: 'conflict',
    title: 'No deactivation is left for now.',
    cryptlex: 'DEACTIVATION_LIMIT_REACHED',
  },

  'activation.not-found': {
    kind: 'missing',
    title: 'There is no such activation.',
    keygen: 'NOT_FOUND',
    cryptlex: 'LA_E_ACTIVATION_NOT_FOUND',
  },
  'activation.not-own': {
    kind: 'forbidden',
    title:
      'This license is yours by a group only: of its devices you manage those that you activated yourself. Ask who activated this one, or an administrator of the organization.',
  },
  'activation.too-young': { kind: 'conflict', title: 'The activation is too young to be released.', retryable: true },
  'activation.already-active': {
    kind: 'conflict',
    title: 'The device holds another seat of the license already.',
    keygen: 'FINGERPRINT_TAKEN',
  },
  'device.blocked': { kind: 'conflict', title: 'The device is blocked from this license.' },
  'device.blocked-everywhere': {
    kind: 'conflict',
    title: 'The device is blocked on all licenses; lift that block, and it is lifted from this license too.',
  },
  'device.too-many-blocked': {
    kind: 'conflict',
    title: 'At most 1,000 devices can be blocked from a license; lift a block or revoke the license.',
  },
});
