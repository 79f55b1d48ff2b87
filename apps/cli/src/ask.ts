// One way to an operation: the running server over its socket, or the files themselves when none runs.
import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Config } from '#config/config.js';
import { DomainError } from '#kernel/errors.js';
import { EVENTS_FILE } from '#event-store/sqlite.events-file.js';
import { openInstallation, type Installation } from '#installation/installation.js';
import { InstallationModule } from '#installation/installation.module.js';
import { runLines, runOperation, type OperationAnswer, type OperationLine, type Operations } from '#installation/operations.js';
import { OPERATIONS, OperatorModule } from '#installation/operator.module.js';
import { operatorErrors } from '#installation/operator.errors.js';
import { askOperator, askOperatorLines } from '#installation/operator-socket.js';
import { SystemClock } from '#installation/system-clock.js';

@Module({})
class OfflineModule {
  static of(installation: Installation): DynamicModule {
    return { module: OfflineModule, imports: [InstallationModule.of(installation), OperatorModule.of(installation)] };
  }
}

/** How long a process that owns the folder may take until it answers on its socket: it may be starting, or stopping. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 200;

/** @throws DomainError where no server runs and the folder cannot be opened (`store.locked`, `store.newer-format` …). */
export async function ask(config: Config, name: string, input: unknown): Promise<OperationAnswer> {
  const reached = await reach(config, name, () => askOperator(config.dataDir, name, input));
  if ('answer' in reached) return reached.answer;
  try {
    return await runOperation(reached.operations, name, input);
  } finally {
    await reached.close();
  }
}

/** The same for an operation that answers line by line. */
export async function* askLines(config: Config, name: string, input: unknown): AsyncGenerator<OperationLine> {
  const reached = await reach(config, name, () => askOperatorLines(config.dataDir, name, input));
  if ('answer' in reached) {
    yield* reached.answer;
    return;
  }
  try {
    yield* runLines(reached.operations, name, input);
  } finally {
    await reached.close();
  }
}

interface Offline {
  readonly operations: Operations;
  close(): Promise<void>;
}

/** What the server answers, or the files opened; waits while a process owns the folder that does not answer. */
async function reach<T>(config: Config, name: string, asked: () => Promise<T | null>): Promise<{ readonly answer: T } | Offline> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    const answer = await asked();
    if (answer) return { answer };
    try {
      return await openOffline(config, name);
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'store.locked') || waited >= PATIENCE_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** @throws `installation.not-found`: only the first vendor makes an installation, never a folder mistyped */
async function openOffline(config: Config, name: string): Promise<Offline> {
  if (name !== 'tenant.create' && !existsSync(join(config.dataDir, EVENTS_FILE))) {
    operatorErrors.refuse('installation.not-found', `There is no installation in ${config.dataDir}; name its folder by --data.`);
  }
  const masterKey = config.masterKey?.reveal();
  const installation = await openInstallation({ dataDir: config.dataDir, masterKey, clock: new SystemClock() });
  try {
    const module = OfflineModule.of(installation);
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    const operations = app.get<Operations>(OPERATIONS, { strict: false });
    return { operations, close: () => app.close().finally(() => installation.close()) };
  } catch (error) {
    await installation.close();
    throw error;
  }
}
