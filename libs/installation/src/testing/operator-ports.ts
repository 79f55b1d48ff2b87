// An installation in a temporary folder, with the doors of its operator, for tests that need no HTTP.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commands } from '#http/commands.js';
import type { OperatorPorts } from '#http/operator.js';
import { Reads } from '#http/reads.js';
import { openInstallation, type Installation } from '../installation.js';
import { SystemClock } from '../system-clock.js';

export interface TemporaryInstallation {
  readonly installation: Installation;
  readonly ports: OperatorPorts;
  dispose(): Promise<void>;
}

/** @param onCommand is told the number of each command before it is carried out; what it throws stops the command. */
export function operatorPorts(installation: Installation, onCommand: (number: number) => void = () => undefined): OperatorPorts {
  const { executor, reads, events, freshness, clock } = installation;
  let sent = 0;
  const send: Commands['send'] = (aggregate, id, command, data, ctx) => {
    onCommand(++sent);
    return executor.execute(aggregate, id, command, data, ctx.command);
  };
  const sendTogether: Commands['sendTogether'] = (items, ctx) => {
    onCommand(++sent);
    return executor.executeTogether(items, ctx.command);
  };
  return { commands: { send, sendTogether } as Commands, reads: new Reads(reads, freshness, events), log: events, clock };
}

export async function temporaryInstallation(): Promise<TemporaryInstallation> {
  const folder = mkdtempSync(join(tmpdir(), 'kl-'));
  const installation = await openInstallation({ dataDir: folder, clock: new SystemClock() });
  return {
    installation,
    ports: operatorPorts(installation),
    async dispose() {
      await installation.close();
      rmSync(folder, { recursive: true });
    },
  };
}
