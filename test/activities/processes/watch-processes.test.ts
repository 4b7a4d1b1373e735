/** Processes that do not succeed any more, by the wall clock: the tests move what is stored back in time. */

import { beforeEach, describe, expect, it } from 'vitest';

import { deleteMonitor } from '../../../activities/monitors/store.ts';
import { advanceWatermark } from '../../../activities/processes/watermarks.ts';
import type { Process } from '../../../activities/processes/watermarks.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { activitiesOn } from '../../setup/activities.ts';
import { checksums } from '../../setup/checksums.ts';
import { day, watch } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const model = 'watched';
const key = `dead-man:${model}:drift-detection`;

const test = useDatabase('empty for each test');

/** Half an hour from now: no run becomes due while a test looks. */
const minute = (new Date().getUTCMinutes() + 30) % 60;
const hourly = { cron: `${minute} * * * *` };
/** All is due hourly, so that hours are enough of a past. */
const schedules = {
  actualsBackfill: { enabled: false },
  driftDetection: hourly,
  performanceEvaluation: { enabled: false },
  degradationCheck: { enabled: false },
} as const satisfies MonitorInput['schedules'];
const routes = [{ slack: true }] as const;

const apply = (input: Partial<MonitorInput> = {}) =>
  watch(test.database, { model, schedules, alerts: { routes: [...routes] }, ...input });

let woken: string[] = [];
let reason: string | undefined;
let asked: string[] = [];
const look = async (runId = 'run'): Promise<readonly string[]> => {
  const activities = activitiesOn(test.database, {
    runId,
    whyFailing: async (scheduleId) => {
      asked.push(scheduleId);
      return reason;
    },
    wakeAlert: async ({ alertKey }) => void woken.push(alertKey),
  });
  return (await activities.watchProcesses({ model })).dead;
};
/** The data is of 2024: what counts is when the run is made. */
const succeed = (process: Process = 'drift-detection') =>
  advanceWatermark(test.database, { model, process, asOf: day(5), windowEnd: day(5) });

/** Everything that is stored of processes has happened so many hours earlier. */
async function pass(hours: number, looking: 'somebody looked' | 'nobody looked' = 'somebody looked') {
  await test.database.execute(
    `update watched_processes set watched_since = watched_since - make_interval(hours => $1),
       looked_at = case when $2 then looked_at else looked_at - make_interval(hours => $1) end`,
    [hours, looking === 'somebody looked'],
  );
  await test.database.execute(
    `update process_watermarks set succeeded_at = succeeded_at - make_interval(hours => $1)`,
    [hours],
  );
}

const events = async () =>
  (
    await test.database.query<{ event: string; severity: string; summary: string }>(
      `select event, severity, summary from alert_events order by recorded_at`,
    )
  ).map(({ event, severity, summary }) => `${event} ${severity} ${summary}`);

beforeEach(async () => {
  woken = [];
  reason = undefined;
  asked = [];
  await apply();
  await succeed();
  expect(await look()).toEqual([]);
});

it('a process that has died is told of with why its runs fail, where Temporal knows', async () => {
  await pass(4);
  reason = 'a run retries, detect drift (attempt 7): SOURCE_CHANGED: the table is gone';
  expect(await look()).toEqual(['drift-detection']);
  expect(await events()).toEqual([
    expect.stringMatching(/^opened critical .* hourly at minute \d+; a run retries, .* gone$/),
  ]);
  expect(asked).toEqual([`drift-detection:${model}`]);
});

describe('a process that has not succeeded for too long', () => {
  beforeEach(async () => {
    await pass(4);
    expect(await look()).toEqual(['drift-detection']);
  });

  it('is told of, critical, with where to look', async () => {
    expect(await events()).toEqual([
      expect.stringMatching(
        /^opened critical 3 of its runs missed, the last success was 20.* UTC; it runs hourly at minute \d+$/,
      ),
    ]);
    expect(woken).toEqual([key]);
    const [row] = await test.database.query('select facts from alert_events');
    expect(row).toMatchObject({
      facts: expect.arrayContaining([
        { name: 'Runs missed', value: '3' },
        {
          name: 'Its runs',
          value: `http://127.0.0.1:8233/namespaces/default/schedules/drift-detection:${model}`,
        },
      ]),
    });
  });

  it('is told of once, however often somebody looks', async () => {
    const before = await checksums(test.database);
    expect(await look('another run')).toEqual(['drift-detection']);
    expect(await checksums(test.database)).toEqual(before);
  });

  it('is alive again when a run succeeds, also one that speaks for an earlier instant', async () => {
    await advanceWatermark(test.database, {
      model,
      process: 'drift-detection',
      asOf: day(2),
      windowEnd: day(2),
    });
    expect(await look()).toEqual([]);
    expect(await events()).toEqual([
      expect.stringMatching(/^opened critical/),
      expect.stringMatching(/^resolved critical the last success was 20.* UTC$/),
    ]);
  });

  it('needs no looking after when its schedule is disabled', async () => {
    await apply({ schedules: { ...schedules, driftDetection: { enabled: false } } });
    expect(await look()).toEqual([]);
    expect((await events()).at(-1)).toBe('resolved critical it is not scheduled any more');
    expect(await test.database.query('select process from watched_processes')).toEqual([]);
  });

  it('stays told of where only its times are new', async () => {
    await apply({ schedules: { ...schedules, driftDetection: { cron: '30 3 * * *' } } });
    expect(await look()).toEqual([]);
    expect(await events()).toHaveLength(1);
  });

  it('wakes the alert that a run which died had opened', async () => {
    woken = [];
    reason = undefined;
    asked = [];
    await look();
    expect(woken).toEqual([key]);
  });
});

describe('a process is not dead', () => {
  it('when it has missed fewer runs than the monitor names', async () => {
    await apply({ alerts: { routes: [...routes], deadMan: { missedRuns: 10 } } });
    await pass(8);
    expect(await look()).toEqual([]);
  });

  it('when it was added only now', async () => {
    await apply({ schedules: { ...schedules, performanceEvaluation: hourly } });
    expect(await look()).toEqual([]);
    await pass(4);
    expect(await look()).toEqual(['drift-detection', 'performance-evaluation']);
  });

  it('when it was enabled again after a long time', async () => {
    await apply({ schedules: { ...schedules, driftDetection: { enabled: false } } });
    await pass(24 * 30, 'nobody looked');
    await look();
    await apply();
    expect(await look()).toEqual([]);
  });

  it('when its model is watched again after a long time', async () => {
    await deleteMonitor(test.database, model);
    await pass(24 * 30, 'nobody looked');
    await apply();
    expect(await look()).toEqual([]);
  });

  it('when everything was away: it has its next runs to come back', async () => {
    await pass(72, 'nobody looked');
    expect(await look()).toEqual([]);
    await pass(4);
    expect(await look()).toEqual(['drift-detection']);
  });
});

it('a process is not kept alive by others of its model', async () => {
  await pass(4);
  await succeed('performance-evaluation');
  expect(await look()).toEqual(['drift-detection']);
});

it('nobody looks after the processes of a model that is not watched', async () => {
  await deleteMonitor(test.database, model);
  await expect(look()).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
});
