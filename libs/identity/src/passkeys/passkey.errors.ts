import { defineErrors } from '#kernel/errors.js';

/** Refusals around passkeys. None of them says whether there is such a passkey, or such a person. */
export const passkeyErrors = defineErrors({
  'passkey.no-address': {
    kind: 'unavailable',
    title:
      'Passkeys belong to the name of a server, and this address has none that they could belong to: open it by https and its name; its operator sets KEYLEDGER_PUBLIC_URL.',
  },
  'passkey.not-begun': {
    kind: 'conflict',
    title: 'This was not begun here, or it was answered already or took longer than 5 minutes. Begin anew.',
  },
  'passkey.foreign-page': {
    kind: 'forbidden',
    title: 'The passkey was used for a page of another server. Begin anew on the page of this one.',
  },
  'passkey.user-unverified': {
    kind: 'forbidden',
    title:
      'The passkey was used without making sure that it is you, by a PIN, a fingerprint or your face. Set that up on the device, or take another one.',
  },
  'passkey.unusable': {
    kind: 'invalid',
    title: 'The passkey cannot be taken: it is damaged, or its key is of a kind that is not taken here. Try another device.',
  },
  'passkey.exists': { kind: 'conflict', title: 'This passkey is among yours already.' },
  'passkey.refused': {
    kind: 'forbidden',
    title: 'This is no passkey of yours. Take another one, or prove who you are in another way.',
  },
  'passkey.counted-back': {
    kind: 'forbidden',
    title:
      'The passkey was used more often than this one says: there may be a copy of it. Log in another way, remove it and add it anew.',
  },
  'login.passkey-refused': {
    kind: 'unauthenticated',
    title: 'Nobody here logs in by this passkey. Take another one, or log in another way.',
  },
});
