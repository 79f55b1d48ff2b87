import type { Command } from 'commander';
import type { JsonObject } from '#kernel/json.js';
import { lines } from './print.js';
import type { Terminal } from './terminal.js';

export function personCommands(program: Command, terminal: Terminal): void {
  const person = program
    .command('person')
    .description('what is known of a person')
    .addHelpText(
      'after',
      `
Examples:
  $ keyledger person erase acme 01jd2n3v8w6x9y0z1a2b3c4d5e --yes`,
    );
  const erase = person
    .command('erase')
    .description('destroy the key of a person: name, address and all else that was sealed for him read as erased, for good')
    .argument('<tenant>', 'the slug of the vendor')
    .argument('<contactId>', 'the id of the contact')
    .option('--yes', 'it is meant: nothing brings the person back', false)
    .addHelpText(
      'after',
      `
Licenses and history stay. It answers once nothing of the person can be read in any file of the data folder. Backups hold
nothing readable of him either, once the keys that were copied before are destroyed; copy erasures.jsonl with the keys, so
that a restore repeats the erasure.`,
    );
  erase.action((tenant: string, contactId: string, { yes }: { yes: boolean }) => {
    if (!yes) erase.error('error: this cannot be undone; say --yes if it is meant');
    return terminal.run<JsonObject>('person.erase', { tenant, contactId }, lines);
  });
}
