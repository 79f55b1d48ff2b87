import { Option, type Command } from 'commander';
import type { JsonObject } from '#kernel/json.js';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import { lines, table } from './print.js';
import type { Terminal } from './terminal.js';

interface CreateOptions {
  readonly name: string;
  readonly role: string;
  readonly organization?: string;
  readonly expires?: string;
}

export function tokenCommands(program: Command, terminal: Terminal): void {
  const token = program
    .command('token')
    .description('API tokens of a vendor')
    .addHelpText(
      'after',
      `
A secret is shown once. Whoever loses it, makes another token and revokes the first.

Examples:
  $ keyledger token create acme --name "Back office" --role administrator
  $ keyledger token create acme --name "Build server" --role support --expires 2027-12-31T00:00:00Z
  $ keyledger token list acme
  $ keyledger token revoke acme 01jd2n3v8w6x9y0z1a2b3c4d5e`,
    );
  token
    .command('create')
    .description('make a token; its secret is shown this once')
    .argument('<tenant>', 'the slug of the vendor')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(new Option('--role <role>', 'what it may do').choices(Object.keys(BUILT_IN_ROLES)).makeOptionMandatory())
    .option('--organization <id>', 'bind it to an organization: it sees that one only')
    .option('--expires <instant>', 'when it ends (ISO 8601), or "never"; default: in a year')
    .action((tenant: string, options: CreateOptions) =>
      terminal.run<JsonObject>('token.create', newToken(tenant, options), lines),
    );
  token
    .command('list')
    .description('all tokens of a vendor, without their secrets')
    .argument('<tenant>', 'the slug of the vendor')
    .action((tenant: string) =>
      terminal.run<JsonObject[]>('token.list', { tenant }, (rows) =>
        table(rows, ['id', 'name', 'role', 'organizationId', 'expiresAt', 'revokedAt'], 'There is no token yet.'),
      ),
    );
  token
    .command('revoke')
    .description('end a token; it opens nothing any more when this returns')
    .argument('<tenant>', 'the slug of the vendor')
    .argument('<id>', 'the id of the token')
    .action((tenant: string, id: string) => terminal.run<JsonObject>('token.revoke', { tenant, id }, lines));
}

function newToken(tenant: string, { name, role, organization, expires }: CreateOptions): JsonObject {
  const input: Record<string, string | null> = { tenant, name, role };
  if (organization !== undefined) input['organizationId'] = organization;
  if (expires !== undefined) input['expiresAt'] = expires === 'never' ? null : expires;
  return input;
}
