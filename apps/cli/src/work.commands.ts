import type { Command } from 'commander';
import type { JsonObject } from '#kernel/json.js';
import { lines, table } from './print.js';
import type { Terminal } from './terminal.js';

export function workCommands(program: Command, terminal: Terminal): void {
  const work = program.command('work').description('what the server does because of events, and has given up');
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
    .argument('<reactor>')
    .argument('<key>')
    .action((reactor: string, key: string) => terminal.run<JsonObject>('work.retry', { reactor, key }, lines));
}
