import { beforeEach, describe, expect, it } from 'vitest';

import { createFollowAlert } from '../../../activities/alerts/follow-alert.ts';
import {
  announceAlert,
  listPendingAlerts,
  openAlert,
  resolveAlert,
} from '../../../activities/alerts/store.ts';
import type { Relief, Trouble } from '../../../activities/alerts/store.ts';
import { endsAlert } from '../../../core/alert/alert.ts';
import { routesSchema } from '../../../core/alert/route-settings.ts';
import { dayMs } from '../../../core/window.ts';
import { alertsTo } from '../../setup/alert-settings.ts';
import { useDatabase } from '../../setup/world.ts';

const key = 'degradation:bike-demand:performance';
const day = (n: number): number => Date.UTC(2011, 4, n, 3, 40);
const routes = routesSchema.parse([
  { severity: ['critical'], slack: true, continue: true },
  { email: ['a@example.org', 'b@example.org'] },
]);

const test = useDatabase('shared by all tests');
beforeEach(async () => {
  await test.database.execute('delete from alerts');
});

const observed = {
  model: 'bike-demand',
  kind: 'degradation',
  subject: 'performance',
  facts: [{ name: 'RMSE', value: '101.2' }],
  alerts: alertsTo(routes),
  provenance: { workflowId: 'degradation-check:bike-demand', runId: 'run-1' },
} as const;

const open = (trouble: Partial<Trouble> & Pick<Trouble, 'asOf'>): Promise<string | null> =>
  test.database.transaction((connection) =>
    openAlert(connection, { ...observed, severity: 'warning', summary: 'RMSE is above 75', ...trouble }),
  );
const resolve = (relief: Partial<Relief> & Pick<Relief, 'asOf'>): Promise<string | null> =>
  test.database.transaction((connection) =>
    resolveAlert(connection, { ...observed, summary: 'RMSE is not above 75', ...relief }),
  );

const alerts = () =>
  test.database.query(
    'select episode, state, severity, summary, opened_as_of, resolved_as_of from alerts order by episode',
  );
const events = async () =>
  (
    await test.database.query<{ name: string }>(
      `select concat_ws(' ', episode, event, severity) as name from alert_events order by recorded_at`,
    )
  ).map(({ name }) => name);
const told = async (event: string) =>
  (
    await test.database.query<{ recipient: string }>(
      'select recipient from alert_deliveries where event = $1 order by channel desc, recipient',
      [event],
    )
  ).map(({ recipient }) => recipient);

/** Until a connection of this database waits for a lock. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const [row] = await test.database.query<{ waits: boolean }>(
      `select exists (
         select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
       ) as waits`,
    );
    if (row!.waits) return;
  }
}

describe('openAlert', () => {
  it('keeps 100 kB of detail whole; what crosses Temporal of it is short', async () => {
    const summary = 'x'.repeat(100_000);
    await open({ asOf: day(1), severity: 'critical', summary });
    expect(await alerts()).toMatchObject([{ summary }]);
    const followed = await createFollowAlert(test)({ model: 'bike-demand', alertKey: key });
    expect(followed.alert).toMatchObject({ state: 'open', summary: expect.stringMatching(/^x{999}…$/) });
  });

  it('opens an alert with its first event and one message a recipient', async () => {
    expect(await open({ asOf: day(1), severity: 'critical' })).toBe(key);
    expect(await alerts()).toEqual([
      {
        episode: 1,
        state: 'open',
        severity: 'critical',
        summary: 'RMSE is above 75',
        opened_as_of: day(1),
        resolved_as_of: null,
      },
    ]);
    expect(await events()).toEqual(['1 opened critical']);
    expect(await told('opened')).toEqual(['default', 'a@example.org, b@example.org']);
  });

  it('records an alert that nobody is told of', async () => {
    expect(await open({ asOf: day(1), alerts: alertsTo([]) })).toBe(key);
    expect(await events()).toEqual(['1 opened warning']);
    expect(await listPendingAlerts(test.database, 'bike-demand')).toEqual([]);
  });

  it('does nothing for the same trouble the next day, or on the same day again', async () => {
    await open({ asOf: day(1) });
    expect(await open({ asOf: day(1) })).toBeNull();
    expect(await open({ asOf: day(2), summary: 'RMSE is far above 75' })).toBeNull();
    expect(await events()).toEqual(['1 opened warning']);
  });

  it('escalates, tells those of the new severity, and then takes the lesser trouble for known', async () => {
    await open({ asOf: day(1) });
    expect(await open({ asOf: day(2), severity: 'critical', summary: 'RMSE is above 90' })).toBe(key);
    expect(await open({ asOf: day(3), severity: 'warning' })).toBeNull();
    expect(await events()).toEqual(['1 opened warning', '1 escalated critical']);
    expect(await alerts()).toMatchObject([
      { severity: 'critical', summary: 'RMSE is above 90', opened_as_of: day(1) },
    ]);
    expect(await told('opened')).toEqual(['a@example.org, b@example.org']);
    expect(await told('escalated')).toEqual(['default', 'a@example.org, b@example.org']);
  });

  it('escalates twice in one episode', async () => {
    await open({ asOf: day(1), severity: 'info' });
    await open({ asOf: day(2), severity: 'warning' });
    await open({ asOf: day(3), severity: 'critical' });
    expect(await events()).toEqual(['1 opened info', '1 escalated warning', '1 escalated.2 critical']);
  });

  it('does nothing for a day before the newest event', async () => {
    await open({ asOf: day(10) });
    expect(await open({ asOf: day(9), severity: 'critical' })).toBeNull();
    await resolve({ asOf: day(11) });
    expect(await open({ asOf: day(10), severity: 'critical' })).toBeNull();
    expect(await events()).toEqual(['1 opened warning', '1 resolved warning']);
  });

  it('opens a new episode long after a resolve and tells of it again', async () => {
    await open({ asOf: day(1) });
    await resolve({ asOf: day(2) });
    expect(await open({ asOf: day(5) })).toBe(key);
    expect(await events()).toEqual(['1 opened warning', '1 resolved warning', '2 opened warning']);
    expect(await alerts()).toMatchObject([{ state: 'resolved', resolved_as_of: day(2) }, { state: 'open' }]);
    expect(await told('opened')).toEqual(['a@example.org, b@example.org', 'a@example.org, b@example.org']);
  });

  it('reopens the episode soon after a resolve, says what it is about now, and tells of it', async () => {
    await open({ asOf: day(1), severity: 'critical' });
    await resolve({ asOf: day(2) });
    expect(await open({ asOf: day(3), summary: 'MAE is above 9' })).toBe(key);
    await resolve({ asOf: day(4) });
    expect(await events()).toEqual([
      '1 opened critical',
      '1 resolved critical',
      '1 reopened warning',
      '1 resolved.2 warning',
    ]);
    expect(await alerts()).toMatchObject([
      { state: 'resolved', severity: 'warning', summary: 'MAE is above 9', opened_as_of: day(1) },
    ]);
    expect(await told('reopened')).toEqual(['a@example.org, b@example.org']);
  });

  it('opens one alert when two runs see the trouble at once: the second waits for the first', async () => {
    const second = await test.database.transaction(async (connection) => {
      await openAlert(connection, { ...observed, severity: 'warning', summary: 'x', asOf: day(1) });
      const waiting = open({ asOf: day(1) });
      await untilSomebodyWaits();
      return { opened: waiting };
    });
    expect(await second.opened).toBeNull();
    expect(await events()).toEqual(['1 opened warning']);
  });

  it('leaves nothing behind when the transaction of the caller fails', async () => {
    const failing = test.database.transaction(async (connection) => {
      await openAlert(connection, { ...observed, severity: 'warning', summary: 'x', asOf: day(1) });
      throw new Error('the check could not be stored');
    });
    await expect(failing).rejects.toThrow('the check could not be stored');
    expect(await alerts()).toEqual([]);
  });
});

describe('resolveAlert', () => {
  it('does nothing when nothing is open', async () => {
    expect(await resolve({ asOf: day(1) })).toBeNull();
    await open({ asOf: day(1) });
    await resolve({ asOf: day(2) });
    expect(await resolve({ asOf: day(3) })).toBeNull();
    expect(await events()).toEqual(['1 opened warning', '1 resolved warning']);
  });

  it('does nothing for a day before the newest event', async () => {
    await open({ asOf: day(10) });
    expect(await resolve({ asOf: day(9) })).toBeNull();
    expect(await alerts()).toMatchObject([{ state: 'open' }]);
  });

  it('ends the alert and keeps what it was about', async () => {
    await open({ asOf: day(1), severity: 'critical' });
    expect(await resolve({ asOf: day(1) + dayMs })).toBe(key);
    expect(await alerts()).toMatchObject([
      { state: 'resolved', severity: 'critical', summary: 'RMSE is above 75', resolved_as_of: day(2) },
    ]);
  });

  it('ends it after as many good days as the monitor asks for, and counts none of them twice', async () => {
    const patient = { alerts: alertsTo(routes, { resolveAfter: 3 }) };
    await open({ asOf: day(1), ...patient });
    for (const n of [2, 2, 3, 3]) expect(await resolve({ asOf: day(n), ...patient })).toBeNull();
    expect(await alerts()).toMatchObject([{ state: 'open', resolved_as_of: null }]);
    expect(await resolve({ asOf: day(4), ...patient })).toBe(key);
    expect(await events()).toEqual(['1 opened warning', '1 resolved warning']);
  });

  it('says nothing of trouble that hovers at its limit, once it has said it', async () => {
    const patient = { alerts: alertsTo(routes, { resolveAfter: 2 }) };
    for (const n of [1, 3, 5, 7]) {
      await open({ asOf: day(n), ...patient });
      await resolve({ asOf: day(n + 1), ...patient });
    }
    expect(await events()).toEqual(['1 opened warning']);
  });

  it('tells those who heard of any of its severities', async () => {
    const split = routesSchema.parse([
      { severity: ['warning'], email: ['w@example.org'] },
      { severity: ['critical'], slack: true },
      { severity: ['info'], email: ['i@example.org'] },
    ]);
    await open({ asOf: day(1), alerts: alertsTo(split) });
    await open({ asOf: day(2), severity: 'critical', alerts: alertsTo(split) });
    await resolve({ asOf: day(3), alerts: alertsTo(split) });
    expect(await told('resolved')).toEqual(['default', 'w@example.org']);
  });

  it('ends a retraining with an event and a severity of its own', async () => {
    const retraining = { kind: 'retraining', subject: 'retraining-1' } as const;
    await open({ ...retraining, asOf: day(1), severity: 'info', event: 'started' });
    await resolve({ ...retraining, asOf: day(1), severity: 'critical', event: 'failed' });
    expect(await events()).toEqual(['1 started info', '1 failed critical']);
    expect(await alerts()).toMatchObject([{ state: 'resolved', severity: 'critical' }]);
    expect(await told('failed')).toEqual(['default', 'a@example.org, b@example.org']);
  });
});

describe('a retraining that was rolled back', () => {
  it('is a warning for those who heard of the promotion, and stays with those who keep books of their own', async () => {
    const retraining = { kind: 'retraining', subject: 'retraining-1' } as const;
    const promoted = routesSchema.parse([{ severity: ['info'], email: ['heard@example.org'] }]);
    const warned = routesSchema.parse([{ severity: ['warning'], email: ['on-call@example.org'] }]);
    await open({
      ...retraining,
      asOf: day(1),
      severity: 'info',
      event: 'started',
      alerts: alertsTo(promoted),
    });
    await resolve({
      ...retraining,
      asOf: day(1),
      severity: 'warning',
      event: 'rolled-back',
      alerts: alertsTo(warned),
    });
    expect(await events()).toEqual(['1 started info', '1 rolled-back warning']);
    expect(await told('rolled-back')).toEqual(['heard@example.org', 'on-call@example.org']);
    expect(endsAlert('rolled-back')).toBe(false);
  });
});

describe('announceAlert', () => {
  const tell = (asOf: number, summary: string, told = routes) =>
    test.database.transaction((connection) =>
      announceAlert(connection, {
        ...observed,
        kind: 'restated',
        subject: '2011-05-01',
        event: 'restated',
        severity: 'info',
        summary,
        asOf,
        alerts: alertsTo(told),
      }),
    );

  it('tells news that leaves nothing open', async () => {
    expect(await tell(day(2), 'critical -> ok')).toBe('restated:bike-demand:2011-05-01');
    expect(await alerts()).toMatchObject([{ episode: 1, state: 'resolved', severity: 'info' }]);
    expect(await events()).toEqual(['1 restated info']);
    expect(await told('restated')).toEqual(['a@example.org, b@example.org']);
    const [due] = await test.database.query('select due_at from alerts');
    expect(due).toEqual({ due_at: null });
  });

  it('tells what follows to those who heard the first, whomever the routes name by then', async () => {
    await tell(day(2), 'critical -> ok');
    await tell(day(3), 'ok -> critical', routesSchema.parse([{ email: ['c@example.org'] }]));
    expect(await events()).toEqual(['1 restated info', '1 restated.2 info']);
    expect(await told('restated.2')).toEqual(['a@example.org, b@example.org', 'c@example.org']);
    expect(await alerts()).toMatchObject([{ summary: 'ok -> critical' }]);
  });
});

describe('listPendingAlerts', () => {
  it('gives the keys of one model with undelivered messages, each once', async () => {
    await open({ asOf: day(1) });
    await resolve({ asOf: day(2) });
    await open({ asOf: day(1), kind: 'drift', subject: 'dataset' });
    await open({ asOf: day(1), model: 'other' });
    expect(await listPendingAlerts(test.database, 'bike-demand')).toEqual([
      'degradation:bike-demand:performance',
      'drift:bike-demand:dataset',
    ]);
    await test.database.execute(
      `update alert_deliveries set state = 'delivered' where alert_key like 'drift:%'`,
    );
    expect(await listPendingAlerts(test.database, 'bike-demand')).toEqual([key]);
  });
});
