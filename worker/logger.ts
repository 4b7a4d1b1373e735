/**
 * JSON logs, one line an event; the SDK's own logs, and those of workflows and activities, go the same way. What a line says of its run is
 * called as `runFields` has it.
 */

import type { Logger as SdkLogger, LogLevel, LogMetadata } from '@temporalio/worker';
import pino from 'pino';

import { withoutSecrets } from '../activities/alerts/secrets.ts';
import type { RunField } from '../core/process/run-fields.ts';

export type Logger = pino.Logger;

/** @param secrets are in no line */
export function openLogger(level: string, secrets: readonly string[] = []): Logger {
  return pino(
    { level, base: { service: 'tidewatch' }, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line) => void process.stdout.write(withoutSecrets(line, secrets)) },
  );
}

const levels: Readonly<Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'>> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** Where the SDK has another name for a field. */
const names: Readonly<Record<string, RunField>> = { workflowRunId: 'runId' };
/** Fields that it adds and nobody looks for: a long token, the same place of all, and the flags of the trace. */
const unsaid = new Set(['taskToken', 'namespace', 'isLocal', 'sdkComponent', 'trace_flags', 'activityId']);
/** It says these before it has read the input. Ours, which know the model, are "run started" and "activity started". */
const tooEarly = new Set(['Workflow started', 'Activity started']);

/** The logger that the Temporal SDK takes. */
export function sdkLogger(logger: Logger): SdkLogger {
  const write = (level: LogLevel, message: string, metadata?: LogMetadata): void => {
    if (tooEarly.has(message)) return;
    const { error, ...rest } = metadata ?? {};
    const said = Object.entries(rest).filter(([name]) => !unsaid.has(name));
    const fields = Object.fromEntries(said.map(([name, value]) => [names[name] ?? name, value]));
    logger[levels[level]]({ ...fields, ...(error !== undefined && { err: error }) }, message);
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
