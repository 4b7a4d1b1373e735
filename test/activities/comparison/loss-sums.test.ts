/** Sums of floating point numbers depend on their order, and a plan of the database promises none. */

import { describe, expect, it } from 'vitest';

import { readConstant } from '../../../activities/comparison/baselines.ts';
import { constantRows, versionRows } from '../../../activities/comparison/compared-rows.ts';
import { readLossSums } from '../../../activities/comparison/loss-sums.ts';
import { findMonitor } from '../../../activities/monitors/store.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { at, day, watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';
import { logPredictions, model, recordActuals } from './made-model.ts';

const test = useDatabase('empty for each test');
const window = { start: day(1), end: day(8) };

describe('sums of losses', () => {
  it('are the same to the last bit, whatever the order in which the database reads the rows', async () => {
    await watch(test.database, { model });
    for (const version of ['1', '2'])
      await logPredictions(test.database, { version, prediction: (i) => Math.sin(i * Number(version)) / 3 });
    await recordActuals(test.database, { value: (i) => Math.cos(i * i) * 1e3 });
    await activitiesOn(test.database).attachActuals({ model, asOf: at(8, 3) });
    // Updated rows stand behind the others.
    for (const [table, every] of [
      ['outcomes', 3],
      ['outcomes', 5],
      ['actuals', 3],
      ['actuals', 5],
    ] as const) {
      await test.database.execute(
        `update ${table} set recorded_at = recorded_at where extract(hour from event_time)::int % ${every} = 0`,
      );
    }
    const { monitor } = await findMonitor(test.database, model);
    const of = { monitor, window };
    const read = (plan: string) =>
      test.database.transaction(async (connection) => {
        await connection.execute(plan);
        const next = { monitor, window: { start: window.end, end: 2 * window.end - window.start } };
        const constant = await readConstant(connection, monitor, next.window);
        const rows = [versionRows(of, '2', '1'), constantRows(of, '1', constant!)];
        const sums = [];
        for (const query of rows) sums.push(await readLossSums(connection, of, query));
        return { constant, sums };
      });
    const byTable = await read('set local enable_indexscan = off; set local enable_bitmapscan = off');
    expect(await read('set local enable_seqscan = off; set local enable_bitmapscan = off')).toEqual(byTable);
  });
});
