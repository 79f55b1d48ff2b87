// What the commands that show events have in common: what they choose, and what they reveal.
import { userInfo } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { events } from '#catalogue/events.js';
import { nearest } from '#config/nearest.js';
import { LogViewer } from '#installation/log-viewer.js';
import type { Terminal } from './terminal.js';

export interface RevealOptions {
  readonly reveal?: boolean;
  readonly reason?: string;
}

/** Options that every command has which shows events. */
export function revealing(command: Command): Command {
  return command
    .option('--reveal', 'show personal and secret fields too')
    .addOption(new Option('--reason <text>', 'why they are revealed; kept').implies({ reveal: true }));
}

/** Options that choose among the events of the log. */
export function choosing(command: Command): Command {
  return command
    .option('--tenant <slug>', 'of this vendor only')
    .option('--type <names...>', 'of these types only, such as KeyActivated', knownType);
}

function knownType(name: string, before: readonly string[] = []): readonly string[] {
  if (name in events) return [...before, name];
  throw new InvalidArgumentError(`There is no event ${name}; the nearest one is ${nearest(name, Object.keys(events))}.`);
}

/** Opens the log; where fields are to be revealed, after that was noted. Null where it was refused. */
export async function openLog(
  terminal: Terminal,
  command: Command,
  { reveal = false, reason }: RevealOptions,
): Promise<LogViewer | null> {
  const { config } = terminal.options();
  if (reveal && reason === undefined) command.error('error: say by --reason why personal and secret fields are revealed');
  const viewer = await LogViewer.open(config.dataDir, reveal, config.masterKey?.reveal());
  if (!reveal) return viewer;
  const what = ['events', command.name(), ...command.args].join(' ');
  if (await terminal.note('disclosure.note', { by: userInfo().username, what, reason })) return viewer;
  await viewer.close();
  return null;
}
