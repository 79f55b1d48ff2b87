// JSON lines by pino, redacted, also for what Nest itself says.
import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Level, type Logger } from 'pino';
import { redact, redactText } from './redact.js';

/** The logger of the process; also its injection token. */
export class Log {
  constructor(readonly pino: Logger) {}
}

/** @param destination where lines go; standard output by default. */
export function createLog(level: Level | 'silent' = 'info', destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (members: Record<string, unknown>) => redact(members) as Record<string, unknown>,
    },
    serializers: { err: (error: unknown) => error },
    hooks: {
      logMethod(this: Logger, args: Parameters<Logger['info']>, method: (...args: Parameters<Logger['info']>) => void) {
        method.apply(this, args.map((arg: unknown) => (typeof arg === 'string' ? redactText(arg) : arg)) as typeof args);
      },
    },
  };
  return new Log(destination ? pino(options, destination) : pino(options));
}

/** What Nest logs, as lines of ours. Its start-up talk is of interest only to whoever debugs. */
export class NestLog implements LoggerService {
  constructor(private readonly to: Log) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest hands a message, for errors a stack, and last the name of who speaks. */
  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const texts = rest.filter((item) => typeof item === 'string');
    const [stack] = texts.length > 1 ? texts : [];
    const said = typeof message === 'string' ? {} : { err: message };
    this.to.pino[level]({ context: texts.at(-1), stack, ...said }, typeof message === 'string' ? message : 'nest');
  }
}
