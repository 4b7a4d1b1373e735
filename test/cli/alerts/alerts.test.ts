/** The real command, a real worker and real servers. */

import { execFile } from 'node:child_process';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openAlert, resolveAlert } from '../../../activities/alerts/store.ts';
import { addAlerts } from '../../../cli/commands/alerts.ts';
import { addStatus } from '../../../cli/commands/status.ts';
import type { AlertKind, Severity } from '../../../core/alert/alert.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { createTestDatabase, testServers } from '../../setup/servers.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { at, day, watch } from '../../setup/synthetic.ts';
import type { TestWorker } from '../../setup/worker.ts';
import { startTestWorker } from '../../setup/worker.ts';
import { printed } from '../on-database.ts';

const key = 'degradation:shown:performance';

let test: TestDatabase;
let worker: TestWorker;
beforeAll(async () => {
  test = await createTestDatabase();
  worker = await startTestWorker(test.database);
});
afterAll(async () => {
  await worker.stop();
  await test.drop();
});

let alerts: Awaited<ReturnType<typeof watch>>['alerts'];
beforeEach(async () => {
  await emptyTables(test.database);
  ({ alerts } = await watch(test.database, { model: 'shown' }));
});

const observed = (kind: AlertKind, model: string) =>
  ({
    model,
    kind,
    subject: 'performance',
    facts: [],
    alerts,
    provenance: { workflowId: 'w', runId: 'r' },
  }) as const;
const open = (severity: Severity, kind: AlertKind = 'degradation', model = 'shown') =>
  test.database.transaction((connection) =>
    openAlert(connection, { ...observed(kind, model), severity, summary: 'RMSE is high', asOf: day(2) }),
  );
const resolve = (kind: AlertKind = 'degradation', model = 'shown') =>
  test.database.transaction((connection) =>
    resolveAlert(connection, { ...observed(kind, model), summary: 'RMSE is fine', asOf: day(3) }),
  );

const list = (...args: string[]) => printed(addAlerts, ['alerts', ...args], test);
const keys = async (...args: string[]) =>
  (JSON.parse(await list('--json', ...args)) as { alertKey: string }[]).map(({ alertKey }) => alertKey);

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const tidewatch = (...args: readonly string[]): Promise<Outcome> =>
  new Promise((done) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'cli/tidewatch.ts', 'alerts', ...args],
      {
        env: {
          ...process.env,
          DATABASE_URL: test.url,
          TEMPORAL_ADDRESS: testServers().temporalAddress,
          TEMPORAL_TASK_QUEUE: worker.taskQueue,
        },
      },
      (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

describe('tidewatch alerts', () => {
  it('says that nothing is open', async () => {
    expect(await list()).toBe('no alert is open');
    expect(await list('--json')).toBe('[]');
    expect(await list('--all')).toBe('there has been no alert yet');
    expect(await list('--all', '--model', 'other')).toBe('there has been no such alert yet');
    expect(await list('--state', 'snoozed')).toBe('no alert is snoozed');
  });

  it('lists the worst first, then what has lasted longest, and what is over last', async () => {
    const observe = (kind: AlertKind, severity: Severity, asOf: number) =>
      test.database.transaction((connection) =>
        openAlert(connection, { ...observed(kind, 'shown'), severity, summary: 'high', asOf }),
      );
    await observe('drift', 'warning', day(3));
    await observe('data-quality', 'critical', day(4));
    await observe('freshness', 'warning', day(2));
    await observe('degradation', 'critical', day(2));
    const worstFirst = ['degradation', 'data-quality', 'freshness', 'drift'];
    const kinds = async (...args: string[]) => (await keys(...args)).map((key) => key.split(':')[0]);
    expect(await kinds()).toEqual(worstFirst);
    expect(await kinds('--limit', '1')).toEqual(['degradation']);
    await test.database.execute(`update alerts set state = 'resolved' where kind = 'degradation'`);
    expect(await kinds('--all')).toEqual(['data-quality', 'freshness', 'drift', 'degradation']);
  });

  it('lists what is not resolved, or what is asked for', async () => {
    await open('critical');
    await open('warning', 'drift');
    await open('warning', 'drift', 'other');
    await open('warning', 'data-quality');
    await resolve('data-quality');
    expect((await keys()).sort()).toEqual([
      'degradation:shown:performance',
      'drift:other:performance',
      'drift:shown:performance',
    ]);
    expect((await keys('--all')).length).toBe(4);
    expect(await keys('--state', 'resolved')).toEqual(['data-quality:shown:performance']);
    expect(await keys('--severity', 'critical')).toEqual([key]);
    expect(await keys('--model', 'other')).toEqual(['drift:other:performance']);
    const text = await list();
    expect(text).toContain(key);
    expect(text).toContain('opened (UTC)');
    expect(text).toContain('RMSE is high');
    expect(await list('--limit', '1')).toContain('and 2 more; see --limit');
  });

  it('says of what people are not told why, and until when', async () => {
    const routes = [{ email: ['a@example.org'] }];
    ({ alerts } = await watch(test.database, { model: 'shown', alerts: { routes } }));
    await open('critical');
    const reason = 'maintenance until 2026-12-02T00:00:00Z: the feed moves';
    const become = (state: string) =>
      test.database.execute('update alert_deliveries set state = $1, held_by = $2', [state, reason]);
    await become('held');
    expect(await list()).toContain(`people are not told: ${reason}`);
    expect(JSON.parse(await list('--json'))).toMatchObject([{ held: reason }]);
    expect(await list('show', key)).toContain(
      `email a@example.org: held (${reason}; told then if it is still open)`,
    );
    await become('dropped');
    expect(await list()).not.toContain('people are not told');
    expect(await list('show', key)).toContain(
      `email a@example.org: dropped (over before anybody was told: ${reason})`,
    );
  });

  it('shows one with everything that has happened to it, and whom it was told to', async () => {
    ({ alerts } = await watch(test.database, {
      model: 'shown',
      alerts: { routes: [{ email: ['a@example.org'] }], life: { resolveAfter: 1 } },
    }));
    await open('critical');
    await resolve();
    const text = await list('show', key);
    expect(text).toMatch(/^degradation:shown:performance\n {2}critical, resolved, since 20/);
    expect(text).toMatch(
      / opened, critical, as of 2024-01-02 00:00: RMSE is high\n {4}email a@example.org: pending/,
    );
    expect(text).toMatch(/ resolved, critical, as of 2024-01-03 00:00: RMSE is fine/);
    expect(JSON.parse(await list('show', key, '--json'))).toMatchObject({
      alertKey: key,
      state: 'resolved',
      events: [{ event: 'opened', deliveries: [{ recipient: 'a@example.org' }] }, { event: 'resolved' }],
    });
  });

  it('says what the newest observation says and of when, beside what opened it', async () => {
    ({ alerts } = await watch(test.database, {
      model: 'shown',
      alerts: { routes: [], life: { resolveAfter: 2 } },
    }));
    await open('critical');
    const seen = { ...observed('degradation', 'shown'), severity: 'warning', asOf: day(4) } as const;
    await test.database.transaction((connection) =>
      openAlert(connection, { ...seen, summary: 'RMSE is less high' }),
    );
    const text = await list('show', key);
    expect(text).toContain('\n  opened as of 2024-01-02 00:00 UTC: RMSE is high\n');
    expect(text).toContain('\n  now, as of 2024-01-04 00:00 UTC: RMSE is less high\n');
    expect(await list()).toMatch(
      / open +│ 2024-01-02 00:00 │ RMSE is less high +│\n[ │]+as of 2024-01-04 00:00 │/,
    );
    const known = {
      summary: 'RMSE is high',
      openedAsOf: at(2),
      now: 'RMSE is less high',
      observedAsOf: at(4),
    };
    expect(JSON.parse(await list('--json'))).toMatchObject([known]);
    expect(JSON.parse(await list('show', key, '--json'))).toMatchObject(known);
    expect(JSON.parse(await printed(addStatus, ['status', '--json'], test))).toMatchObject([
      { alerts: [{ key, ...known }] },
    ]);
    expect(await printed(addStatus, ['status', '--model', 'shown'], test)).toContain(
      `${key}, critical, open since 2024-01-02; as of 2024-01-04: RMSE is less high`,
    );
    await test.database.transaction((connection) =>
      resolveAlert(connection, { ...observed('degradation', 'shown'), summary: 'fine', asOf: day(5) }),
    );
    expect(await list('show', key)).toContain('\n  now, as of 2024-01-05 00:00 UTC: all is well\n');
  });

  it('says since when there has been trouble, and what first, whatever has become of it', async () => {
    await open('warning');
    const worse = { ...observed('degradation', 'shown'), severity: 'critical', asOf: day(4) } as const;
    await test.database.transaction((connection) =>
      openAlert(connection, { ...worse, summary: 'RMSE is very high' }),
    );
    expect(await list()).toMatch(/ critical │ open +│ 2024-01-02 00:00 │ RMSE is very high/);
    expect(await list('show', key)).toContain('\n  opened as of 2024-01-02 00:00 UTC: RMSE is high\n');
    await test.database.execute(
      `update alerts set state = 'acknowledged', state_by = 'anna', state_since = '2026-02-03T09:00Z'`,
    );
    const taken = 'acknowledged by anna, since 2026-02-03 09:00';
    expect(await list()).toMatch(new RegExp(`${taken} │ 2024-01-02 00:00 │`));
    expect(await list('show', key)).toContain(
      `\n  critical, ${taken} UTC\n  opened as of 2024-01-02 00:00 UTC: `,
    );
  });

  it('says where one leads, and what to type next', async () => {
    await open('critical');
    const run = 'http://127.0.0.1:8233/namespaces/default/workflows/w/r/history';
    const runbook = 'http://127.0.0.1:9464/runbooks/ModelDegradation.md';
    const next = `tidewatch alerts acknowledge ${key}`;
    const text = await list('show', key);
    expect(text).toContain(`\n  next: ${next}\n`);
    expect(text).toContain(`\n  Open the run in Temporal: ${run}\n  Open the runbook: ${runbook}\n`);
    expect(text).toContain('\n  episode 1 (times in UTC)\n');
    expect(JSON.parse(await list('show', key, '--json'))).toMatchObject({
      next,
      links: [{ url: run }, { url: runbook }],
    });
    await test.database.execute(`update alerts set state = 'resolved'`);
    expect(await list('show', key)).not.toContain('next:');
  });

  it('names the alert that was probably meant', async () => {
    await open('critical');
    for (const wrong of ['degradation:show:performance', `${key}#1`, 'degradation:shown:perfromance'])
      await expect(list('show', wrong)).rejects.toThrow(
        `There is no alert "${wrong}". Did you mean "${key}"? `,
      );
  });

  it.each([
    [
      ['show', 'drift:nothing:here'],
      /There is no alert "drift:nothing:here"\. List them with `tidewatch alerts --all`\./,
    ],
    [['show', 'nonsense'], /There is no alert "nonsense"/],
    [['acknowlege', key], /unknown command 'acknowlege'; did you mean acknowledge\?/],
    [[key], /unknown command 'degradation:shown:performance'; write tidewatch alerts show 'degradation:/],
    [['snooze', key], /--for: write either --for, such as 4h, or --until/],
    [['--limit', 'all'], /--limit: "all" is not a number of alerts/],
  ])('refuses %o', async (args, problem) => {
    await expect(list(...args)).rejects.toThrow(problem);
  });
});

describe('a change by command', () => {
  it('is answered, and shown', async () => {
    await open('critical');
    expect(await tidewatch('acknowledge', key, '--by', 'anna', '--note', 'on it')).toEqual({
      code: 0,
      stdout: `${key}: acknowledged by anna; it is told again only if it becomes worse, and resolves by itself once the trouble is over\n`,
      stderr: '',
    });
    expect(await list('show', key)).toContain(
      '  acknowledged by anna, critical: on it (RMSE is high, as of 2024-01-02 00:00 UTC)',
    );
    expect(await printed(addStatus, ['status'], test)).toContain('1, acknowledged or snoozed');
    expect(await printed(addStatus, ['status', '--model', 'shown'], test)).toContain(
      '(acknowledged by anna); as of 2024-01-02: RMSE is high',
    );
    const snoozed = await tidewatch('snooze', key, '--for', '2d', '--json');
    expect(JSON.parse(snoozed.stdout)).toMatchObject({ state: 'snoozed', by: expect.stringMatching(/./) });
    expect((await tidewatch('comment', key, '--note', 'hm')).stdout).toMatch(
      /: the comment is stored; snoozed until 20\S+ \S+ UTC by /,
    );
    expect((await tidewatch('resolve', key, '--by', 'anna')).stdout).toBe(
      `${key}: resolved by anna; a check that still finds the trouble reopens it, snooze it to be left alone\n`,
    );
  });

  it('that cannot be made says why', async () => {
    await open('critical');
    await resolve();
    expect(await tidewatch('resolve', key)).toEqual({
      code: 2,
      stdout: '',
      stderr: `Alert ${key} was not changed: it is resolved already, and can only be commented.\n`,
    });
    expect(await tidewatch('snooze', key, '--for', '4')).toEqual({
      code: 2,
      stdout: '',
      stderr: '--for: write a number and m, h, d or w, for example "4h".\n',
    });
    expect(await tidewatch('acknowledge', 'drift:shown:nothing')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no alert'),
    });
  });
});
