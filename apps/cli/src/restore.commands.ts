import { resolve } from 'node:path';
import type { Command } from 'commander';
import { restoreBackup, type Restored } from '#installation/restore.js';
import { lines } from './print.js';
import type { Terminal } from './terminal.js';

interface Options {
  readonly keys?: string;
  readonly withoutKeys?: boolean;
  readonly erasures?: string;
  readonly withoutErasures?: boolean;
}

export function restoreCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('restore')
    .description('put a backup into an empty data folder, after checking all of it')
    .argument('<backup>', 'the folder of the backup')
    .option('--keys <folder>', 'the newest copy of the keys: a folder with keys.db and master.key')
    .option('--without-keys', 'leave the keys to later; no server starts on the folder before they are in it')
    .option('--erasures <file>', 'the newest copy of the ledger of erasures; default: erasures.jsonl beside the keys')
    .option('--without-erasures', 'bring back also who was erased since the backup')
    .addHelpText(
      'after',
      `
The data folder is that of --data or KEYLEDGER_DATA_DIR. It must be empty, and no server may run on it.
Where KEYLEDGER_MASTER_KEY or KEYLEDGER_MASTER_KEY_FILE is set, the folder of the keys needs no master.key.

Examples:
  $ keyledger --data /srv/keyledger restore /backup/2027-01-31 --keys /vault/2027-01-31
  $ keyledger --data /srv/keyledger restore /backup/2027-01-31 --keys /vault/2027-01-31 --erasures /vault/today/erasures.jsonl
  $ keyledger --data /tmp/inspect restore /backup/2027-01-31 --without-keys`,
    );
  command.action((backup: string, { keys, withoutKeys, erasures, withoutErasures }: Options) => {
    if ((keys === undefined) === (withoutKeys === undefined)) {
      command.error('error: name the folder of the keys by --keys, or go without them by --without-keys');
    }
    if (erasures !== undefined && withoutErasures) command.error('error: --erasures and --without-erasures exclude each other');
    const ledger = withoutErasures ? null : erasures === undefined ? undefined : resolve(erasures);
    return terminal.carryOut<Restored>(
      ({ dataDir, masterKey }, onStep) =>
        restoreBackup({
          backup: resolve(backup),
          folder: dataDir,
          keys: keys === undefined ? null : resolve(keys),
          erasures: ledger,
          masterKey: masterKey?.reveal(),
          onStep,
        }),
      (restored) => `${lines(restored)}\n${next(restored)}`,
    );
  });
}

function next({ folder, sealed }: Restored): string {
  if (sealed === null)
    return `Put keys.db, master.key and the newest erasures.jsonl into ${folder} before you start the server on it.`;
  return 'Start the server: it builds the views first, and says at /health/ready when it is done.';
}
