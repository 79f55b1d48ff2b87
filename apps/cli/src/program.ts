// All commands of the command line, put together.
import { Command, Option } from 'commander';
import { loadConfig } from '#config/config.js';
import { VERSION } from '#config/version.js';
import { backupCommand } from './backup.commands.js';
import { exportCommands } from './export.commands.js';
import { personCommands } from './person.commands.js';
import { replayCommands } from './replay.commands.js';
import { eventCommands } from './event.commands.js';
import { restoreCommand } from './restore.commands.js';
import { rotateKeysCommand } from './rotate-keys.commands.js';
import { tenantCommands } from './tenant.commands.js';
import { tokenCommands } from './token.commands.js';
import { viewCommands } from './view.commands.js';
import { workCommands } from './work.commands.js';
import { doctorCommand } from './doctor.commands.js';
import { EXIT } from './exit-codes.js';
import { Terminal } from './terminal.js';

const COMMANDS = [
  tenantCommands,
  tokenCommands,
  personCommands,
  viewCommands,
  workCommands,
  replayCommands,
  exportCommands,
  eventCommands,
  backupCommand,
  restoreCommand,
  rotateKeysCommand,
  doctorCommand,
];

const HELP = `
Examples:
  $ keyledger tenant create acme --name "Acme Software" --legal-entity "Acme Inc."
  $ keyledger token create acme --name "Build server" --role support --expires 2027-12-31T00:00:00Z
  $ keyledger views status
  $ keyledger replay license 01jd2n3v8w6x9y0z1a2b3c4d5e
  $ keyledger events tail --follow
  $ keyledger backup /backup/2027-01-31
  $ keyledger doctor

Exit codes: ${EXIT.ok} done, ${EXIT.refused} refused with a code, ${EXIT.usage} wrong command line or configuration,
${EXIT.unavailable} the installation cannot be reached or opened, ${EXIT.interrupted} interrupted.`;

/** The program; who runs it catches what it throws. */
export function createProgram(): Command {
  const program = new Command('keyledger')
    .description('Operates an installation of Keyledger: asks the running server, or works on its folder when none runs.')
    .addOption(new Option('--data <folder>', 'the data folder; default: KEYLEDGER_DATA_DIR, else ./data'))
    .version(VERSION, '--version', 'print the version of the product')
    .option('--json', 'print one JSON value instead of text', false)
    .showHelpAfterError('(keyledger --help shows what there is)')
    .addHelpText('after', HELP)
    .exitOverride();

  const terminal = new Terminal(() => {
    const { data, json } = program.opts<{ data?: string; json: boolean }>();
    const config = loadConfig(undefined, data === undefined ? {} : { KEYLEDGER_DATA_DIR: data });
    return { config, json };
  });

  for (const commands of COMMANDS) commands(program, terminal);
  return program;
}
