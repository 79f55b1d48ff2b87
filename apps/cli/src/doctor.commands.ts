import type { Command } from 'commander';
import { examine } from '#installation/doctor.js';
import type { Finding } from '#installation/finding.js';
import { SystemClock } from '#installation/system-clock.js';
import { EXIT } from './exit-codes.js';
import type { Terminal } from './terminal.js';

export function doctorCommand(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description('examine the data folder: files, rights, disk, clock, keys, views, work; a server may run meanwhile')
    .option('--deep', 'read every page of every file, every event and every sealed field', false)
    .addHelpText(
      'after',
      `
Says of each thing whether it is sound, worth a warning, or a problem, and what to do. Changes nothing.
Ends with ${EXIT.ok} where there is no problem (there may be warnings), with ${EXIT.refused} where there is one.

Examples:
  $ keyledger doctor
  $ keyledger --json doctor --deep`,
    )
    .action(({ deep }: { deep: boolean }) =>
      terminal.carryOut<Finding[]>(
        ({ dataDir, masterKey }, onStep) =>
          examine({ folder: dataDir, masterKey: masterKey?.reveal(), now: new SystemClock().now(), deep, onStep }),
        report,
        (findings) => findings.some(({ state }) => state === 'problem'),
      ),
    );
}

function report(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  return findings
    .map(({ about, state, says, todo }) => {
      const line = `${about.padEnd(width)}  ${(state === 'problem' ? 'PROBLEM' : state).padEnd(7)}  ${says}`;
      return todo === null ? line : `${line}\n${' '.repeat(width)}  → ${todo}`;
    })
    .join('\n');
}
