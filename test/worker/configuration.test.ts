import { describe, expect, it } from 'vitest';

import { dayMs, hourMs } from '../../core/window.ts';
import { connectionsOf, slotsOf } from '../../worker/task-queue-configuration.ts';
import { readConfiguration } from '../../worker/configuration.ts';

const DATABASE_URL = 'postgres://tidewatch@127.0.0.1:5432/tidewatch';

describe('readConfiguration', () => {
  it('needs the database only; the rest has defaults that fit one machine', () => {
    expect(readConfiguration({ DATABASE_URL })).toEqual({
      databaseUrl: DATABASE_URL,
      temporal: {
        address: '127.0.0.1:7233',
        namespace: 'default',
        taskQueue: 'tidewatch',
        uiUrl: 'http://127.0.0.1:8233/namespaces/default',
        traced: false,
        versioning: 'off',
      },
      pushgatewayUrl: undefined,
      channels: { slack: {}, pagerduty: {}, webhook: {}, alertmanager: {} },
      trainers: { secrets: {}, mayRunCommands: false },
      registry: {},
      console: {
        inWorker: false,
        host: '127.0.0.1',
        port: 9465,
        access: { tokens: {}, sessionMs: 12 * hourMs, proxies: 0 },
        auditRetentionMs: 365 * dayMs,
      },
      outgoing: { denied: [], exempt: new Set() },
      secrets: [],
      sources: { ownDatabase: DATABASE_URL, databases: new Map(), stores: new Map() },
      http: { host: '127.0.0.1', port: 9464 },
      partitionWidth: 'month',
      retention: { rows: 'keep', results: 'keep', hourlyProfiles: '91d', dailyProfiles: '730d' },
      maxConcurrentActivities: 8,
      queues: { takes: 'all', fanOut: { rows: 500_000, columns: 200, atOnce: 4 } },
      shutdownGrace: '30s',
      logLevel: 'info',
    });
  });

  it('takes what is given', () => {
    expect(
      readConfiguration({
        DATABASE_URL,
        TEMPORAL_ADDRESS: 'temporal.example.org:7233',
        TEMPORAL_NAMESPACE: 'data science',
        TEMPORAL_UI_URL: 'https://temporal.example.org/',
        SLACK_WEBHOOK_URL: 'https://hooks.example.org/services/x',
        SMTP_URL: 'smtp://mail.example.org:587',
        ALERT_EMAIL_FROM: 'Alerts <alerts@example.org>',
        TIDEWATCH_HTTP_PORT: '0',
        TIDEWATCH_RUNBOOKS_URL: 'https://wiki.example.org/runbooks/',
        TIDEWATCH_MAX_CONCURRENT_ACTIVITIES: '32',
        TIDEWATCH_SHUTDOWN_GRACE: '2m',
      }),
    ).toMatchObject({
      temporal: {
        address: 'temporal.example.org:7233',
        uiUrl: 'https://temporal.example.org/namespaces/data%20science',
        traced: false,
      },
      channels: {
        slack: { default: { webhookUrl: 'https://hooks.example.org/services/x' } },
        email: { smtpUrl: 'smtp://mail.example.org:587', from: 'Alerts <alerts@example.org>' },
      },
      http: { port: 0 },
      runbooksUrl: 'https://wiki.example.org/runbooks',
      maxConcurrentActivities: 32,
      shutdownGrace: '2m',
    });
  });

  it('reads which task queues a worker takes from', () => {
    const { queues, maxConcurrentActivities } = readConfiguration({
      DATABASE_URL,
      TIDEWATCH_HEAVY_TASK_QUEUE: 'tidewatch-heavy',
      TIDEWATCH_HEAVY_ACTIVITIES: '3',
      TIDEWATCH_ACTIVITIES_PER_SECOND: '2.5',
      TIDEWATCH_PARTS_AT_ONCE: '6',
    });
    expect(queues).toEqual({
      takes: 'all',
      heavy: { taskQueue: 'tidewatch-heavy', atOnce: 3 },
      activitiesPerSecond: 2.5,
      fanOut: { rows: 500_000, columns: 200, atOnce: 6 },
    });
    expect(slotsOf(queues, maxConcurrentActivities)).toEqual({ common: 8, heavy: 3 });
    expect(connectionsOf(queues, maxConcurrentActivities)).toBe(13);
    expect(slotsOf({ ...queues, takes: 'light' }, 8)).toEqual({ common: 8, heavy: 0 });
    expect(slotsOf({ ...queues, takes: 'heavy' }, 8)).toEqual({ common: 0, heavy: 3 });
    expect(connectionsOf({ ...queues, heavy: undefined }, 8)).toBe(10);
  });

  it('leaves half of a worker to other models where parts have no task queue of their own', () => {
    const atOnce = (variables: Readonly<Record<string, string>>): number =>
      readConfiguration({ DATABASE_URL, ...variables }).queues.fanOut.atOnce;
    expect(atOnce({ TIDEWATCH_PARTS_AT_ONCE: '50' })).toBe(4);
    expect(atOnce({ TIDEWATCH_PARTS_AT_ONCE: '3' })).toBe(3);
    expect(atOnce({ TIDEWATCH_PARTS_AT_ONCE: '50', TIDEWATCH_MAX_CONCURRENT_ACTIVITIES: '20' })).toBe(10);
    expect(atOnce({ TIDEWATCH_MAX_CONCURRENT_ACTIVITIES: '1' })).toBe(1);
    expect(atOnce({ TIDEWATCH_PARTS_AT_ONCE: '50', TIDEWATCH_HEAVY_TASK_QUEUE: 'tidewatch-heavy' })).toBe(50);
  });

  it.each([
    [{ TIDEWATCH_RETENTION_HOURLY_PROFILES: '120d' }, '730d'],
    [{ TIDEWATCH_RETENTION_HOURLY_PROFILES: '730d' }, 'keep'],
    [{ TIDEWATCH_RETENTION_HOURLY_PROFILES: 'keep' }, 'keep'],
    [{ TIDEWATCH_RETENTION_HOURLY_PROFILES: 'keep', TIDEWATCH_RETENTION_DAILY_PROFILES: 'keep' }, 'keep'],
    [{ TIDEWATCH_RETENTION_DAILY_PROFILES: '14w' }, '14w'],
  ])('with %j keeps daily profiles for %s', (variables, kept) => {
    expect(readConfiguration({ DATABASE_URL, ...variables }).retention.dailyProfiles).toBe(kept);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfiguration({ DATABASE_URL, TEMPORAL_NAMESPACE: '', SMTP_URL: '' })).toEqual(
      readConfiguration({ DATABASE_URL }),
    );
  });

  it.each([
    [{}, '  DATABASE_URL: is missing; write for example postgres://tidewatch@127.0.0.1:5432/tidewatch'],
    [{ DATABASE_URL: 'mysql://x' }, '  DATABASE_URL: write for example postgres://'],
    [
      { DATABASE_URL, SMTP_URL: 'mail' },
      '  SMTP_URL: write for example smtp://user:password@mail.example.org:587',
    ],
    [{ DATABASE_URL, TIDEWATCH_HTTP_PORT: 'http' }, '  TIDEWATCH_HTTP_PORT: '],
    [{ DATABASE_URL, TIDEWATCH_MAX_CONCURRENT_ACTIVITIES: '0' }, '  TIDEWATCH_MAX_CONCURRENT_ACTIVITIES: '],
    [
      { DATABASE_URL, TIDEWATCH_WORKER_TAKES: 'heavy' },
      '  TIDEWATCH_WORKER_TAKES: heavy says nothing without TIDEWATCH_HEAVY_TASK_QUEUE; set it, or write all',
    ],
    [
      { DATABASE_URL, TIDEWATCH_HEAVY_TASK_QUEUE: 'tidewatch' },
      '  TIDEWATCH_HEAVY_TASK_QUEUE: is that of TEMPORAL_TASK_QUEUE; name another, or leave it out',
    ],
    [
      { DATABASE_URL, TIDEWATCH_ACTIVITIES_PER_SECOND: '0' },
      '  TIDEWATCH_ACTIVITIES_PER_SECOND: write a number above 0',
    ],
    [
      { DATABASE_URL, TIDEWATCH_RETENTION_DAILY_PROFILES: '13w' },
      '  TIDEWATCH_RETENTION_DAILY_PROFILES: weeks are of days that are rolled up: write more than the 91d of hourly profiles, or keep',
    ],
    [
      {
        DATABASE_URL,
        TIDEWATCH_RETENTION_HOURLY_PROFILES: 'keep',
        TIDEWATCH_RETENTION_DAILY_PROFILES: '730d',
      },
      '  TIDEWATCH_RETENTION_DAILY_PROFILES: weeks are of days that are rolled up, and hourly profiles are kept for ever: write keep',
    ],
    [{ DATABASE_URL, TIDEWATCH_SHUTDOWN_GRACE: '30' }, '  TIDEWATCH_SHUTDOWN_GRACE: write for example "30s"'],
  ])('refuses %j and says what to write', (environment, problem) => {
    expect(() => readConfiguration(environment)).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIGURATION', message: expect.stringContaining(problem) }),
    );
  });

  it('lists every problem at once', () => {
    expect(() => readConfiguration({ LOG_LEVEL: 'loud', PUSHGATEWAY_URL: 'nowhere' })).toThrow(
      'The environment has 3 problems:',
    );
  });

  it('does not show a secret that it refuses', () => {
    try {
      readConfiguration({ DATABASE_URL: 'mysql://me:hunter2@db', SLACK_WEBHOOK_URL: 'hooks/hunter2' });
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain('hunter2');
    }
  });
});
