/** A process that does not succeed any more is told of by those that do. */

import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import { formatInstant, hourMs, minuteMs } from '../../core/window.ts';
import { startTestChannels } from '../setup/channels.ts';
import type { TestChannels } from '../setup/channels.ts';
import { createTestDatabase } from '../setup/servers.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { at, predictionsOf, watch } from '../setup/synthetic.ts';
import { untilDelivered } from '../setup/until-delivered.ts';
import type { TestWorker } from '../setup/worker.ts';
import { startTestWorker } from '../setup/worker.ts';
import { wakeAlertThrough } from '../../worker/dependencies.ts';

type WakeAlert = ActivityDependencies['wakeAlert'];

/** Through the worker itself, unless a test says otherwise. */
let wakeAlert: WakeAlert;
let test: TestDatabase;
let worker: TestWorker;
let channels: TestChannels;
beforeAll(async () => {
  test = await createTestDatabase();
  channels = await startTestChannels();
  worker = await startTestWorker(test.database, {
    channels: channels.channels,
    wakeAlert: (alert) => wakeAlert(alert),
  });
});
afterAll(async () => {
  await worker.stop();
  await channels.stop();
  await test.drop();
});

let model: string;
let count = 0;
beforeEach(async () => {
  wakeAlert = wakeAlertThrough(worker.client, worker.taskQueue);
  model = `mortal-${(count += 1)}`;
  await watch(test.database, {
    model,
    quality: { ignore: ['freshness', 'volume'] },
    alerts: { routes: [{ severity: ['critical'], slack: true, groupWait: '0s' }] },
  });
  await openClient({ database: test.database }).logPredictions(model, predictionsOf({ from: 1, to: 3 }));
});

/** Somebody has looked after it for days, and no run of it succeeded. */
const neglect = (process: string, cron: string) =>
  test.database.execute(
    `insert into watched_processes (model, process, cron, time_zone, watched_since)
     values ($1, $2, $3, 'UTC', now() - interval '5 days')`,
    [model, process, cron],
  );
const told = async (): Promise<readonly string[]> => {
  await untilDelivered(test.database, model);
  return channels.told().slack.filter((text) => text.includes(model));
};

describe('a process that has missed its runs', () => {
  it('is told of by the next actuals backfill', async () => {
    await neglect('drift-detection', '0 3 * * *');
    await worker.run('actualsBackfill', { model });
    expect(await told()).toEqual([
      expect.stringMatching(
        /^CRITICAL mortal-\d+: drift-detection does not succeed: [45] of its runs missed, none has succeeded since it was first watched, .*; it runs daily at 03:00 UTC$/,
      ),
    ]);
  });

  it('is told of by the next degradation check, where it is the actuals backfill', async () => {
    await neglect('actuals-backfill', '5 * * * *');
    await worker.run('degradationCheck', { model });
    expect(await told()).toEqual([expect.stringContaining('actuals-backfill does not succeed: ')]);
  });

  it('is told of by a run that cannot do its own work', async () => {
    await neglect('drift-detection', '0 3 * * *');
    await test.database.execute('alter table dirty_windows rename to mislaid');
    const hanging = worker.run('actualsBackfill', { model });
    await vi.waitFor(async () => expect(await told()).toHaveLength(1), 20_000);
    await test.database.execute('alter table mislaid rename to dirty_windows');
    await hanging;
  });

  it('is not looked for by a run that is late: the others are about to be made up, too', async () => {
    await neglect('drift-detection', '0 3 * * *');
    await worker.run('actualsBackfill', { model, asOf: formatInstant(Date.now() - hourMs - minuteMs) });
    await worker.run('degradationCheck', { model, asOf: at(3, 3, 40) });
    expect(await told()).toEqual([]);
  });
});

it('a run succeeds when nobody could look', async () => {
  await neglect('drift-detection', '0 3 * * *');
  wakeAlert = () => Promise.reject(ApplicationFailure.nonRetryable('Temporal is away', 'AWAY'));
  expect(await worker.run('actualsBackfill', { model })).toMatchObject({ metrics: 'pushed' });
});
