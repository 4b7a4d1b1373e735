import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { monitorSchema, type MonitorInput } from '../../../../core/monitor/schema.ts';
import { dayMs, floorToDay } from '../../../../core/window.ts';
import { toTimestamp, type Database } from '../../../../sql/database.ts';
import { createTestDatabase, type TestDatabase } from '../../../setup/servers.ts';
import { now, openTestConsole, textOf, type TestConsole } from '../../console-world.ts';

const today = floorToDay(now);
const provenance = `'hash', '0.1.0', 'workflow', 'run'`;

async function watch(database: Database, model: string, given: Partial<MonitorInput> = {}): Promise<void> {
  const monitor = monitorSchema.parse({
    model,
    task: 'regression',
    features: { temp: { kind: 'continuous' } },
    reference: { kind: 'rolling' },
    performance: { limits: { rmse: 70 } },
    ...given,
  });
  await database.execute(
    `insert into monitors (model, configuration, configuration_hash) values ($1, $2, 'hash')`,
    [model, JSON.stringify(monitor)],
  );
}

async function check(
  database: Database,
  model: string,
  daysAgo: number,
  verdict: string,
  reason: string,
): Promise<void> {
  await database.execute(
    `insert into degradation_checks (model, window_end, as_of, verdict, reason, findings, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $2, $3, $4, '[]', ${provenance})`,
    [model, toTimestamp(today - daysAgo * dayMs), verdict, reason],
  );
}

interface Evaluated {
  readonly daysAgo: number;
  readonly rmse: number | null;
  readonly version?: string;
  readonly revision?: number;
  readonly predictions?: number;
  readonly days?: number;
  readonly segment?: string;
}

async function evaluate(database: Database, model: string, given: Evaluated): Promise<void> {
  const { daysAgo, rmse, version = 'v1', revision = 1, predictions = 100, days = 7, segment = '' } = given;
  const end = today - daysAgo * dayMs;
  await database.execute(
    `insert into performance_evaluations (model, version, segment, window_start, window_end, revision, as_of, state, verdict, reason,
       metrics, intervals, details, sample_size, prediction_count, coverage, content_hash, gate, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, $4, $5, $6, $5, 'final', 'ok', '', $7, '{}', '{}', 90, $8, 0.9, '', 'passed', ${provenance})`,
    [
      model,
      version,
      segment,
      toTimestamp(end - days * dayMs),
      toTimestamp(end),
      revision,
      rmse === null ? '{}' : JSON.stringify({ rmse }),
      predictions,
    ],
  );
}

async function drift(
  database: Database,
  model: string,
  daysAgo: number,
  verdict: string,
  days = 7,
): Promise<void> {
  const end = today - daysAgo * dayMs;
  await database.execute(
    `insert into drift_runs (model, window_start, window_end, reference_id, as_of, verdict, reason, judged_features, drifted_features, row_count,
       reference_row_count, checked_at, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $3, 'r', $3, $4, '', 1, '{}', 1, 1, $3, ${provenance})`,
    [model, toTimestamp(end - days * dayMs), toTimestamp(end), verdict],
  );
}

describe('the list of all models', () => {
  let test: TestDatabase;
  let console: TestConsole;
  beforeAll(async () => {
    test = await createTestDatabase();
    console = await openTestConsole(test.database);
    const { database } = test;
    await watch(database, 'bikes');
    await check(database, 'bikes', 1, 'ok', 'all is well');
    await check(database, 'bikes', 0, 'critical', 'RMSE over 7 days 82.1 is above 70');
    for (const [daysAgo, rmse] of [
      [2, 60],
      [1, null],
      [0, 75],
    ] as const)
      await evaluate(database, 'bikes', { daysAgo, rmse });
    // None of these speaks for the model.
    await evaluate(database, 'bikes', { daysAgo: 0, rmse: 79, version: 'v0', predictions: 0 });
    await evaluate(database, 'bikes', { daysAgo: 0, rmse: 78, days: 1 });
    await evaluate(database, 'bikes', { daysAgo: 0, rmse: 77, segment: 'workingday=1' });
    // The newest revision does.
    await evaluate(database, 'bikes', { daysAgo: 0, rmse: 82.1, revision: 2 });
    await drift(database, 'bikes', 1, 'ok');
    await drift(database, 'bikes', 0, 'warning');
    await drift(database, 'bikes', 0, 'critical', 1);
    await database.execute(
      `insert into model_versions (model, version, stage, registered_at, promoted_at) values ('bikes', '<v2>', 'champion', now(), now()), ('bikes', 'v1', 'archived', now(), now())`,
    );
    await database.execute(
      `insert into outcome_summaries (model, hour, segment, version, prediction_count, outcome_count, content, settings_hash) values ('bikes', $1, '', 'v1', 1, 1, '', '')`,
      [toTimestamp(now - 3 * 3_600_000)],
    );
    await database.execute(
      `insert into alerts (model, alert_key, episode, kind, subject, severity, state, summary, opened_as_of, resolved_as_of, observed_as_of, latest)
       values ('bikes', 'a', 1, 'degradation', 'a', 'warning', 'open', '', now(), null, now(), '{}'), ('bikes', 'b', 1, 'degradation', 'b', 'critical', 'acknowledged', '', now(), null, now(), '{}'),
         ('bikes', 'c', 1, 'degradation', 'c', 'critical', 'resolved', '', now(), now(), now(), '{}')`,
    );
    await watch(database, 'new-model');
    await database.execute(
      `insert into process_watermarks (model, process, as_of, window_end) values ('<img src=x onerror=alert(1)>', 'drift-detection', now(), now())`,
    );
  });
  afterAll(() => test.drop());

  const listed = async (path = '/'): Promise<string> => textOf(await (await console.get(path)).text());

  it('says of each model its verdict and why, how good it is now, how fresh its data are, its open alerts and its champion', async () => {
    expect(await listed()).toMatch(
      /bikes ◆ Critical 2026-11-29 RMSE over 7 days 82.1 is above 70 RMSE 82.1 90% 3 h ago 2 &lt;v2&gt;/,
    );
  });

  it('draws the metric that speaks for the model with its limit, a gap where it was not computable, and the drift runs of its window', async () => {
    const page = await (await console.get('/')).text();
    expect(page).toContain('aria-label="RMSE over 7d in 3 windows, now 82.1, limit 70"');
    expect(page).toMatch(/<path class="line" d="M3 27 ?M117 3"/);
    expect(page).toContain('aria-label="Drift in 2 runs: 1 warning, 1 OK"');
  });

  it('says of a model without results what there is not yet', async () => {
    expect(await listed()).toContain('new-model ? Not judged not evaluated yet no run yet – none yet 0 –');
  });

  it('names those that nobody watches any more, whatever they are called', async () => {
    const page = await (await console.get('/')).text();
    expect(textOf(page)).toContain('No longer watched');
    expect(page).toContain('<bdi>&lt;img src=x onerror=alert(1)&gt;</bdi>');
    expect(page).toContain('href="/models/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"');
  });

  it('finds by a part of the name and by verdict, and says where nothing is like this', async () => {
    expect(await listed('/?search=BIK')).not.toContain('new-model ?');
    expect(await listed('/?verdict=insufficient-data')).not.toContain('RMSE 82.1');
    expect(await listed(`/?search=${encodeURIComponent('"><script>')}`)).toContain('No model is like this');
    expect(await (await console.get(`/?search=${encodeURIComponent('"><script>')}`)).text()).toContain(
      'value="&quot;&gt;&lt;script&gt;"',
    );
  });

  it('still lists a model whose monitor another version has stored, and says what to do', async () => {
    await test.database.execute(
      `insert into monitors (model, configuration, configuration_hash) values ('old', '{"task": "ranking"}', '')`,
    );
    expect(await listed()).toContain('its monitor is of another version: run tidewatch apply');
    await test.database.execute(`delete from monitors where model = 'old'`);
  });
});

it('says how to begin where nothing is watched', async () => {
  const test = await createTestDatabase();
  const page = textOf(await (await (await openTestConsole(test.database)).get('/')).text());
  expect(page).toMatch(/No model is watched yet\. .*tidewatch init .*tidewatch apply .*tidewatch worker/);
  await test.drop();
});
