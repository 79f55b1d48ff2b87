// The server of an embedded installation.
import { ConfigError, loadConfig } from '#config/config.js';
import { DomainError } from '#kernel/errors.js';
import { SystemClock } from '#installation/system-clock.js';
import { EXIT } from './exit-codes.js';
import { runServer } from './run-server.js';

try {
  await runServer(loadConfig(), new SystemClock());
} catch (error) {
  const [code, text] = explain(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
}

/** A sentence for what an operator can mend, a stack for what only a developer can. */
function explain(error: unknown): [number, string] {
  if (error instanceof ConfigError) return [EXIT.misconfigured, error.problems.join('\n')];
  if (error instanceof DomainError) return [EXIT.refused, `Keyledger cannot start (${error.code}): ${error.message}`];
  if ((error as { code?: string }).code === 'EADDRINUSE')
    return [EXIT.refused, `Keyledger cannot start: ${(error as Error).message}`];
  return [EXIT.failed, error instanceof Error ? (error.stack ?? error.message) : String(error)];
}
