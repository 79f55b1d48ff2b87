// Every route that the router of the app has, whatever its document says.
import { rmSync } from 'node:fs';
import { AppModule } from '#api/app.module.js';
import { errors } from '#catalogue/errors.js';
import { createHttpApp } from '#http/bootstrap.js';
import { createLog } from '#http/log.js';
import { openInstallation } from '#installation/installation.js';
import { SystemClock } from '#installation/system-clock.js';
import { temporaryFolder } from './server.js';

/** `GET /v1/things/{id}` of each. */
export async function servedRoutes(): Promise<readonly string[]> {
  const dataDir = temporaryFolder();
  const installation = await openInstallation({ dataDir, clock: new SystemClock() });
  try {
    const { app, routes } = await createHttpApp(AppModule.of(installation), { errors }, createLog('silent'));
    await app.close();
    return routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  } finally {
    await installation.close();
    rmSync(dataDir, { recursive: true });
  }
}
