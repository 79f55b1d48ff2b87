import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { Option, type Command } from 'commander';
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
  const answer = await written(askLines(terminal.options().config, 'history.export', input), out);
  terminal.print(answer, ({ sha256, file }: { sha256: string; file: string }) => `${sha256}  ${file}`);
}

/** Writes beside the file first, so that no half file bears its name. */
async function written(lines: AsyncIterable<OperationLine>, out: string) {
  const part = `${out}.part`;
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(part, 'w', 0o600);
  try {
    for await (const each of lines) {
      if ('error' in each) return each;
      if (!('line' in each)) continue;
      const text = each.line as string;
      await file.write(text);
      hash.update(text);
      bytes += Buffer.byteLength(text);
    }
    await file.sync();
    await rename(part, out);
    return { result: { sha256: hash.digest('hex'), bytes, file: out } };
  } finally {
    await file.close();
    await rm(part, { force: true });
  }
}
