import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppModule } from '#api/app.module.js';
import { description } from '#api/description.js';
import { createHttpApp } from '#http/bootstrap.js';
import { createLog } from '#http/log.js';
import { openInstallation } from '#installation/installation.js';
import { SystemClock } from '#installation/system-clock.js';

/** `docs/reference/openapi.json`: what a server serves at `/openapi.json`, asked of one on an empty folder. */
export async function openApiDocument(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'keyledger-'));
  try {
    const installation = await openInstallation({ dataDir, clock: new SystemClock() });
    try {
      const http = await createHttpApp(AppModule.of(installation), description, createLog('silent'));
      const document = JSON.stringify(http.openApi());
      await http.app.close();
      return document;
    } finally {
      await installation.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true });
  }
}
