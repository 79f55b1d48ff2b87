// What an operator may ask of an installation: over the socket of a running server, or on the files
// themselves when none runs. One table, so that both ways offer the same.
import { ZodError, type z } from 'zod';
import { DomainError } from '#kernel/errors.js';
import type { Json } from '#kernel/json.js';

export interface Operation<Input extends z.ZodType = z.ZodType> {
  readonly input: Input;
  readonly run: (input: z.output<Input>) => Promise<Json>;
}

/** One whose answer is long: it comes line by line, and nothing of it is gathered. */
interface LinesOperation {
  readonly input: z.ZodType;
  readonly lines: (input: never) => AsyncIterable<Json>;
}

export type Operations = Readonly<Record<string, Operation | LinesOperation>>;

/** Types one operation: `run` gets what its schema makes of the input. */
export function operation<Input extends z.ZodType>(input: Input, run: (input: z.output<Input>) => Promise<Json>): Operation {
  return { input, run: run as Operation['run'] };
}

/** Types one operation that answers line by line. */
export function linesOperation<Input extends z.ZodType>(
  input: Input,
  lines: (input: z.output<Input>) => AsyncIterable<Json>,
): LinesOperation {
  return { input, lines };
}

export type OperationAnswer =
  { readonly result: Json } | { readonly error: { readonly code: string; readonly message: string; readonly facts?: Json } };

/** Runs an operation by name. Never throws: what went wrong is part of the answer. */
export async function runOperation(operations: Operations, name: string, input: unknown): Promise<OperationAnswer> {
  const found = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!found || !('run' in found)) return { error: unknownOperation(name) };
  try {
    return { result: await found.run(found.input.parse(input)) };
  } catch (error) {
    return { error: describeError(error) };
  }
}

const unknownOperation = (name: string) => {
  return { code: 'operation.not-found', message: `There is no operation "${name}" in this version.` };
};

/** What comes of an operation that answers line by line. Without an `end` or an `error` at its end it was cut off. */
export type OperationLine =
  { readonly line: Json } | { readonly end: true } | Extract<OperationAnswer, { readonly error: unknown }>;

/** Whether an operation answers line by line. */
export function answersInLines(operations: Operations, name: string): boolean {
  return Object.hasOwn(operations, name) && 'lines' in operations[name]!;
}

/** Runs an operation that answers line by line. Never throws. */
export async function* runLines(operations: Operations, name: string, input: unknown): AsyncGenerator<OperationLine> {
  const found = Object.hasOwn(operations, name) ? operations[name] : undefined;
  try {
    if (!found || !('lines' in found)) yield { error: unknownOperation(name) };
    else {
      for await (const line of found.lines(found.input.parse(input) as never)) yield { line };
      yield { end: true };
    }
  } catch (error) {
    yield { error: describeError(error) };
  }
}

function describeError(error: unknown): { code: string; message: string; facts?: Json } {
  if (error instanceof DomainError) return { code: error.code, message: error.message, facts: error.facts as Json };
  if (error instanceof ZodError) {
    const message = error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`).join('; ');
    return { code: 'operation.invalid', message };
  }
  return { code: 'operation.failed', message: error instanceof Error ? error.message : String(error) };
}
