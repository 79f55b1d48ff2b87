// What an operator may ask of an installation: over the socket of a running server, or on the files
// themselves when none runs. One table, so that both ways offer the same.
import { ZodError, type z } from 'zod';
import { DomainError } from '#kernel/errors.js';
import type { Json } from '#kernel/json.js';

export interface Operation<Input extends z.ZodType = z.ZodType> {
  readonly input: Input;
  readonly run: (input: z.output<Input>) => Promise<Json>;
}

export type Operations = Readonly<Record<string, Operation>>;

/** Types one operation: `run` gets what its schema makes of the input. */
export function operation<Input extends z.ZodType>(input: Input, run: (input: z.output<Input>) => Promise<Json>): Operation {
  return { input, run: run as Operation['run'] };
}

export type OperationAnswer =
  { readonly result: Json } | { readonly error: { readonly code: string; readonly message: string; readonly facts?: Json } };

/** Runs an operation by name. Never throws: what went wrong is part of the answer. */
export async function runOperation(operations: Operations, name: string, input: unknown): Promise<OperationAnswer> {
  const found = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!found) return { error: { code: 'operation.not-found', message: `There is no operation "${name}" in this version.` } };
  try {
    return { result: await found.run(found.input.parse(input)) };
  } catch (error) {
    return { error: describeError(error) };
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
