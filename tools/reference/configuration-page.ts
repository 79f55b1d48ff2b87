import { EXIT as SERVER_EXIT } from '#api/exit-codes.js';
import { EXIT as CLI_EXIT } from '#cli/exit-codes.js';
import { settings } from '#config/config.js';
import { code, page, table } from './markdown.js';

const ABOUT = `The server and the command line are set by environment variables only; with none of them set the product runs embedded.
A variable that is wrong, unknown or given twice stops the start with a sentence that names it. A secret can also come from a file:
set the file variable to its path instead.`;

const SERVER_WORDS: Readonly<Record<keyof typeof SERVER_EXIT, string>> = {
  stopped: 'It was stopped by `SIGTERM` or `SIGINT`, and everything acknowledged is kept.',
  failed:
    'Something failed that should not, the disk could not sync the log, or requests were still under way at the deadline of a stop.',
  misconfigured: 'The environment is wrong; a sentence says what.',
  refused: 'The data folder or the address could not be had; a sentence with a code says why.',
};

const CLI_WORDS: Readonly<Record<keyof typeof CLI_EXIT, string>> = {
  ok: 'Done.',
  refused: 'The installation refused, with a code.',
  usage: 'The command line or the configuration is wrong.',
  unavailable: 'The installation could not be reached or opened.',
  interrupted: 'A signal ended it; what was half made is gone.',
};

/** `docs/reference/configuration.md` */
export function configurationPage(): string {
  const rows = settings.map((setting) => [
    code(setting.variable),
    setting.description,
    setting.allowed,
    setting.default === undefined ? '' : code(setting.default),
    setting.fileVariable ? code(setting.fileVariable) : '',
  ]);
  return page('Configuration', ABOUT, [
    table(['variable', 'what it does', 'must be', 'default', 'file variable'], rows),
    '## Exit codes of the server',
    exits(SERVER_EXIT, SERVER_WORDS),
    '## Exit codes of the command line',
    exits(CLI_EXIT, CLI_WORDS),
  ]);
}

function exits<Name extends string>(codes: Readonly<Record<Name, number>>, words: Readonly<Record<Name, string>>): string {
  return table(
    ['code', 'meaning'],
    (Object.keys(words) as Name[]).map((name) => [String(codes[name]), words[name]]),
  );
}
