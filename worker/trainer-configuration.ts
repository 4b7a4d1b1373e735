/** What the environment says of trainers. */

import type { Environment, Problems } from './secret-files.ts';

export interface TrainerConfiguration {
  /** Variables that a monitor may send to its trainer. No others: whoever writes a monitor must not read the worker's secrets. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The first one signs, any is accepted. */
  readonly callbackSecrets: readonly [string, ...string[]] | undefined;
  /** Whoever writes monitors then runs programs as the worker. */
  readonly mayRunCommands: boolean;
}

/** Short ones are guessed from one token, without asking anybody. */
const shortestSecret = 32;

export function readTrainers(environment: Environment, problems: Problems): TrainerConfiguration {
  const variable = 'TIDEWATCH_CALLBACK_SECRET';
  const [first, ...others] = environment[variable]?.split(/\s+/) ?? [];
  if ([first, ...others].some((secret) => secret !== undefined && secret.length < shortestSecret))
    problems.push(
      `  ${variable}: write at least ${shortestSecret} characters, for example "$(openssl rand -hex 32)"`,
    );
  return {
    secrets: Object.fromEntries(
      Object.entries(environment).flatMap(([name, value = '']) =>
        name.startsWith('TRAINER_') && !name.endsWith('_FILE') && value !== '' ? [[name, value]] : [],
      ),
    ),
    callbackSecrets: first === undefined ? undefined : [first, ...others],
    mayRunCommands: environment['TIDEWATCH_ALLOW_COMMANDS'] === 'true',
  };
}
