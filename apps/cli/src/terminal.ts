// Asks for one operation and shows its answer.
import type { Config } from '#config/config.js';
import type { Json } from '#kernel/json.js';
import { ask } from './ask.js';
import { EXIT } from './exit-codes.js';

export interface GlobalOptions {
  readonly config: Config;
  readonly json: boolean;
}

export class Terminal {
  constructor(readonly options: () => GlobalOptions) {}

  /** Prints the result as `show` has it, or as JSON; a refusal goes to standard error and sets the exit code. */
  async run<Result extends Json>(name: string, input: unknown, show: (result: Result) => string): Promise<void> {
    const { config, json } = this.options();
    const answer = await ask(config, name, input);
    if ('result' in answer) {
      process.stdout.write(`${json ? JSON.stringify(answer.result) : show(answer.result as Result)}\n`);
      return;
    }
    const { code, message } = answer.error;
    process.stderr.write(json ? `${JSON.stringify(answer)}\n` : `${message} (${code})\n`);
    process.exitCode = EXIT.refused;
  }
}
