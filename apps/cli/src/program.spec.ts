import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from './program.js';

const pathOf = (command: Command): string => (command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name());
const allOf = (command: Command): Command[] => [command, ...command.commands.flatMap(allOf)];

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (piece) => (text += piece) });
  command.outputHelp();
  return text;
}

const commands = allOf(createProgram()).map((command) => [pathOf(command), command] as const);

describe('the help', () => {
  it.each(commands)('of %s says what it does, and what its arguments and options are', (_, command) => {
    expect(command.description()).not.toBe('');
    const named = [...command.registeredArguments.map((argument) => [argument.name(), argument.description] as const)];
    const unnamed = [...named, ...command.options.map(({ flags, description }) => [flags, description] as const)].filter(
      ([, description]) => !description,
    );
    expect(unnamed).toEqual([]);
  });

  const leaves = commands.filter(([, { commands: below }]) => below.length === 0);
  it.each(leaves)('of %s, or of its group, shows how it is used', (_, command) => {
    const group = command.parent?.parent ? command.parent : command;
    expect([helpOf(command), helpOf(group)].join('\n')).toContain('Examples:\n  $ keyledger ');
  });

  it('of the program shows examples, and what the exit codes mean', () => {
    expect(helpOf(createProgram())).toMatch(/Examples:\n {2}\$ keyledger [^]*Exit codes: 0 done, 1 refused/);
  });
});
