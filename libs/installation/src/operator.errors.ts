// What the operator's tools refuse, beyond what stores refuse.
import { defineErrors } from '#kernel/errors.js';

export const operatorErrors = defineErrors({
  'backup.nothing-there': { kind: 'missing', title: 'There is no log in the data folder, so there is nothing to back up.' },
  'backup.target-not-empty': { kind: 'conflict', title: 'The target of a backup must be an empty folder, or none yet.' },
  'backup.under-way': { kind: 'conflict', title: 'Another backup to this target is under way.', retryable: true },
  'backup.no-room': { kind: 'unavailable', title: 'There is not enough room for the copy; nothing was left behind.' },
  'backup.not-a-backup': { kind: 'invalid', title: 'The folder holds no finished backup.' },
  'backup.newer-format': { kind: 'invalid', title: 'The backup was made by a newer version of the product.' },
  'backup.damaged': { kind: 'invalid', title: 'The backup is not what it was when it was made; take another one.' },
  'operation.interrupted': { kind: 'conflict', title: 'Interrupted; nothing half-made was left behind.' },
});
