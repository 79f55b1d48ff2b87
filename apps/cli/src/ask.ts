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
  for (let waited = 0; ; waited += PAUSE_MS) {
    const answer = await askOperator(config.dataDir, name, input);
    if (answer) return answer;
    try {
      return await askOffline(config, name, input);
    } catch (error) {
      await pauseIfLocked(error, waited);
    }
  }
}

/** The same for an operation that answers line by line. */
export async function* askLines(config: Config, name: string, input: unknown): AsyncGenerator<OperationLine> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    const lines = await askOperatorLines(config.dataDir, name, input);
    if (lines) {
      yield* lines;
      return;
    }
    try {
      yield* linesOffline(config, name, input);
      return;
    } catch (error) {
      await pauseIfLocked(error, waited);
    }
  }
}

/** @throws what else went wrong, or that the folder is locked for too long */
async function pauseIfLocked(error: unknown, waited: number): Promise<void> {
  if (!(error instanceof DomainError && error.code === 'store.locked') || waited >= PATIENCE_MS) throw error;
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

async function askOffline(config: Config, name: string, input: unknown): Promise<OperationAnswer> {
  const { operations, close } = await openOffline(config, name);
  try {
    return await runOperation(operations, name, input);
  } finally {
    await close();
  }
}

async function* linesOffline(config: Config, name: string, input: unknown): AsyncGenerator<OperationLine> {
  const { operations, close } = await openOffline(config, name);
  try {
    yield* runLines(operations, name, input);
  } finally {
    await close();
  }
}

/** @throws `installation.not-found`: only the first vendor makes an installation, never a folder mistyped */
async function openOffline(config: Config, name: string): Promise<{ operations: Operations; close: () => Promise<void> }> {
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
