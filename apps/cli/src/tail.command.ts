import { InvalidArgumentError, type Command } from 'commander';
import { positionFrom, type LogViewer, type Selection } from '#installation/log-viewer.js';
import type { ShownEvent } from '#installation/shown-event.js';
import { choosing, openLog, revealing, type RevealOptions } from './log-options.js';
import type { Terminal } from './terminal.js';

interface TailOptions extends RevealOptions {
  readonly follow?: boolean;
  readonly lines: number;
  readonly from?: string;
  readonly tenant?: string;
  readonly type?: string[];
}

export function tailCommand(events: Command, terminal: Terminal): void {
  const command = choosing(revealing(events.command('tail')))
    .description('the newest events, and with --follow what comes; with --json one object a line')
    .option('--follow', 'go on with what is appended, until Ctrl-C')
    .option('--lines <count>', 'how many of the newest', count, 10)
    .option('--from <position>', 'everything from this one on, instead of the newest');
  command.action(async ({ follow, lines, from, tenant, type, ...options }: TailOptions) => {
    const first = from === undefined ? undefined : positionFrom(from);
    const viewer = await openLog(terminal, command, options);
    if (!viewer) return;
    const print = printer(terminal.options().json);
    const stopping = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
    // A reader such as "head" has had enough.
    process.stdout.on('error', () => stopping.abort());
    try {
      const selection: Selection = { tenant, types: type };
      const head = await printOld(viewer, { ...selection, from: first, lines }, print, stopping.signal);
      if (follow) for await (const event of viewer.follow(head, selection, stopping.signal)) print(event);
    } finally {
      await viewer.close();
    }
  });
}

/** Prints what is there already; answers up to where the log was seen. */
async function printOld(
  viewer: LogViewer,
  { from, lines, ...selection }: Selection & { readonly from?: string; readonly lines: number },
  print: (event: ShownEvent) => void,
  signal: AbortSignal,
): Promise<string> {
  if (from === undefined) {
    const { events, head } = await viewer.newest(lines, selection);
    events.forEach(print);
    return head;
  }
  const to = await viewer.head();
  for await (const event of viewer.range({ ...selection, from, to }, () => undefined)) {
    if (signal.aborted) break;
    print(event);
  }
  return to;
}

function printer(json: boolean): (event: ShownEvent) => void {
  return (event) => process.stdout.write(`${json ? JSON.stringify(event) : lineOf(event)}\n`);
}

function lineOf({ position, metadata, type, stream, revision, data, withheld }: ShownEvent): string {
  const members = Object.entries(data).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const hidden = withheld.map((name) => `${name}=…`);
  const place = [Number(position), metadata['occurredAt'] ?? '', type, `${stream}@${revision}`, metadata['actor'] ?? ''];
  return [...place, ...members, ...hidden].join('  ');
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}
