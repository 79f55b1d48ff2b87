// From a configuration and a clock to a server that listens, and back to nothing on a signal. A test main
// hands in a clock of its own; the product's main has no switch for it.
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '#config/config.js';
import { VERSION } from '#config/version.js';
import { createHttpApp } from '#http/bootstrap.js';
import { createLog, standardError, type Log } from '#http/log.js';
import { Readiness } from '#http/readiness.js';
import { openInstallation, type Installation } from '#installation/installation.js';
import { OPERATIONS } from '#installation/operator.module.js';
import { serveOperator } from '#installation/operator-socket.js';
import { Setup } from '#installation/setup.js';
import type { Clock } from '#kernel/clock.js';
import { Metrics } from '#telemetry/metrics.js';
import { serveMetrics } from '#telemetry/metrics-server.js';
import { AppModule } from './app.module.js';
import { EXIT } from './exit-codes.js';
import { description } from './description.js';
import { measure } from './measure.js';

/** Opens the installation, listens, and prints where. Returns once it does; signals end it from then on. */
export async function runServer(config: Config, clock: Clock): Promise<void> {
  // Standard output is for the announcements below; logs go to standard error.
  const log = createLog(config.logLevel, standardError());
  let stop: Stop | undefined;
  const metrics = config.metricsPort === undefined ? undefined : new Metrics(VERSION);
  const installation = await openInstallation({
    dataDir: config.dataDir,
    masterKey: config.masterKey?.reveal(),
    clock,
    observer: metrics,
    onTrouble: (view, error) => log.pino.error({ view, error }, 'a view cannot go on'),
    onProjectionEnd: (error) => {
      log.pino.fatal({ err: error }, 'the projection thread is gone; ending, so that a supervisor starts afresh');
      process.exit(1);
    },
    onLogBroken: (error) => {
      log.pino.fatal({ err: error }, 'the log could not be synced; ending, so that a supervisor starts afresh');
      if (stop) void stop(EXIT.failed);
      else process.exit(EXIT.failed);
    },
  });
  let app: NestFastifyApplication | undefined;
  try {
    app = await createApp(config, installation, log, metrics);
    if (metrics) await serveTheMetrics(config, metrics, installation, app);
    await app.listen({ host: config.host, port: config.port });
    const operator = await serveOperator(installation.folder, app.get(OPERATIONS, { strict: false }));
    stop = stopOf(config, app, operator, installation, log);
    // Before the announcement: whoever reads it may already want the server to stop.
    stopOnSignals(stop, log);
    await announce(app);
  } catch (error) {
    await app?.close();
    await installation.close();
    throw error;
  }
}

async function createApp(
  config: Config,
  installation: Installation,
  log: Log,
  metrics?: Metrics,
): Promise<NestFastifyApplication> {
  const module = AppModule.of(installation, { ...identitySettings(config), ...mailSettings(config) });
  const { app } = await createHttpApp(module, { ...httpSettings(config), ...description }, log, metrics);
  return app;
}

/** They are served until the process ends: a stop is worth watching. */
async function serveTheMetrics(config: Config, metrics: Metrics, installation: Installation, app: NestFastifyApplication) {
  measure(metrics, installation, app);
  const url = await serveMetrics(metrics, config.metricsHost, config.metricsPort!);
  process.stdout.write(`Metrics are at ${url}\n`);
}

async function announce(app: NestFastifyApplication): Promise<void> {
  const setupToken = await app.get(Setup, { strict: false }).begin();
  if (setupToken) process.stdout.write(`No vendor is set up yet. One-time setup token: ${setupToken}\n`);
  const url = await app.getUrl();
  process.stdout.write(`Keyledger ${VERSION} is listening at ${url}\n`);
}

function identitySettings(config: Config) {
  const { accessLagMax } = config;
  const sessions = {
    staff: { idle: config.sessionIdleStaff, longest: config.sessionMaxStaff },
    customer: { idle: config.sessionIdleCustomer, longest: config.sessionMaxCustomer },
  };
  return { accessLagMax, sessions, egressNetworks: config.egressNetworks ?? [] };
}

function httpSettings(config: Config) {
  const { publicUrl, baseDomain, insecureLogin, stepUpAfter, trustProxy, bodyLimit, waitMs } = config;
  const { rateLimitCredential, rateLimitLicenseKey, rateLimitAddress } = config;
  return {
    publicUrl,
    baseDomain,
    insecureLogin,
    stepUpAfter,
    trustProxy,
    bodyLimit,
    waitMs,
    rateLimitCredential,
    rateLimitLicenseKey,
    rateLimitAddress,
  };
}

function mailSettings({ smtpUrl, mailFrom }: Config) {
  return smtpUrl && mailFrom ? { smtp: { url: smtpUrl.reveal(), from: mailFrom } } : {};
}

/** Ends the process; the first call decides how. */
type Stop = (exitCode: number) => Promise<void>;

/** Not ready first, with everything served as before for the grace; then the requests under way, then the stores. After the deadline the process ends all the same. */
function stopOf(config: Config, app: NestFastifyApplication, operator: Server, installation: Installation, log: Log): Stop {
  let stopping = false;
  return async (exitCode) => {
    if (stopping) return;
    stopping = true;
    const deadline = setTimeout(() => {
      log.pino.fatal('requests were still under way at the deadline; ending without them');
      process.exit(EXIT.failed);
    }, config.shutdownGrace + config.shutdownDeadline);
    app.get(Readiness).announceStop();
    // A server that cannot write is of no use to anybody meanwhile.
    if (exitCode === EXIT.stopped) await pause(config.shutdownGrace);
    await Promise.all([app.close(), new Promise((closed) => operator.close(closed))]);
    await installation.close();
    clearTimeout(deadline);
    process.exit(exitCode);
  };
}

function stopOnSignals(stop: Stop, log: Log): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      log.pino.info({ signal }, 'stopping');
      void stop(EXIT.stopped);
    });
  }
}
