import { resolve } from 'node:path';
import type { Command } from 'commander';
import { makeBackup, type Backup } from '#installation/backup.js';
import { SystemClock } from '#installation/system-clock.js';
import { lines } from './print.js';
import type { Terminal } from './terminal.js';

export function backupCommand(program: Command, terminal: Terminal): void {
  program
    .command('backup')
    .description('copy the log and what goes with it, without the keys; the server may serve meanwhile')
    .argument('<target>', 'an empty folder, or one that does not exist yet')
    .option('--keys-to <folder>', 'copy the keys too, to a folder that lies apart from the backup')
    .addHelpText(
      'after',
      `
The backup is written under another name, read whole, and renamed: what bears the name of the target is complete.

Examples:
  $ keyledger backup /backup/2027-01-31
  $ keyledger --data /srv/keyledger backup /backup/2027-01-31 --keys-to /vault/2027-01-31`,
    )
    .action((target: string, { keysTo }: { keysTo?: string }) =>
      terminal.carryOut<Backup>(({ dataDir }, onStep) => {
        const keys = keysTo === undefined ? undefined : resolve(keysTo);
        return makeBackup({ folder: dataDir, target: resolve(target), keysTo: keys, now: new SystemClock().now(), onStep });
      }, lines),
    );
}
