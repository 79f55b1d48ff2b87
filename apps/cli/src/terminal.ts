// Asks for one operation, or does one here, and shows its answer.
import type { Config } from '#config/config.js';
import { operatorErrors } from '#installation/operator.errors.js';
import type { OperationAnswer } from '#installation/operations.js';
import type { OnStep } from '#installation/step.js';
import { DomainError } from '#kernel/errors.js';
import type { Json } from '#kernel/json.js';
import { ask, askLines } from './ask.js';
import { EXIT } from './exit-codes.js';
import { Progress } from './progress.js';

export interface GlobalOptions {
  readonly config: Config;
  readonly json: boolean;
}

export class Terminal {
  constructor(readonly options: () => GlobalOptions) {}

  /**
   * Prints the result as `show` has it, or as JSON; a refusal goes to standard error and sets the exit code, and
   * so does a result that is `bad`.
   */
  async run<Result extends Json>(
    name: string,
    input: unknown,
    show: (result: Result) => string,
    bad: (result: Result) => boolean = () => false,
  ): Promise<void> {
    const answer = await ask(this.options().config, name, input);
    this.print(answer, show);
    if ('result' in answer && bad(answer.result as Result)) process.exitCode = EXIT.refused;
  }

  /** As `run`, of an operation that answers line by line: the result is a list of its lines. */
  async runLines<Line extends Json>(name: string, input: unknown, show: (lines: readonly Line[]) => string): Promise<void> {
    const lines: Line[] = [];
    for await (const each of askLines(this.options().config, name, input)) {
      if ('error' in each) return this.print(each, () => '');
      if ('line' in each) lines.push(each.line as Line);
    }
    this.print({ result: lines }, show);
  }

  /**
   * Carries out work on the files themselves, with its progress on standard error (not with `--json`). The
   * first SIGINT or SIGTERM ends it at its next step, so that it can clear away what is half made. Work that
   * answers null was refused, and has said so.
   */
  async carryOut<Result extends object>(
    work: (config: Config, onStep: OnStep) => Promise<Result | null>,
    show: (result: Result & { readonly [member: string]: Json }) => string,
    bad: (result: Result) => boolean = () => false,
  ): Promise<void> {
    const { config, json } = this.options();
    const progress = new Progress(process.stderr);
    let interrupted = false;
    const interrupt = () => void (interrupted = true);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
    try {
      const result = await work(config, (step) => {
        if (interrupted) operatorErrors.refuse('operation.interrupted');
        if (!json) progress.show(step);
      });
      if (result === null) return;
      this.print({ result: result as unknown as Json }, show);
      if (bad(result)) process.exitCode = EXIT.refused;
    } catch (error) {
      // What the installation cannot do now ends as it does everywhere else.
      if (!(error instanceof DomainError) || error.definition.kind === 'unavailable') throw error;
      this.print({ error: { code: error.code, message: error.message, facts: error.facts as Json } }, show);
      if (interrupted) process.exitCode = EXIT.interrupted;
    } finally {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
    }
  }

  /** Asks for an operation whose answer is not shown. False where it was refused, which is. */
  async note(name: string, input: unknown): Promise<boolean> {
    const answer = await ask(this.options().config, name, input);
    if ('result' in answer) return true;
    this.print(answer, () => '');
    return false;
  }

  /** Shows what was answered; a refusal goes to standard error and sets the exit code. */
  print<Result extends Json>(answer: OperationAnswer, show: (result: Result) => string): void {
    const { json } = this.options();
    if ('result' in answer) {
      process.stdout.write(`${json ? JSON.stringify(answer.result) : show(answer.result as Result)}\n`);
      return;
    }
    const { code, message } = answer.error;
    process.stderr.write(json ? `${JSON.stringify(answer)}\n` : `${message} (${code})\n`);
    process.exitCode = EXIT.refused;
  }
}
