import { listMonitors } from '../../activities/monitors/store.ts';
import { TidewatchError } from '../../core/errors.ts';
import type { Database } from '../../sql/database.ts';

/**
 * With one model that has a retraining policy, nobody has to name it.
 *
 * @throws TidewatchError `INVALID_OPTION` with those that can be named
 */
export async function onlyModel(database: Database): Promise<string> {
  const { monitors, unreadable } = await listMonitors(database);
  const models = monitors
    .filter(({ monitor }) => monitor.retraining !== undefined)
    .map(({ monitor }) => monitor.model);
  const [only] = models;
  // One that cannot be read may have a policy, too.
  if (only !== undefined && models.length === 1 && unreadable.length === 0) return only;
  const reason = `name one of the models with a retraining policy: ${models.join(', ') || 'there is none yet'}`;
  throw new TidewatchError('INVALID_OPTION', { option: '--model', reason });
}
