import type { Command } from 'commander';
import type { JsonObject } from '#kernel/json.js';
import { lines, table } from './print.js';
import type { Terminal } from './terminal.js';

export function workCommands(program: Command, terminal: Terminal): void {
  const work = program
    .command('work')
    .description('what the server does because of events, and has given up')
    .addHelpText(
      'after',
      `
Examples:
  $ keyledger work parked
  $ keyledger work retry block-device-everywhere 01jd2n3v8w6x9y0z1a2b3c4d5e`,
    );
  work
    .command('parked')
    .description('work that was given up after its last try, with the reason')
    .action(() =>
      terminal.run<JsonObject[]>('work.parked', {}, (rows) =>
        table(rows, ['reactor', 'key', 'attempt', 'parkedAt', 'error'], 'Nothing is parked.'),
      ),
    );
  work
    .command('retry')
    .description('try parked work again')
    .argument('<reactor>', 'its name, as in parked')
    .argument('<key>', 'the key of the work, as in parked')
    .action((reactor: string, key: string) => terminal.run<JsonObject>('work.retry', { reactor, key }, lines));
}
