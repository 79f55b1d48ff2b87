import { resolve } from 'node:path';
import type { Command } from 'commander';
import { exportLog, type Exported } from '#installation/export-log.js';
import { positionFrom, type LogViewer } from '#installation/log-viewer.js';
import type { ShownEvent } from '#installation/shown-event.js';
import type { JsonObject } from '#kernel/json.js';
import { choosing, openLog, revealing, type RevealOptions } from './log-options.js';
import { lines, table } from './print.js';
import type { Terminal } from './terminal.js';
import { tailCommand } from './tail.command.js';

interface ExportOptions extends RevealOptions {
  readonly out: string;
  readonly tenant?: string;
  readonly type?: string[];
  readonly from?: string;
  readonly to?: string;
}

export function eventCommands(program: Command, terminal: Terminal): void {
  const events = program
    .command('events')
    .description('the log itself: what has happened, as it is stored')
    .addHelpText(
      'after',
      `
Personal and secret fields are withheld, and named. --reveal shows them; it wants a --reason, which is kept with
your user name and listed by "events disclosures".

Examples:
  $ keyledger events show 42
  $ keyledger events tail --follow --tenant acme
  $ keyledger events export --out acme.ndjson --tenant acme --from 1000 --to 2000
  $ keyledger events show 42 --reveal --reason "ticket 4711: customer asks what we store"`,
    );
  showCommand(events, terminal);
  tailCommand(events, terminal);
  exportCommand(events, terminal);
  events
    .command('disclosures')
    .description('who had personal and secret fields revealed, when and why')
    .action(() =>
      terminal.run<JsonObject[]>('disclosure.list', {}, (rows) =>
        table(rows, ['at', 'by', 'what', 'reason'], 'Nothing was ever revealed.'),
      ),
    );
}

function showCommand(events: Command, terminal: Terminal): void {
  const command = revealing(events.command('show').description('one event').argument('<event>', 'its position, or its id'));
  command.action((which: string, options: RevealOptions) =>
    terminal.carryOut<ShownEvent>(async () => withLog(terminal, command, options, (viewer) => viewer.find(which)), shown),
  );
}

function exportCommand(events: Command, terminal: Terminal): void {
  const command = choosing(revealing(events.command('export')))
    .description('write events to a file, one JSON object a line, in the order of the log')
    .requiredOption('--out <file>', 'a new file')
    .option('--from <position>', 'the first one; default: the first of the log')
    .option('--to <position>', 'the last one; default: the newest');
  command.action(({ out, tenant, type, from, to, ...options }: ExportOptions) =>
    terminal.carryOut<Exported>((_, onStep) => {
      const [first, last] = [from, to].map((text) => (text === undefined ? undefined : positionFrom(text)));
      const selection = { tenant, types: type, from: first, to: last };
      return withLog(terminal, command, options, (viewer) => exportLog(viewer, resolve(out), selection, onStep));
    }, lines),
  );
}

async function withLog<T>(
  terminal: Terminal,
  command: Command,
  options: RevealOptions,
  work: (viewer: LogViewer) => Promise<T>,
): Promise<T | null> {
  const viewer = await openLog(terminal, command, options);
  if (!viewer) return null;
  try {
    return await work(viewer);
  } finally {
    await viewer.close();
  }
}

function shown({ metadata, data, withheld, ...place }: ShownEvent): string {
  return `${lines({ ...place, ...metadata, withheld: [...withheld] })}\n${JSON.stringify(data, null, 2)}`;
}
