// One way to an operation: the running server over its socket, or the files themselves when none runs.
import type { Config } from '#config/config.js';
import { openInstallation } from '#installation/installation.js';
import { runOperation, type OperationAnswer } from '#installation/operations.js';
import { askOperator } from '#installation/operator-socket.js';

/** @throws DomainError where no server runs and the folder cannot be opened (`store.locked`, `store.newer-format` …). */
export async function ask(config: Config, name: string, input: unknown): Promise<OperationAnswer> {
  const answer = await askOperator(config.dataDir, name, input);
  if (answer) return answer;
  const installation = await openInstallation(config);
  try {
    return await runOperation(installation.operations, name, input);
  } finally {
    await installation.close();
  }
}
