import type { Command } from 'commander';
import type { JsonObject } from '#kernel/json.js';
import { lines, table } from './print.js';
import type { Terminal } from './terminal.js';

export function tenantCommands(program: Command, terminal: Terminal): void {
  const tenant = program
    .command('tenant')
    .description('vendors of this installation')
    .addHelpText(
      'after',
      `
Examples:
  $ keyledger tenant create acme --name "Acme Software" --legal-entity "Acme Inc."
  $ keyledger --json tenant list`,
    );
  tenant
    .command('create')
    .description('set up a vendor with its first legal entity')
    .argument('<slug>', 'its name in links and host names, for good: 2 to 32 lower-case letters, digits, hyphens')
    .requiredOption('--name <name>', 'its name for people')
    .requiredOption('--legal-entity <name>', 'the name of its first legal entity')
    .action((slug: string, { name, legalEntity }: { name: string; legalEntity: string }) =>
      terminal.run<JsonObject>('tenant.create', { slug, name, legalEntity }, lines),
    );
  tenant
    .command('list')
    .description('all vendors')
    .action(() =>
      terminal.run<JsonObject[]>('tenant.list', {}, (rows) =>
        table(rows, ['id', 'name', 'createdAt'], 'There is no vendor yet.'),
      ),
    );
}
