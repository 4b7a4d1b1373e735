/** The whole job on real data, as `npm run demo` does it: sixteen weeks of bikes. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Demo } from '../../demo/run.ts';
import { startDemo } from '../../demo/run.ts';
import type { Summary } from '../../demo/summary.ts';

let stateDirectory: string;
let demo: Demo;
let summary: Summary;

beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'tidewatch-demo-'));
  demo = await startDemo({
    dataSet: 'bikes',
    injections: [],
    stateDirectory,
    say: () => {},
    signal: new AbortController().signal,
  });
  await demo.replay(() => {});
  summary = await demo.summarize();
  // Several minutes on an idle machine.
}, 1_800_000);

afterAll(async () => {
  await demo?.stop();
  await rm(stateDirectory, { recursive: true, force: true });
});

describe('sixteen weeks of bikes', () => {
  it('are asked by commands with the addresses of these servers', () => {
    expect(demo.processes.environment).toEqual({
      DATABASE_URL: demo.processes.databaseUrl,
      TEMPORAL_ADDRESS: demo.stack.temporal.address,
      TEMPORAL_UI_URL: demo.stack.temporal.uiUrl,
      PUSHGATEWAY_URL: demo.stack.pushgateway.url,
      SLACK_WEBHOOK_URL: demo.stack.slack!.url,
      SMTP_URL: demo.stack.smtp!.url,
      TIDEWATCH_CONSOLE_URL: demo.processes.consoleUrl,
      TIDEWATCH_URL: demo.processes.workerUrl,
    });
  });

  it('are calm in March, and degrade in April', () => {
    const march = summary.weeks.filter(({ start }) => start < '2011-03-29');
    expect(march.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(march.flatMap(({ driftedFeatures }) => driftedFeatures)).toEqual([]);
    expect(summary.weeks.map(({ verdict }) => verdict)).toContain('critical');
    expect(summary.weeks.flatMap(({ driftedFeatures }) => driftedFeatures)).toContain('temp');
  });

  it('promote a retrained model that won on held-out rows', () => {
    expect(summary.retrainings.length).toBeGreaterThanOrEqual(1);
    expect(summary.retrainings[0]).toMatchObject({
      state: 'kept',
      helped: 'yes',
      champion: '2011-03-01',
    });
    expect(summary.retrainings[0]!.reason).toMatch(
      /challenger RMSE [\d.]+ against [\d.]+ on the same \d+ held-out rows/,
    );
  });

  it('have a RMSE at least 20% below the frozen model over the four weeks after the first promotion', async () => {
    const [row] = await demo.database.query<{ served: number; frozen: number; rows: number }>(
      `with promotion as (
         select min(promoted_at) as promoted_at from model_versions
         where model = 'bike-demand' and version <> '2011-03-01'
       )
       select count(*) as rows,
         sqrt(avg((served.prediction - served.actual) ^ 2)) as served,
         sqrt(avg((frozen.prediction - frozen.actual) ^ 2)) as frozen
       from promotion
       join outcomes served on served.model = 'bike-demand' and served.role = 'serving'
         and served.event_time >= promoted_at and served.event_time < promoted_at + interval '28 days'
       join outcomes frozen on frozen.model = served.model and frozen.event_time = served.event_time
         and frozen.version = '2011-03-01' and frozen.role = 'shadow'`,
    );
    expect(row!.rows).toBeGreaterThan(500);
    expect(row!.served).toBeLessThan(0.8 * row!.frozen);
  });

  it('never decide with data of a later day', async () => {
    // A first revision counts no outcome that became known after the instant it speaks for.
    const [row] = await demo.database.query<{ early: number; evaluations: number }>(
      `select count(*) as evaluations, count(*) filter (where sample_size > known.outcomes) as early
       from performance_evaluations evaluation
       cross join lateral (
         select count(*) as outcomes from outcomes
         where model = evaluation.model and version = evaluation.version and role = 'serving'
           and event_time >= window_start and event_time < window_end and recorded_at <= as_of
       ) known
       where revision = 1`,
    );
    expect(row!.early).toBe(0);
    expect(row!.evaluations).toBeGreaterThan(3 * 100);
  });

  it('tell people once of each event, by Slack and e-mail', async () => {
    const deliveries = await demo.database.query<{ channel: string; state: string; count: number }>(
      `select channel, state, count(distinct message_id) as count
       from alert_deliveries
       group by channel, state
       order by channel`,
    );
    expect(deliveries.filter(({ state }) => state === 'delivered')).toEqual([
      { channel: 'email', state: 'delivered', count: summary.alerts.email.length },
      { channel: 'slack', state: 'delivered', count: summary.alerts.slack.length },
    ]);
    // What a drifted dataset explains is held back, and dropped where it is over first.
    const others = deliveries.map(({ state }) => state).filter((state) => state !== 'delivered');
    expect(['held', 'dropped']).toEqual(expect.arrayContaining(others));
    expect(new Set(demo.stack.smtp!.messages().map(({ messageId }) => messageId)).size).toBe(
      summary.alerts.email.length + summary.reports.length,
    );
    expect(summary.alerts.slack.join('\n')).toContain('bike-demand has a new champion');
    expect(summary.alerts.email.join('\n')).toMatch(/\[critical\] bike-demand is degraded: RMSE over 7 days/);
  });

  it('send the team a report of performance every Monday', () => {
    expect(summary.reports).toHaveLength(16);
    expect(summary.workflows['weeklyReport']).toEqual({ completed: 16, failed: 0 });
  });

  it('run every process of every day, none failed', () => {
    for (const type of ['driftDetection', 'performanceEvaluation', 'degradationCheck']) {
      expect(summary.workflows[type]).toEqual({ completed: 112, failed: 0 });
    }
    expect(summary.workflows['actualsBackfill']!.completed).toBeGreaterThan(112 + 40);
    // The last one may still be verified when the replay ends.
    const ended = summary.retrainings.filter(({ state }) => state !== 'verifying').length;
    expect(summary.workflows['retraining']).toEqual({ completed: ended, failed: 0 });
  });

  it('show their newest numbers in the Pushgateway', async () => {
    const text = await (await fetch(`${demo.stack.pushgateway.url}/metrics`)).text();
    const version = summary.weeks.at(-1)!.version;
    expect(text).toMatch(
      new RegExp(
        `model_rmse\\{.*model="bike-demand",process="performance-evaluation",version="${version}"\\} [\\d.]+`,
      ),
    );
    expect(text).toMatch(/data_drift_score\{feature="temp",.*method="wasserstein"/);
    expect(text).toMatch(/model_retrainings_total\{.*\} [12]/);
  });
});
