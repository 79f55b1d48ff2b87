// One way to an operation: the running server over its socket, or the files themselves when none runs.
import 'reflect-metadata';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Config } from '#config/config.js';
import { DomainError } from '#kernel/errors.js';
import { openInstallation, type Installation } from '#installation/installation.js';
import { InstallationModule } from '#installation/installation.module.js';
import { runOperation, type OperationAnswer, type Operations } from '#installation/operations.js';
import { OPERATIONS, OperatorModule } from '#installation/operator.module.js';
import { askOperator } from '#installation/operator-socket.js';
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
      if (!(error instanceof DomainError && error.code === 'store.locked') || waited >= PATIENCE_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

async function askOffline(config: Config, name: string, input: unknown): Promise<OperationAnswer> {
  const installation = await openInstallation({
    dataDir: config.dataDir,
    masterKey: config.masterKey?.reveal(),
    clock: new SystemClock(),
  });
  try {
    const app = await NestFactory.createApplicationContext(OfflineModule.of(installation), {
      logger: false,
      abortOnError: false,
    });
    const result = await runOperation(app.get<Operations>(OPERATIONS, { strict: false }), name, input);
    await app.close();
    return result;
  } finally {
    await installation.close();
  }
}
