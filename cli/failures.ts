/** How the command ends when something fails: a message for people, and an exit code for scripts. */

import { inspect } from 'node:util';

import { CommanderError } from 'commander';

import type { ErrorCode } from '../core/errors.ts';
import { messageOf, reasonOf, TidewatchError } from '../core/errors.ts';
import { withoutSecrets } from '../activities/alerts/secrets.ts';
import { environmentSecrets } from '../worker/redaction.ts';
import { withSecretFiles } from '../worker/secret-files.ts';
import { nearest } from './nearest.ts';
import { printable, printNote } from './print.ts';

/** 1 is left for "there is drift" or "an expectation failed", on which a pipeline stops. */
const exitCodes = { badInput: 2, dependencyAway: 3, defect: 70, stopped: 130 } as const;

const dependencies = new Set<ErrorCode>([
  'POSTGRES_UNREACHABLE',
  'MIGRATION_LOCKED',
  'MODEL_BUSY',
  'TEMPORAL_UNREACHABLE',
  'PUSHGATEWAY_UNREACHABLE',
  'TRAINER_UNREACHABLE',
  'MLFLOW_UNREACHABLE',
]);

/**
 * Says what failed on stderr, with the stack when TIDEWATCH_DEBUG=1, and returns the exit code: 2 for usage or bad input, 3
 * when a dependency is away, 130 when it was stopped (as shells count Ctrl-C), 70 for anything that is not foreseen, 0 after `--help`.
 */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed it.
    return error.exitCode === 0 ? 0 : exitCodes.badInput;
  }
  const secrets = environmentSecrets(withSecretFiles(process.env, []));
  const debug = process.env['TIDEWATCH_DEBUG'] === '1';
  printNote(withoutSecrets(debug ? inspect(error) : wordsOf(error), secrets));
  if (!(error instanceof TidewatchError)) {
    if (!debug)
      printNote('This was not foreseen. Run it again with TIDEWATCH_DEBUG=1 to see where it comes from.');
    return exitCodes.defect;
  }
  if (error.code === 'SIMULATION_STOPPED') return exitCodes.stopped;
  return isUnreachable(error) ? exitCodes.dependencyAway : exitCodes.badInput;
}

/** What is quoted in an error stays on its line; only lists of problems have several. */
function wordsOf(error: unknown): string {
  if (!(error instanceof TidewatchError)) return reasonOf(error);
  if (error.code === 'UNKNOWN_MODEL') return unknownModelWords(error.details);
  const details = Object.entries(error.details).map(([name, value]) => [
    name,
    name === 'problems' ? value : printable(value),
  ]);
  return messageOf(error.code, Object.fromEntries(details) as typeof error.details);
}

/** A name that is almost one of those that are watched wants to be written right, not a monitor of its own. */
function unknownModelWords({ model, known }: TidewatchError['details']): string {
  const near = nearest(String(model), String(known).split(', '));
  const details = printable({ model: String(model), known: String(known) });
  return near === undefined
    ? messageOf('UNKNOWN_MODEL', details)
    : messageOf('MISSPELT_MODEL', { ...details, near: printable(near) });
}

/** Is it that a dependency does not answer? */
export function isUnreachable(error: unknown): boolean {
  return error instanceof TidewatchError && dependencies.has(error.code);
}
