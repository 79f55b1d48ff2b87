// The server of an embedded installation.
import { setFlagsFromString } from 'node:v8';
import { ConfigError, loadConfig } from '#config/config.js';
import { DomainError } from '#kernel/errors.js';
import { SystemClock } from '#installation/system-clock.js';
import { EXIT } from './exit-codes.js';
import { runServer } from './run-server.js';

const NO_ADDRESS = 'Stop the program that has the address, or name another one by KEYLEDGER_HOST and KEYLEDGER_PORT.';

// The engine lets a heap grow to four times what lives in it before it looks for garbage, and gives little of that back: of 190 MiB
// after some thousand activations 58 lived. Twice as much costs no processor time that could be measured.
setFlagsFromString('--heap-growing-percent=100');

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
  const { syscall = '', message } = error as NodeJS.ErrnoException;
  if (syscall === 'listen' || syscall === 'getaddrinfo')
    return [EXIT.refused, `Keyledger cannot start: ${message}. ${NO_ADDRESS}`];
  return [EXIT.failed, error instanceof Error ? (error.stack ?? error.message) : String(error)];
}
