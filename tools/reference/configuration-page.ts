import { settings } from '#config/config.js';
import { code, page, table } from './markdown.js';

const ABOUT = `The server and the command line are set by environment variables only; with none of them set the product runs embedded.
A variable that is wrong, unknown or given twice stops the start with a sentence that names it. A secret can also come from a file:
set the file variable to its path instead.`;

/** `docs/reference/configuration.md` */
export function configurationPage(): string {
  const rows = settings.map((setting) => [
    code(setting.variable),
    setting.description,
    setting.allowed,
    setting.default === undefined ? '' : code(setting.default),
    setting.fileVariable ? code(setting.fileVariable) : '',
  ]);
  return page('Configuration', ABOUT, [table(['variable', 'what it does', 'must be', 'default', 'file variable'], rows)]);
}
