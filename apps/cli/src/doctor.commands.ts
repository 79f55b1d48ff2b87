import type { Command } from 'commander';
import { examine } from '#installation/doctor.js';
import { EXIT } from './exit-codes.js';
import { table } from './print.js';
import type { Terminal } from './terminal.js';

export function doctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description('examine the files of the data folder, page by page; a server may run meanwhile')
    .action(() => {
      const { config, json } = terminal.options();
      const findings = examine(config.dataDir);
      const rows = findings.map(({ file, sound, about }) => ({ file, state: sound ? 'sound' : 'DAMAGED', about }));
      process.stdout.write(`${json ? JSON.stringify(findings) : table(rows, ['file', 'state', 'about'], '')}\n`);
      if (findings.some(({ sound }) => !sound)) process.exitCode = EXIT.refused;
    });
}
