/** Which stored monitors name a trainer that this worker cannot ask? Said at its start: in the retraining it is late. */

import { listConfigurations } from '../activities/monitors/store.ts';
import { retrainingSchema } from '../core/retraining/settings.ts';
import type { RetrainingPolicy } from '../core/retraining/settings.ts';
import type { Queryable } from '../sql/database.ts';
import type { Configuration } from './configuration.ts';

/** A sentence for each variable that is missing, with the models whose retraining needs it. */
export async function unconfiguredTrainers(
  connection: Queryable,
  configured: Pick<Configuration, 'trainers' | 'registry'>,
): Promise<string[]> {
  const missing = new Map<string, string[]>();
  for (const { model, configuration } of await listConfigurations(connection)) {
    // What cannot be read says so where it is used.
    const policy = retrainingSchema.safeParse(
      (configuration as { retraining?: unknown } | null)?.retraining,
    ).data;
    for (const variable of policy === undefined ? [] : new Set(missingFor(policy, configured)))
      missing.set(variable, [...(missing.get(variable) ?? []), model]);
  }
  return [...missing].map(
    ([variable, models]) =>
      `the retraining of ${models.join(', ')} fails without ${variable}, which is not set: set it and restart the worker`,
  );
}

function missingFor(
  { trainer, promotion: { hook } }: RetrainingPolicy,
  { trainers, registry }: Pick<Configuration, 'trainers' | 'registry'>,
): string[] {
  const secrets =
    trainer.kind === 'http'
      ? Object.values(trainer.headers)
          .map(({ env }) => env)
          .filter((variable) => trainers.secrets[variable] === undefined)
      : [];
  const calls = trainer.kind === 'http' && trainer.completion === 'callback';
  const runs = trainer.kind === 'command' || (hook !== undefined && 'command' in hook);
  const isSigned = hook !== undefined && 'url' in hook;
  return [
    ...secrets,
    ...(calls && trainers.callbackSecrets === undefined ? ['TIDEWATCH_CALLBACK_SECRET'] : []),
    ...(runs && !trainers.mayRunCommands ? ['TIDEWATCH_ALLOW_COMMANDS=true'] : []),
    ...(isSigned && registry.promotionHookSecrets === undefined ? ['PROMOTION_HOOK_SECRET'] : []),
  ];
}
