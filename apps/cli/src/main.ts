#!/usr/bin/env node
// The operator's command line.
import { CommanderError } from 'commander';
import { ConfigError } from '#config/config.js';
import { DomainError } from '#kernel/errors.js';
import { EXIT } from './exit-codes.js';
import { createProgram } from './program.js';

const program = createProgram();

try {
  await program.parseAsync();
} catch (error) {
  const [code, text] = explain(error);
  const { json } = program.opts<{ json: boolean }>();
  if (text && json && error instanceof DomainError)
    process.stderr.write(`${JSON.stringify({ error: { code: error.code, message: error.message } })}\n`);
  else if (text) process.stderr.write(`${text}\n`);
  process.exitCode = code;
}

function explain(error: unknown): [number, string] {
  // Commander has printed its own words already.
  if (error instanceof CommanderError) return [error.exitCode === 0 ? EXIT.ok : EXIT.usage, ''];
  if (error instanceof ConfigError) return [EXIT.usage, error.problems.join('\n')];
  if (error instanceof DomainError) return [EXIT.unavailable, `${error.message} (${error.code})`];
  return [EXIT.unavailable, error instanceof Error ? error.message : String(error)];
}
