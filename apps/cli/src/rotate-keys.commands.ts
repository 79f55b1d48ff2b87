import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { keyIn } from '#installation/master-key.js';
import { operatorErrors } from '#installation/operator.errors.js';
import { rotateKeys, type Rotated } from '#installation/rotate-keys.js';
import { lines } from './print.js';
import type { Terminal } from './terminal.js';

export function rotateKeysCommand(program: Command, terminal: Terminal): void {
  program
    .command('rotate-keys')
    .description('wrap the keys of vendors, persons and organizations by a new master key; stop the server first')
    .option('--new-key <file>', 'a file with the new master key, 32 bytes in base64; default: one is made into the data folder')
    .addHelpText(
      'after',
      `
It can be killed at any moment: the folder then opens as before, or as after. Take a new copy of the keys
afterwards (keyledger backup … --keys-to …): the copies from before need the old master key.

Examples:
  $ keyledger rotate-keys
  $ openssl rand -base64 32 > /run/secrets/new-key && keyledger rotate-keys --new-key /run/secrets/new-key`,
    )
    .action(({ newKey }: { newKey?: string }) =>
      terminal.carryOut<Rotated>(
        async ({ dataDir, masterKey }, onStep) =>
          rotateKeys({
            folder: dataDir,
            masterKey: masterKey?.reveal(),
            newKey: newKey === undefined ? undefined : readKey(newKey),
            onStep,
          }),
        (rotated) => `${lines(rotated)}\n${next(rotated)}`,
      ),
    );
}

function readKey(file: string): Uint8Array {
  let key: Uint8Array | null;
  try {
    key = keyIn(readFileSync(file, 'utf8'));
  } catch (error) {
    return operatorErrors.refuse('keys.bad-new-key', `${file} cannot be read (${(error as { code?: string }).code}).`);
  }
  return key ?? operatorErrors.refuse('keys.bad-new-key', `${file} does not hold 32 bytes in base64.`);
}

function next({ masterKeyFile }: Rotated): string {
  if (masterKeyFile) return `Copy the keys anew: ${masterKeyFile} and keys.db belong together from now on.`;
  return 'Set KEYLEDGER_MASTER_KEY or KEYLEDGER_MASTER_KEY_FILE to the new key before you start the server.';
}
