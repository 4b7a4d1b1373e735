/** What each check makes of what it read. */

import { describe, expect, it } from 'vitest';

import { judgeDisk } from '../../../cli/doctor/disk.ts';
import { judgeEnvironment, judgeRoutes, readEnvironment } from '../../../cli/doctor/environment.ts';
import { judgeTemporaryDirectory } from '../../../cli/doctor/machine.ts';
import { judgeDeliveries, judgeRetrainings } from '../../../cli/doctor/people.ts';
import * as postgres from '../../../cli/doctor/postgres.ts';
import { judgeProcesses, type Processes } from '../../../cli/doctor/processes.ts';
import { judgePushes } from '../../../cli/doctor/pushes.ts';
import { judgeSchedules } from '../../../cli/doctor/schedules.ts';
import * as retention from '../../../cli/doctor/retention.ts';
import * as storage from '../../../cli/doctor/storage.ts';
import * as temporal from '../../../cli/doctor/temporal.ts';
import type { ScheduleDefinition } from '../../../schedules/catalog.ts';

const at = (text: string): number => Date.parse(text);
const GB = 1024 ** 3;

describe('environment', () => {
  const DATABASE_URL = 'postgres://tidewatch@127.0.0.1:5432/tidewatch';

  it('is usable as it is', () => {
    const { problems, configuration } = readEnvironment({ DATABASE_URL, TEMPORAL_TASK_QUEUE: 'mine' });
    expect(configuration.temporal.taskQueue).toBe('mine');
    expect(judgeEnvironment(problems)).toEqual({ level: 'ok', words: 'everything that is set can be used' });
  });

  it('with something wrong still says where the dependencies are', () => {
    const read = readEnvironment({
      DATABASE_URL,
      SLACK_WEBHOOK_URL: 'hooks',
      WEBHOOK_URL: 'https://x.example/',
      PUSHGATEWAY_URL: 'http://127.0.0.1:1234',
      TEMPORAL_ADDRESS: '',
    });
    expect(read).toMatchObject({
      hasDatabase: true,
      configuration: {
        databaseUrl: DATABASE_URL,
        pushgatewayUrl: 'http://127.0.0.1:1234',
        temporal: { address: '127.0.0.1:7233' },
      },
    });
    expect(judgeEnvironment(read.problems)).toMatchObject({
      level: 'critical',
      words: '2 of its variables cannot be used',
      details: [
        'SLACK_WEBHOOK_URL: write a URL that begins with https://',
        expect.stringMatching(/^WEBHOOK_SECRET: is missing/),
      ],
    });
  });

  it.each([{}, { DATABASE_URL: 'mysql://db' }, { DATABASE_URL_FILE: '/nowhere/at/all' }])(
    'of %j names no database',
    (environment) => {
      const { hasDatabase, problems } = readEnvironment(environment);
      expect(hasDatabase).toBe(false);
      expect(problems.join()).toContain('DATABASE_URL');
    },
  );

  it('lacks what a route needs', () => {
    expect(judgeRoutes({ unconfigured: [], unreached: [] }).level).toBe('ok');
    expect(judgeRoutes({ unconfigured: ['set SLACK_WEBHOOK_URL'], unreached: [] })).toMatchObject({
      level: 'warning',
      words: 'a variable is missing that alerts need to reach people',
      details: ['set SLACK_WEBHOOK_URL'],
    });
  });

  it('has no route for a critical alert, and shows what to write', () => {
    expect(judgeRoutes({ unconfigured: [], unreached: ['bikes'] })).toEqual({
      level: 'warning',
      words: 'no route: a critical alert of bikes reaches nobody',
      details: [],
      fix: expect.stringContaining(
        'alerts: { routes: [{ severity: [warning, critical], email: [oncall@example.org] }] }',
      ),
    });
    expect(judgeRoutes({ unconfigured: ['set X'], unreached: ['bikes', 'boats'] })).toMatchObject({
      words:
        'no route: critical alerts of 2 models reach nobody; a variable is missing that alerts need to reach people',
      details: ['bikes', 'boats', 'set X'],
    });
  });
});

describe('temporary files', () => {
  it.each([
    [{ freeBytes: 2 * GB }, 'ok', '/tmp takes files, 2 GB free'],
    [{ freeBytes: GB / 2 }, 'warning', '/tmp takes files, 512 MB free'],
    [{ freeBytes: GB / 20 }, 'critical', '/tmp takes files, 51 MB free'],
    [{ freeBytes: 0, problem: 'EACCES' }, 'critical', '/tmp takes no files: EACCES'],
  ])('with %j are %s', (read, level, words) => {
    expect(judgeTemporaryDirectory({ path: '/tmp', ...read })).toMatchObject({ level, words });
  });
});

describe('postgres', () => {
  const server = { version: '15.18 (Debian 15.18-0)', isStandby: false, database: 'tide', bytes: 3.2 * GB };

  it('answers', () => {
    expect(postgres.judgeServer(server)).toEqual({
      level: 'ok',
      words: 'answers, version 15.18 (Debian 15.18-0), database tide of 3.2 GB',
    });
    expect(postgres.judgeServer({ ...server, version: '13.2' }).level).toBe('warning');
    expect(postgres.judgeServer({ ...server, isStandby: true }).level).toBe('critical');
  });

  it('has the schema of this code, or what to do about it', () => {
    const newest = '0016_ingest_progress.sql';
    expect(postgres.judgeSchema({ newest }).words).toBe('at 0016_ingest_progress');
    expect(postgres.judgeSchema({ newest, newer: ['0017_more', '0018_still_more'] })).toEqual({
      level: 'warning',
      words: 'the schema is newer by 0017_more, 0018_still_more, which this version can work with',
      fix: 'deploy the newer Tidewatch when it is ready',
    });
    const behind = { code: 'SCHEMA_BEHIND', words: 'it is behind' };
    expect(postgres.judgeSchema({ newest, problem: behind })).toEqual({
      level: 'critical',
      words: 'it is behind',
      fix: 'tidewatch migrate',
    });
    const ahead = { code: 'SCHEMA_AHEAD', words: 'it is ahead' };
    expect(postgres.judgeSchema({ newest, problem: ahead })).toEqual({
      level: 'critical',
      words: 'it is ahead',
    });
  });

  it('names each privilege that is missing', () => {
    const all = {
      user: 'me',
      schema: 'public',
      owner: 'tidewatch',
      parts: ['worker'],
      missing: [],
      canMakeTemporaryTables: true,
    };
    expect(postgres.judgePrivileges(all).level).toBe('ok');
    expect(
      postgres.judgePrivileges({ ...all, missing: ['DELETE on alerts'], canMakeTemporaryTables: false }),
    ).toMatchObject({
      level: 'critical',
      words: 'me lacks what Tidewatch needs in the schema public, as worker',
      details: ['DELETE on alerts', 'making temporary tables'],
      fix: 'run `tidewatch migrate --roles` as "tidewatch", which grants what is missing',
    });
  });

  it.each([
    [80, 'ok'],
    [91, 'warning'],
    [95, 'critical'],
    [99, 'critical'],
  ])('has room for a worker beside %i of 97 connections: %s', (used, level) => {
    expect(postgres.judgeConnections({ most: 97, used, worker: 10 }).level).toBe(level);
  });

  it('tells rows without a partition of their own', () => {
    const made = { width: 'month', count: 12, until: at('2027-01-01T00:00:00Z'), strays: [] };
    expect(storage.judgePartitions({ ...made, count: 0, until: null }).words).toBe(
      'none yet; further ones are made as rows come',
    );
    expect(storage.judgePartitions(made)).toEqual({
      level: 'ok',
      words: '12 by month; made until 2027-01-01',
    });
    const strays = [{ table: 'actuals', from: at('2026-01-02T00:00:00Z'), to: at('2026-02-03T00:00:00Z') }];
    expect(storage.judgePartitions({ ...made, strays })).toMatchObject({
      level: 'warning',
      details: ['actuals_default: 2026-01-02T00:00:00Z to 2026-02-03T00:00:00Z'],
      fix: expect.stringMatching(/^tidewatch run storage-maintenance/),
    });
  });

  it('tells which rows are older than they are to be kept, and what to do', () => {
    expect(retention.judgeOverdue([])).toEqual({
      level: 'ok',
      words: 'no row is older than it is to be kept',
    });
    expect(
      retention.judgeOverdue([{ model: 'a', since: at('2026-01-01T00:00:00Z'), because: undefined }]),
    ).toEqual({
      level: 'warning',
      words: 'one model has rows that are older than they are to be kept',
      details: ['a: from 2026-01-01 on'],
      fix: 'tidewatch run storage-maintenance; where it is paused: tidewatch resume _installation',
    });
    expect(
      retention.judgeOverdue([{ model: 'b', since: undefined, because: 'drift-detection has not run yet' }]),
    ).toMatchObject({
      details: ['b: waiting: drift-detection has not run yet'],
      fix: expect.stringMatching(/^tidewatch run drift-detection --model b/),
    });
  });

  describe('the disk of Postgres', () => {
    const tables = [
      { table: 'predictions', bytes: 3 * GB },
      { table: 'profiles', bytes: 1024 ** 2 },
    ];
    const judge = (freeGB: number | undefined, gbADay: number | null): ReturnType<typeof judgeDisk> =>
      judgeDisk({
        tables,
        bytesADay: gbADay === null ? null : gbADay * GB,
        room: freeGB === undefined ? undefined : { path: '/data', freeBytes: freeGB * GB },
      });

    it('is told with how much room tables take, and how quickly they grow', () => {
      expect(judge(100, 0.25)).toEqual({
        level: 'ok',
        words:
          '100 GB free at /data; 3 GB: predictions 3 GB, profiles 1 MB; rows grow by 256 MB a day, 91 GB a year',
      });
    });

    it('is not known where it is another machine', () => {
      expect(judge(undefined, null)).toEqual({
        level: 'ok',
        words:
          '3 GB: predictions 3 GB, profiles 1 MB; what is free is not known from here: watch it on the machine of Postgres',
      });
    });

    it.each([
      [4, null, 'ok'],
      [3.99, null, 'warning'],
      [1, null, 'warning'],
      [0.99, null, 'critical'],
      [100, 3.3, 'ok'],
      [100, 3.4, 'warning'],
      [100, 14.2, 'warning'],
      [100, 14.3, 'critical'],
      [100, 0, 'ok'],
    ] as const)('with %d GB free that fills by %s GB a day: %s', (freeGB, gbADay, level) => {
      expect(judge(freeGB, gbADay).level).toBe(level);
    });

    it('is to be made larger, or less is to be kept', () => {
      expect(judge(100, 20)).toEqual({
        level: 'critical',
        words: '100 GB free at /data, which is full in 5 days',
        details: [
          'the tables take 3 GB: predictions 3 GB, profiles 1 MB; rows grow by 20 GB a day, 7.1 TB a year',
        ],
        fix: expect.stringContaining('TIDEWATCH_RETENTION_ROWS'),
      });
      expect(judge(2, null).words).toBe('2 GB free at /data');
    });
  });

  it.each([
    [false, null, 'ok', 'has nothing to do yet'],
    [true, null, 'ok', 'has not run yet; it does at 02:30 UTC'],
    [true, at('2026-01-08T12:00:00Z'), 'ok', 'last succeeded 2026-01-08 12:00 UTC'],
    [true, at('2026-01-07T11:00:00Z'), 'warning', 'last succeeded 2026-01-07 11:00 UTC'],
  ])('tells when storage maintenance has succeeded: %s, %s', (watches, succeededAt, level, words) => {
    const now = at('2026-01-09T12:00:00Z');
    expect(storage.judgeMaintenance({ now, watches, succeededAt })).toMatchObject({ level, words });
  });

  it.each([
    [{ aheadMs: 900, errorMs: 1 }, 'ok', 'agree'],
    [{ aheadMs: -5000, errorMs: 4500 }, 'ok', 'agree'],
    [{ aheadMs: -5000, errorMs: 10 }, 'warning', "5 s behind this machine's"],
    [{ aheadMs: 300_000, errorMs: 10 }, 'critical', "300 s ahead of this machine's"],
  ])('has a clock that is %j: %s', (clocks, level, words) => {
    const found = postgres.judgeClocks(clocks);
    expect(found.level).toBe(level);
    expect(found.words).toContain(words);
  });
});

describe('temporal', () => {
  it('has the namespace, or says how to make it', () => {
    const server = { version: '1.29.1', namespace: 'ml', hasNamespace: true };
    expect(temporal.judgeServer(server).words).toBe('answers, version 1.29.1, namespace ml');
    expect(temporal.judgeServer({ ...server, hasNamespace: false })).toMatchObject({
      level: 'critical',
      fix: expect.stringContaining('temporal operator namespace create --namespace ml'),
    });
  });

  it('has the search attribute of every schedule', () => {
    expect(temporal.judgeSearchAttributes({ Model: 2, Window: 2, Verdict: 2, Other: 1 }).level).toBe('ok');
    expect(temporal.judgeSearchAttributes({ Model: 2, Verdict: 2 })).toMatchObject({
      level: 'warning',
      words: 'Window missing: the list of runs does not show what they found',
      fix: 'tidewatch apply, which makes what is missing; where it may not, temporal operator search-attribute create --name Window --type Keyword before it',
    });
    expect(temporal.judgeSearchAttributes({ Other: 2 })).toMatchObject({
      level: 'critical',
      fix: expect.stringContaining(
        'create --name Model --type Keyword --name Window --type Keyword --name Verdict --type Keyword before it',
      ),
    });
    expect(temporal.judgeSearchAttributes({ Model: 1 })).toMatchObject({
      level: 'critical',
      words: 'Model is there, and no Keyword',
    });
  });

  describe('workers', () => {
    const now = at('2026-11-28T12:00:00Z');
    const polled = (secondsAgo: number, identity = 'a') => ({ identity, polledAt: now - secondsAgo * 1000 });
    const kind = (kind: 'workflow' | 'activity', pollers: ReturnType<typeof polled>[], oldestMs = 0) => ({
      kind,
      pollers,
      waiting: oldestMs > 0 ? 7 : 0,
      oldestMs,
    });
    const judge = (...kinds: ReturnType<typeof kind>[]) =>
      temporal.judgeTaskQueue({ name: 'tidewatch', now, build: 'new', kinds });

    it('take tasks of both kinds', () => {
      expect(judge(kind('workflow', [polled(10)]), kind('activity', [polled(60)]))).toEqual({
        level: 'ok',
        words: 'a worker has asked tidewatch for tasks in the last 2 minutes',
      });
      expect(judge(kind('workflow', [polled(10)]), kind('activity', [polled(9, 'b')])).words).toMatch(
        /^2 workers/,
      );
    });

    it('are missing where none has asked for two minutes, though the server remembers one', () => {
      const gone = polled(200);
      expect(judge(kind('workflow', [gone]), kind('activity', []))).toMatchObject({
        level: 'critical',
        words: 'no worker takes tasks from tidewatch',
        fix: expect.stringMatching(/^tidewatch worker/),
      });
      expect(judge(kind('workflow', [polled(1)]), kind('activity', [gone])).words).toBe(
        'no worker takes activity tasks from tidewatch',
      );
    });

    it('are missing where nobody takes heavy activities from their own queue', () => {
      const kinds = [kind('workflow', [polled(1)]), kind('activity', [polled(1)])];
      const withHeavy = (...pollers: ReturnType<typeof polled>[]) =>
        temporal.judgeTaskQueue({
          name: 'tidewatch',
          now,
          build: 'new',
          kinds,
          heavy: { name: 'tidewatch-heavy', kinds: [kind('activity', pollers, 600_000)] },
        });
      expect(withHeavy()).toMatchObject({
        level: 'critical',
        words: expect.stringMatching(/^no worker takes heavy activities from tidewatch-heavy/),
        details: [expect.stringMatching(/tasks wait in tidewatch-heavy, the oldest for 10 minutes$/)],
        fix: expect.stringContaining('TIDEWATCH_HEAVY_TASK_QUEUE=tidewatch-heavy'),
      });
      expect(withHeavy(polled(1))).toMatchObject({
        level: 'warning',
        words: 'tasks wait in tidewatch-heavy, although a worker has asked for them',
      });
    });

    it('do not keep up where tasks wait for more than five minutes', () => {
      const late = judge(kind('workflow', [polled(1)]), kind('activity', [polled(1)], 600_000));
      expect(late).toMatchObject({
        level: 'warning',
        words: 'tasks wait in tidewatch, although a worker has asked for them',
        details: ['7 activity tasks wait, the oldest for 10 minutes'],
      });
      expect(judge(kind('workflow', [polled(1)]), kind('activity', [polled(1)], 60_000)).level).toBe('ok');
    });
  });
});

describe('schedules', () => {
  const definition = {} as ScheduleDefinition;
  const fine = { scheduleId: 'drift-detection:a', change: 'unchanged', paused: false } as const;

  it('are as the monitors have them', () => {
    expect(judgeSchedules({ models: 1, plan: [fine] })).toEqual({
      level: 'ok',
      words: '1 of one model, as the monitors have them, none paused',
    });
  });

  it('are none where nothing is watched', () => {
    expect(judgeSchedules({ models: 0, plan: [] })).toMatchObject({
      level: 'warning',
      words: 'nothing is watched yet',
    });
  });

  it('are named with what is wrong with each', () => {
    const found = judgeSchedules({
      models: 2,
      plan: [
        fine,
        { scheduleId: 'drift-detection:b', change: 'create', definition },
        {
          scheduleId: 'degradation-check:b',
          change: 'update',
          definition,
          differences: [{ field: 'cron', from: '0 4 * * *', to: '40 3 * * *' }],
          paused: true,
        },
        { scheduleId: 'weekly-report:c', change: 'delete' },
        { ...fine, scheduleId: 'actuals-backfill:a', paused: true, note: 'new sensors (ana)' },
      ],
    });
    expect(found).toEqual({
      level: 'critical',
      words: '1 missing, 1 not as the monitor has it, 1 of no monitor, 2 paused',
      details: [
        'drift-detection:b is missing',
        'degradation-check:b has cron 0 4 * * * instead of 40 3 * * *',
        'degradation-check:b is paused',
        'weekly-report:c is of no monitor; tidewatch apply --prune deletes it',
        'actuals-backfill:a is paused: new sensors (ana)',
      ],
      fix: 'tidewatch apply; tidewatch resume b',
    });
  });

  it('that of the storage is resumed by a command of its own', () => {
    const paused = { ...fine, scheduleId: 'storage-maintenance:tidewatch', paused: true };
    expect(judgeSchedules({ models: 1, plan: [paused] })).toMatchObject({
      level: 'warning',
      fix: 'tidewatch resume _installation',
    });
    expect(judgeSchedules({ models: 1, plan: [paused, { ...fine, paused: true }] }).fix).toBe(
      'tidewatch resume a; tidewatch resume _installation',
    );
  });

  it('that are only paused are a warning', () => {
    const found = judgeSchedules({ models: 1, plan: [{ ...fine, paused: true }] });
    expect(found).toMatchObject({ level: 'warning', words: '1 paused' });
    expect(found.fix).not.toContain('apply');
  });
});

describe('pushes', () => {
  const now = at('2026-11-28T12:00:00Z');
  const of = { process: 'drift-detection', model: 'a' } as const;
  const succeeded = [{ ...of, at: at('2026-11-28T03:01:00Z') }];
  const held = { ...of, pushedAt: at('2026-11-28T03:02:00Z'), refusedAt: null };
  const pushes = { now, url: 'http://me:secret@push:9091', held: [held], succeeded, models: ['a'] };

  it('are as new as the last success', () => {
    expect(judgePushes(pushes).level).toBe('ok');
  });

  it('are stale where a process succeeded and did not push', () => {
    const stale = { ...held, pushedAt: at('2026-11-27T03:02:00Z') };
    expect(judgePushes({ ...pushes, held: [stale] })).toMatchObject({
      level: 'warning',
      words: '1 stale or missing',
      details: [
        'drift-detection:a succeeded at 2026-11-28 03:01 UTC, and was last pushed at 2026-11-27 03:02 UTC',
      ],
    });
    const refused = { ...held, refusedAt: at('2026-11-28T03:02:05Z') };
    expect(judgePushes({ ...pushes, held: [refused] }).details).toEqual([
      'drift-detection:a: a push was refused at 2026-11-28 03:02 UTC',
    ]);
  });

  it('are missing where a Pushgateway has lost them, not where the process has succeeded this minute', () => {
    expect(judgePushes({ ...pushes, held: [] }).details).toEqual([
      'drift-detection:a succeeded at 2026-11-28 03:01 UTC, and nothing of it is held',
    ]);
    expect(judgePushes({ ...pushes, held: [], now: at('2026-11-28T03:02:00Z') }).level).toBe('ok');
  });

  it('of a model that is not watched are to be taken away, whatever its name is, without the password', () => {
    const retired = { ...held, model: "a'; rm -rf ~" };
    const found = judgePushes({ ...pushes, held: [held, retired] });
    expect(found).toMatchObject({
      level: 'warning',
      words: '1 of models that are not watched',
      fix: "curl -X DELETE 'http://push:9091/metrics/job/tidewatch/process/drift-detection/model/a%27%3B%20rm%20-rf%20~'",
    });
  });
});

describe('processes', () => {
  const process = {
    name: 'driftDetection',
    id: 'drift-detection',
    cron: '0 3 * * *',
    timeZone: 'UTC',
    catchupWindow: '1d',
  } as const;
  const life = {
    model: 'a',
    deadMan: { missedRuns: 2 },
    process,
    watchedSince: at('2026-11-01T00:00:00Z'),
    succeededAt: at('2026-11-28T03:01:00Z'),
    asOf: at('2026-11-28T03:00:00Z'),
  };
  const judge = (...processes: Processes['processes']) =>
    judgeProcesses({ now: at('2026-11-28T12:00:00Z'), processes });

  it('have succeeded', () => {
    expect(judge(life)).toEqual({ level: 'ok', words: '1, none missed its runs' });
    expect(
      judge({ ...life, succeededAt: null, asOf: null, watchedSince: at('2026-11-28T00:00:00Z') }).level,
    ).toBe('ok');
  });

  it('are dead by the rule of the alert', () => {
    expect(judge(life, { ...life, model: 'b', succeededAt: at('2026-11-26T03:01:00Z') })).toMatchObject({
      level: 'critical',
      words: '1 of 2 missed their runs',
      details: [
        'drift-detection:b: 2 of its runs missed, the last success was 2026-11-26 03:01 UTC; it runs daily at 03:00 UTC',
      ],
    });
  });

  it('name all that are dead, also a thousand', () => {
    const dead = Array.from({ length: 1000 }, (_, n) => ({ ...life, model: `m${n}`, succeededAt: null }));
    const found = judge(...dead);
    expect(found.words).toBe('1000 of 1000 missed their runs');
    expect(found.details).toHaveLength(1000);
    expect(found.details?.at(-1)).toBe('drift-detection:m999');
  });

  it('have not come to the present where they succeed for the past', () => {
    expect(judge({ ...life, asOf: at('2026-11-20T03:00:00Z') })).toMatchObject({
      level: 'warning',
      details: ['drift-detection:a speaks for 2026-11-20 03:00 UTC'],
    });
  });
});

describe('what waits for people', () => {
  const since = at('2026-11-28T03:00:00Z');
  const none = { overdue: [], stuck: [], failing: [] };

  it('is nothing', () => {
    expect(judgeDeliveries(none).level).toBe('ok');
    expect(judgeRetrainings({ waiting: [], failed: [] }).level).toBe('ok');
  });

  it('are messages that nobody took', () => {
    const stuck = [{ state: 'waiting', count: 3, since, lastError: 'answers 500' }];
    expect(judgeDeliveries({ ...none, stuck })).toMatchObject({
      level: 'warning',
      details: ['3 not taken since 2026-11-28T03:00:00Z: answers 500'],
    });
    const failing = [{ subject: 'slack', summary: 'no such channel' }];
    expect(judgeDeliveries({ ...none, failing })).toMatchObject({
      level: 'critical',
      details: ['slack refuses messages: no such channel'],
    });
  });

  it('are alerts whose life does not go on', () => {
    const overdue = [{ alertKey: 'degradation:a:performance', since }];
    expect(judgeDeliveries({ ...none, overdue })).toMatchObject({
      level: 'critical',
      details: ['degradation:a:performance has something due since 2026-11-28T03:00:00Z'],
    });
  });

  it('are challengers', () => {
    expect(
      judgeRetrainings({
        waiting: [{ model: 'a', challenger: '7', waitsUntil: '2026-12-01T00:00:00Z' }],
        failed: [],
      }),
    ).toMatchObject({
      level: 'warning',
      words: 'one waits for a person',
      details: ['a: version 7 waits for approval until 2026-12-01T00:00:00Z'],
      fix: 'tidewatch retrainings show a, then approve or reject',
    });
  });

  it('are retrainings that have failed', () => {
    const failed = [
      { model: 'a', retrainingId: '2026-11-28T03:40:00Z', reason: 'RMSE is above 2;\nno memory left' },
    ];
    expect(judgeRetrainings({ waiting: [], failed })).toMatchObject({
      level: 'warning',
      words: 'the last one of a has failed',
      details: ['a as of 2026-11-28T03:40:00Z: RMSE is above 2; no memory left'],
      fix: expect.stringContaining('tidewatch retrain --model a'),
    });
  });
});
