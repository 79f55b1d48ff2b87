// What the operator's tools refuse, beyond what stores refuse.
import { defineErrors } from '#kernel/errors.js';

export const operatorErrors = defineErrors({
  'erasures.damaged': { kind: 'internal', title: 'The ledger of erasures cannot be read.' },
  'restore.erasures-missing': {
    kind: 'invalid',
    title: 'There is no ledger of erasures: who was erased since the backup would come back.',
  },
  'installation.not-found': { kind: 'missing', title: 'There is no installation in the data folder; name the right one.' },
  'backup.nothing-there': { kind: 'missing', title: 'There is no log in the data folder, so there is nothing to back up.' },
  'backup.target-not-empty': { kind: 'conflict', title: 'The target of a backup must be an empty folder, or none yet.' },
  'backup.under-way': { kind: 'conflict', title: 'Another backup to this target is under way.', retryable: true },
  'backup.no-room': { kind: 'unavailable', title: 'There is not enough room for the copy; nothing was left behind.' },
  'backup.not-a-backup': { kind: 'invalid', title: 'The folder holds no finished backup.' },
  'backup.newer-format': { kind: 'invalid', title: 'The backup was made by a newer version of the product.' },
  'backup.damaged': { kind: 'invalid', title: 'The backup is not what it was when it was made; take another one.' },
  'restore.folder-not-empty': {
    kind: 'conflict',
    title: 'A backup is restored into an empty folder, or one that is not there yet.',
  },
  'restore.keys-missing': { kind: 'missing', title: 'The folder of the keys holds no keys, or no master key.' },
  'restore.keys-wrong': { kind: 'invalid', title: 'The keys are not those of this log.' },
  'restore.keys-incomplete': {
    kind: 'invalid',
    title: 'The keys are older than the log: some that it needs are not among them.',
  },
  'keys.none': { kind: 'missing', title: 'There are no keys in the data folder.' },
  'keys.wrong-master-key': { kind: 'invalid', title: 'The master key is not the one of these keys.' },
  'keys.new-key-needed': {
    kind: 'invalid',
    title:
      'The master key comes from the configuration, so the new one must be given too: nobody else could tell it to the server.',
  },
  'keys.bad-new-key': { kind: 'invalid', title: 'The file of the new master key does not hold 32 bytes in base64.' },
  'keys.rotated-already': {
    kind: 'conflict',
    title: 'The keys are wrapped by the new master key already; set the configuration to it.',
  },
  'events.not-found': { kind: 'missing', title: 'There is no such event in the log.' },
  'events.bad-position': { kind: 'invalid', title: 'That is neither a position nor the id of an event.' },
  'events.no-keys': { kind: 'missing', title: 'The sealed fields cannot be opened: there are no keys, or another master key.' },
  'export.file-exists': { kind: 'conflict', title: 'The file of an export is a new one: nothing is written over.' },
  'operation.interrupted': { kind: 'conflict', title: 'Interrupted; nothing half-made was left behind.' },
});
