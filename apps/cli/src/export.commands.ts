import { Option, type Command } from 'commander';
import { writeHashed } from '#installation/hashed-file.js';
import type { OperationLine } from '#installation/operations.js';
import { askLines } from './ask.js';
import type { Terminal } from './terminal.js';

interface Options {
  readonly format: string;
  readonly out: string;
  readonly tenant?: string;
  readonly until?: string;
  readonly personal: boolean;
}

const SUBJECTS = ['license', 'organization'] as const;

export function exportCommands(program: Command, terminal: Terminal): void {
  const group = program.command('export').description('histories as files, with a digest that sha256sum can check');
  for (const subject of SUBJECTS) {
    const article = subject === 'license' ? 'a' : 'an';
    group
      .command(subject)
      .description(`the history of ${article} ${subject}, oldest first`)
      .argument('<id>', `the id of the ${subject}`)
      .requiredOption('--out <file>', 'where to write it; it is there only once it is whole')
      .addOption(
        new Option('--format <format>', 'a JSON object per line, or comma-separated values')
          .choices(['ndjson', 'csv'])
          .default('ndjson'),
      )
      .option('--tenant <slug>', 'the vendor whose it is; without it all vendors are looked through')
      .option('--until <instant>', 'only what was recorded by then (ISO 8601)')
      .option('--no-personal', 'without names, reasons and other personal fields')
      .addHelpText(
        'after',
        `
Prints the digest as sha256sum does. The bytes are those that the HTTP API sends to who may see personal fields.

Examples:
  $ keyledger export ${subject} 01jd2n3v8w6x9y0z1a2b3c4d5e --format csv --out history.csv
  $ keyledger export ${subject} 01jd2n3v8w6x9y0z1a2b3c4d5e --out history.ndjson > SHA256SUMS && sha256sum -c SHA256SUMS`,
      )
      .action((id: string, { out, ...options }: Options) => exported(terminal, { subject, id, ...options }, out));
  }
}

async function exported(terminal: Terminal, input: object, out: string): Promise<void> {
  const lines = askLines(terminal.options().config, 'history.export', input);
  const answer = await writeHashed(out, (write) => copied(lines, write)).then(
    (hashed) => ({ result: { ...hashed, file: out } }),
    (error: unknown) => {
      if (error instanceof Refused) return error.answer;
      throw error;
    },
  );
  terminal.print(answer, ({ sha256, file }: { sha256: string; file: string }) => `${sha256}  ${file}`);
}

type Refusal = Extract<OperationLine, { readonly error: unknown }>;

class Refused extends Error {
  constructor(readonly answer: Refusal) {
    super();
  }
}

async function copied(lines: AsyncIterable<OperationLine>, write: (text: string) => void): Promise<void> {
  for await (const each of lines) {
    if ('error' in each) throw new Refused(each);
    if ('line' in each) write(each.line as string);
  }
}
