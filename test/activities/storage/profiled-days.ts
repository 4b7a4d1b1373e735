/** What the tests of roll-ups begin with, and have again after each: a model whose drift was computed of 75 days. */

import { afterAll, afterEach, beforeAll } from 'vitest';

import type { Activities } from '../../../activities/index.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import type { RetentionDefaults } from '../../../core/storage/retention.ts';
import type { Database } from '../../../sql/database.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { contents } from '../../setup/checksums.ts';
import { emptyTables, snapshot } from '../../setup/database-snapshot.ts';
import { at, load, watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

export const lastDay = 75;
export const asOf = at(lastDay, 3);

interface ProfiledDays {
  readonly test: { readonly database: Database };
  readonly monitor: Partial<MonitorInput> & { readonly model: string };
  readonly on: (runId?: string, database?: Database, retention?: RetentionDefaults) => Activities;
  /** What the nightly drift run of a day does, and finds. */
  readonly driftOf: (n: number, overrides?: object) => Promise<unknown>;
  /** Every table but what accounts for removals and who did it. */
  readonly stored: (except?: readonly string[]) => Promise<Record<string, readonly string[]>>;
  /** Every table is as it was at the beginning. */
  readonly restore: () => Promise<void>;
}

/** Call it once in a file. `alter` is done to the rows before anything is computed of them. */
export function useProfiledDays(
  model: string,
  defaults: RetentionDefaults,
  alter: (database: Database) => Promise<unknown> = async () => {},
): ProfiledDays {
  const test = useDatabase('shared by all tests');
  const monitor: ProfiledDays['monitor'] = {
    model,
    current: '7d',
    segments: ['c'],
    drift: { multivariate: { enabled: false } },
    reference: { kind: 'fixed', start: '2024-01-01', end: '2024-01-09' },
  };
  const on: ProfiledDays['on'] = (runId = 'run', database = test.database, retention = defaults) =>
    activitiesOn(database, { runId, retention });
  const driftOf: ProfiledDays['driftOf'] = async (n, overrides = {}) => {
    const request = { model, asOf: at(n, 3), ...overrides };
    const activities = on();
    await activities.attachActuals({ model, asOf });
    await activities.profileHours(request);
    await activities.calibrateDrift(request);
    return activities.detectDrift({ ...request, act: false });
  };
  let restore: () => Promise<void>;
  beforeAll(async () => {
    await watch(test.database, monitor);
    await load(test.database, model, { from: 1, to: lastDay });
    await alter(test.database);
    await driftOf(lastDay);
    await test.database.execute(
      `insert into process_watermarks (model, process, as_of, window_end) values ($1, 'drift-detection', $2, $2)
       on conflict (model, process) do update set as_of = excluded.as_of`,
      [model, asOf],
    );
    restore = await snapshot(test.database);
  });
  afterEach(async () => {
    await test.database.execute(`delete from predictions where entity = 'late'`);
    await watch(test.database, monitor);
    await restore();
  });
  afterAll(() => emptyTables(test.database));
  return {
    test,
    monitor,
    on,
    driftOf,
    restore: () => restore(),
    stored: async (except = []) => {
      const all = await contents(test.database, [
        'as_of',
        'checked_at',
        'built_at',
        'prediction_id',
        'workflow_id',
        'run_id',
      ]);
      const left = ['removals', 'process_watermarks', ...except];
      return Object.fromEntries(Object.entries(all).filter(([table]) => !left.includes(table)));
    },
  };
}
