import type { Command } from 'commander';
import type { JsonObject } from '#kernel/json.js';
import { table } from './print.js';
import type { Terminal } from './terminal.js';

type Step = JsonObject & {
  readonly what: { readonly type: string };
  readonly activations: { readonly used: number; readonly allowed: number };
  readonly changed: string;
};

const COLUMNS = ['revision', 'at', 'event', 'who', 'status', 'seats', 'expiresAt', 'changed'];
const WIDTH = 100;

export function replayCommands(program: Command, terminal: Terminal): void {
  const replay = program.command('replay').description('lives of things, told by the log alone');
  replay
    .command('license')
    .description('the life of a license, step by step, with its state after each event')
    .argument('<id>', 'the id of the license')
    .option('--tenant <slug>', 'the vendor whose it is; without it all vendors are looked through')
    .option('--until <instant>', 'only what was recorded by then (ISO 8601)')
    .addHelpText(
      'after',
      `
Statuses and seats are those of the instant of each event. With --json each step carries the whole state.

Examples:
  $ keyledger replay license 01jd2n3v8w6x9y0z1a2b3c4d5e
  $ keyledger replay license 01jd2n3v8w6x9y0z1a2b3c4d5e --until 2026-03-31T12:00:00Z
  $ keyledger --json replay license 01jd2n3v8w6x9y0z1a2b3c4d5e --tenant acme | jq '.[-1].state'`,
    )
    .action((id: string, options: { readonly tenant?: string; readonly until?: string }) =>
      terminal.runLines<Step>('license.replay', { id, ...options }, (steps) => table(steps.map(row), COLUMNS, '')),
    );
}

function row(step: Step): JsonObject {
  const { used, allowed } = step.activations;
  const changed = step.changed.length > WIDTH ? `${step.changed.slice(0, WIDTH - 1)}…` : step.changed;
  return { ...step, event: step.what.type, seats: `${used}/${allowed < 0 ? '∞' : allowed}`, changed };
}
