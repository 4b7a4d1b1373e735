/** Can this version read the monitors that are stored? What it cannot read is left out of the other checks. */

import { listMonitors, type StoredMonitors } from '../../activities/monitors/store.ts';
import type { Finding } from './check.ts';
import type { Sources } from './sources.ts';

export function readMonitors({ database }: Pick<Sources, 'database'>): Promise<StoredMonitors> {
  return listMonitors(database);
}

export function judgeMonitors({ monitors, unreadable }: StoredMonitors): Finding {
  const readable = `${monitors.length} can be read`;
  if (unreadable.length === 0) return { level: 'ok', words: readable };
  return {
    level: 'critical',
    words: `${unreadable.length} of ${monitors.length + unreadable.length} cannot be read: nothing of ${unreadable.length === 1 ? 'this model' : 'these models'} is run or checked`,
    details: unreadable.map(({ problem }) => problem),
    fix: 'tidewatch apply, with the file of each; or update this installation to the version that stored them',
  };
}
