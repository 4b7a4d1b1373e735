import { describe, expect, it } from 'vitest';

import { openPushgateway } from '../../../activities/metrics/pushgateway.ts';
import type { Pushgateway } from '../../../activities/metrics/pushgateway.ts';
import { advanceWatermark } from '../../../activities/processes/watermarks.ts';
import { hourMs } from '../../../core/window.ts';
import { insertDriftRun } from './stored-drift-run.ts';
import { day, inSeconds, processes, watchedModel } from './watched-model.ts';

const watched = watchedModel('push-metrics');

describe('every group', () => {
  it.each(processes)('of %s tells when it last succeeded and up to when', async (process) => {
    await advanceWatermark(watched.database, {
      model: watched.model,
      process,
      asOf: day(20) + 3 * hourMs,
      windowEnd: day(20),
    });
    expect(await watched.pushed(process)).toMatchObject({
      tidewatch_last_success_timestamp_seconds: inSeconds(day(20) + 3 * hourMs),
      tidewatch_window_end_timestamp_seconds: inSeconds(day(20)),
    });
  });

  it('is empty before the first run, but for the number of retrainings', async () => {
    for (const process of processes.filter((process) => process !== 'retraining')) {
      expect(await watched.push(process)).toEqual({ samples: 0 });
    }
    expect(await watched.pushed('retraining')).toEqual({
      model_retrainings_total: 0,
      model_retraining_under_way: 0,
      model_retrainings_rolled_back_total: 0,
    });
  });

  it('is not brought back for a model that is not watched', async () => {
    await watched.database.execute('delete from monitors where model = $1', [watched.model]);
    await expect(watched.push('retraining')).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
    expect(await watched.gauges('retraining')).toEqual({});
  });

  it('stays as it was when the Pushgateway is away, and the failure says where it should be', async () => {
    const nowhere = openPushgateway('http://127.0.0.1:1');
    await expect(watched.push('retraining', nowhere)).rejects.toMatchObject({
      code: 'PUSHGATEWAY_UNREACHABLE',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });
});

describe('the order of runs', () => {
  it('does not matter: a run for the past shows the newest rows', async () => {
    await insertDriftRun(watched, { end: day(20), verdict: 'warning', share: 0.75 });
    await watched.push('drift-detection');
    await insertDriftRun(watched, { end: day(10), share: 0 });
    await watched.push('drift-detection');
    expect(await watched.gauges('drift-detection')).toMatchObject({
      data_drift_detected: 1,
      data_drift_share: 0.75,
    });
  });

  it('does not matter when a slow push overlaps a newer run: the newer one waits and shows what is newest', async () => {
    await insertDriftRun(watched, { end: day(10), share: 0.1 });
    let begin = (): void => {};
    let finish = (): void => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const allowed = new Promise<void>((resolve) => (finish = resolve));
    const order: string[] = [];
    const slow: Pushgateway = {
      ...watched.gateway,
      async replaceGroup(group, samples) {
        begin();
        await allowed;
        await watched.gateway.replaceGroup(group, samples);
        order.push('slow');
      },
    };
    const first = watched.push('drift-detection', slow);
    await begun;
    await insertDriftRun(watched, { end: day(20), share: 0.9 });
    const second = watched.push('drift-detection').then(() => order.push('newer'));
    // The newer run is at the lock before the slow one goes on.
    await until(async () => {
      const [row] = await watched.database.query<{ waiting: boolean }>(
        `select exists (select from pg_locks where locktype = 'advisory' and not granted
           and database = (select oid from pg_database where datname = current_database())) as waiting`,
      );
      return row!.waiting;
    });
    finish();
    await Promise.all([first, second]);
    expect(order).toEqual(['slow', 'newer']);
    expect(await watched.gauges('drift-detection')).toMatchObject({ data_drift_share: 0.9 });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
