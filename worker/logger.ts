/** JSON logs, one line an event; the SDK's own logs go the same way. */

import type { Logger as SdkLogger, LogLevel, LogMetadata } from '@temporalio/worker';
import pino from 'pino';

export type Logger = pino.Logger;

export function openLogger(level: string): Logger {
  return pino({ level, base: { service: 'tidewatch' }, timestamp: pino.stdTimeFunctions.isoTime });
}

const levels: Readonly<Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'>> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** The logger that the Temporal SDK takes. */
export function sdkLogger(logger: Logger): SdkLogger {
  const write = (level: LogLevel, message: string, metadata?: LogMetadata): void => {
    const { error, ...rest } = metadata ?? {};
    logger[levels[level]]({ ...rest, ...(error !== undefined && { err: error }) }, message);
  };
  return {
    log: write,
    trace: (message, metadata) => write('TRACE', message, metadata),
    debug: (message, metadata) => write('DEBUG', message, metadata),
    info: (message, metadata) => write('INFO', message, metadata),
    warn: (message, metadata) => write('WARN', message, metadata),
    error: (message, metadata) => write('ERROR', message, metadata),
  };
}
