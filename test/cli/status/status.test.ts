import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addStatus } from '../../../cli/commands/status.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { readLevels } from '../../../sql/read-headlines.ts';
import { activitiesOn } from '../../setup/activities.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { createTestDatabase } from '../../setup/servers.ts';
import { actualsOf, at, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { printed } from '../on-database.ts';

const model = 'shown';
let test: TestDatabase;
const status = (...args: string[]) => printed(addStatus, ['status', ...args], test);

async function night(n: number): Promise<void> {
  const asOf = at(n, 3);
  const activities = activitiesOn(test.database);
  await activities.attachActuals({ model, asOf });
  await activities.summarizeOutcomes({ model, asOf });
  await activities.evaluatePerformance({ model, asOf });
  await activities.checkDegradation({ model, asOf, act: false });
}

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

describe('tidewatch status', () => {
  it('says what to do where nothing is watched', async () => {
    expect(await status()).toBe(
      'nothing is watched yet; write monitors/<model>.yaml and run `tidewatch apply`',
    );
    expect(await status('--json')).toBe('[]');
  });

  it('shows a model before its first check', async () => {
    await watch(test.database, { model: 'fresh' });
    const text = await status('--model', 'fresh', '--explain');
    expect(text).toContain('verdict      insufficient-data: there is no degradation check yet');
    expect(text).toContain(
      'performance  not evaluated yet. Log predictions with the client or SQL, or load a file: `npx tidewatch ingest rows.csv --model fresh`',
    );
    expect(text).toContain('no rule was judged yet');
  });

  it('says of a model that was checked without a rule where rules are written', async () => {
    await watch(test.database, { model: 'unruled', performance: { limits: {} } });
    await activitiesOn(test.database).checkDegradation({ model: 'unruled', asOf: at(3, 3), act: false });
    const text = await status('--model', 'unruled', '--explain');
    expect(text).toMatch(
      /\n {2}there are no degradation rules: write performance\.limits or degradation\.rules /,
    );
    expect(text).not.toContain('no rule was judged yet');
  });

  it('says which command judges the predictions that are there', async () => {
    await watch(test.database, { model: 'logged' });
    await openClient({ database: test.database }).logPredictions('logged', predictionsOf({ from: 1, to: 3 }));
    const text = await status('--model', 'logged', '--explain');
    const run = (process: string) =>
      `do it now: \`npx tidewatch run ${process} --model logged --as-of ${at(3, 3)}\``;
    expect(text).toContain(
      `drift        no drift run yet. Wait for its schedule, or ${run('drift-detection')}`,
    );
    expect(text).toContain('performance  not evaluated yet. Record actuals');
    expect(text).toContain('champion     1, which serves; no promotion is known of');
    await load(test.database, 'logged', { from: 1, to: 3 });
    expect(await status('--model', 'logged')).toContain(
      `not evaluated yet. Wait for its schedule, or ${run('performance-evaluation')}`,
    );
  });

  it('refuses a model that nothing watches', async () => {
    await expect(status('--model', 'unheard')).rejects.toThrow(/No monitor watches the model "unheard"/);
  });
});

describe('the status of a model that degrades and is restated', () => {
  beforeAll(async () => {
    await watch(test.database, {
      model,
      degradation: {
        rules: [
          { name: 'too wrong', metric: 'rmse', over: '1d', limit: 2 },
          { metric: 'rmse', over: '1d', limit: 9, level: 'warning' },
          { drift: 'dataset' },
        ],
      },
    });
    await load(test.database, model, { from: 1, to: 2, error: 1 });
    await night(2);
    for (const n of [2, 3]) {
      await load(test.database, model, { from: n, to: n + 1, error: 3 });
      await night(n + 1);
    }
    // Of the fourth day 20 of 24 actuals are known.
    const client = openClient({ database: test.database });
    await client.logPredictions(model, predictionsOf({ from: 4, to: 5 }));
    await client.recordActuals(model, actualsOf({ from: 4, to: 5, error: 4 }).slice(0, 20));
    await night(5);
  });

  it('is one row of a table', async () => {
    const [head, row] = (await status())
      .split('\n')
      .filter((line) => line.includes('model') || line.includes(model));
    expect(head).toMatch(/model .* verdict .* champion .* performance .* coverage .* drift .* open alerts/);
    expect(row).toMatch(/shown .* critical since 2024-01-03 .* 1 .* RMSE 4.* .* 83\.3% .* - .* 1 /);
  });

  it('has its verdict, its newest performance, and its open alert', async () => {
    const text = await status('--model', model);
    expect(text).toMatch(/verdict {6}critical since 2024-01-03: too wrong: RMSE over 1 day 4 is above 2 /);
    expect(text).toMatch(
      /performance {2}RMSE 4.*, 4 Jan \(20 outcomes, provisional until 2024-\d\d-\d\d, 83\.3% of predictions have actuals so far, revision 1\)/,
    );
    expect(text).toMatch(
      /alert {8}degradation:shown:performance, critical, open since 2024-01-03; as of 2024-01-05: too wrong: RMSE over 1 day 4 /,
    );
    expect(text).not.toContain('cannot be judged');
  });

  it('explains each rule: what fires since when, and what cannot be judged', async () => {
    const text = await status('--model', model, '--explain');
    expect(text).toMatch(/too wrong: RMSE over 1 day above 2 \(critical\)\n {4}fires since 2024-01-03: /);
    expect(text).toMatch(
      /- RMSE over 1 day, 4 Jan: 4.*, limit 2, 20 outcomes, coverage 83\.3%, version 1, revision 1, provisional/,
    );
    expect(text).toMatch(/RMSE over 1 day above 9 \(warning\)\n {4}does not fire: /);
    expect(text).toMatch(
      /more than 50% of the features drifted \(warning\)\n {4}cannot be judged: dataset drift cannot be judged: there is no drift run/,
    );
  });

  it('is JSON', async () => {
    const [shown] = JSON.parse(await status('--model', model, '--json'));
    expect(shown).toMatchObject({
      model,
      verdict: 'critical',
      checked: at(5),
      degradedSince: at(3),
      champion: { version: '1', since: null },
      metric: 'rmse',
      performance: {
        value: 4,
        outcomes: 20,
        state: 'provisional',
        revision: 1,
        window: { start: at(4), end: at(5) },
      },
      drift: null,
      alerts: [{ key: 'degradation:shown:performance', severity: 'critical', openedAsOf: at(3, 3) }],
      rules: [
        { level: 'critical', firingSince: at(3), rule: { name: 'too wrong' } },
        { level: 'ok', firingSince: null },
        { level: 'insufficient-data', firingSince: null },
      ],
      restatements: [],
    });
  });

  it('shows what was estimated without actuals, and how far off it was', async () => {
    const estimated = (gap: number | null) =>
      test.database.execute(
        `insert into performance_estimates (model, version, window_start, window_end, row_count, metrics, intervals, details,
           realized, gaps, realized_revision, as_of, configuration_hash, code_version, workflow_id, run_id)
         values ($1, '1', $2, $3, 24, '{"rmse": 3.2}', '{"rmse": [2.5, 4.1]}', '{}',
           case when $4::float8 is not null then '{"rmse": 4}'::jsonb end,
           case when $4::float8 is not null then jsonb_build_object('rmse', $4::float8) end,
           case when $4::float8 is not null then 1 end, $3, '', '', '', '')
         on conflict on constraint performance_estimates_pkey do update set
           realized = excluded.realized, gaps = excluded.gaps, realized_revision = excluded.realized_revision`,
        [model, at(4), at(5), gap],
      );
    await estimated(null);
    expect(await status('--model', model)).toContain('estimated    RMSE 3.2 (2.5 to 4.1), 4 Jan (24 rows)\n');
    await estimated(0.8);
    expect(await status('--model', model)).toContain(
      'estimated    RMSE 3.2 (2.5 to 4.1), 4 Jan (24 rows); what was realized is 0.8 higher\n',
    );
    const [shown] = JSON.parse(await status('--model', model, '--json'));
    expect(shown.estimate).toMatchObject({ value: 3.2, gap: 0.8, window: { start: at(4), end: at(5) } });
  });

  it('tells what was restated', async () => {
    await openClient({ database: test.database }).recordActuals(
      model,
      actualsOf({ from: 4, to: 5, error: 1 }),
    );
    await night(5);
    const text = await status('--model', model, '--explain');
    expect(text).toMatch(/verdict {6}ok: RMSE over 1 day 1 is not above 9 /);
    expect(text).toContain('restated     RMSE of 4 Jan 4 -> 1 as coverage rose from 83.3% to 100%');
    expect(text).toContain('revision 2');
    expect(text).toContain('alerts       none open');
  });
});

describe('the status of a model with one bad column', () => {
  const drifting = 'drifting';
  beforeAll(async () => {
    await watch(test.database, { model: drifting, prediction: { enabled: false } });
    await load(test.database, drifting, { from: 1, to: 15 });
    const { database } = test;
    const [run] = await database.query<{ id: number }>(
      `insert into drift_runs (model, window_start, window_end, reference_id, as_of, verdict, reason, judged_features, drifted_features,
         row_count, reference_row_count, checked_at, quality_verdict, quality_reason, configuration_hash, code_version, workflow_id, run_id)
       values ($1, $2, $3, 'r', $3, 'ok', '1 of 2 features drifted (50%, limit 50%): x', 2, '{x}', 1, 1, $3, 'warning',
         '1 of 32 checks failed: x stuck', '', '', '', '')
       returning drift_run_id as id`,
      [drifting, at(8), at(15)],
    );
    for (const [subject, column, verdict] of [
      ['feature', 'x', 'critical'],
      ['feature', 'c', 'ok'],
      ['prediction', 'prediction', 'critical'],
    ])
      await database.execute(
        `insert into drift_results (model, drift_run_id, subject, column_name, method, question, effect, deciding, verdict, reason, reference_rows, current_rows)
         values ($1, $2, $5, $3, 'ks', 'reference', 0.2, true, $4, '', 1, 1)`,
        [drifting, run!.id, column, verdict, subject],
      );
  });

  it('is critical, and says that the dataset is not', async () => {
    const text = await status('--model', drifting);
    expect(text).toContain(
      'verdict       critical: 1 column critical: x (dataset ok); data quality warning: 1 of 32 checks failed: x stuck',
    );
    expect(text).toContain('drift         ok, the 7 days to 14 Jan: 1 of 2 features drifted');
    expect(text).toContain('data quality  warning since 2024-01-15: 1 of 32 checks failed: x stuck');
    const row = (await status()).split('\n').find((line) => line.includes(drifting));
    expect(row).toMatch(/drifting .* critical .* ok, 1 column critical /);
    const [shown] = JSON.parse(await status('--model', drifting, '--json'));
    expect(shown).toMatchObject({
      verdict: 'insufficient-data',
      headline: { level: 'critical' },
      drift: { level: 'ok', columns: { critical: ['x'] } },
    });
  });

  it('says since when its data have been in trouble, and explains checks and columns', async () => {
    const { database } = test;
    // Trouble, all right, trouble again: one day each.
    for (const [daysBefore, quality] of [
      [3, 'critical'],
      [2, 'ok'],
      [1, 'critical'],
    ])
      await database.execute(
        `insert into drift_runs (model, window_start, window_end, reference_id, as_of, verdict, reason, judged_features, drifted_features,
           row_count, reference_row_count, checked_at, quality_verdict, quality_reason, configuration_hash, code_version, workflow_id, run_id)
         select model, window_start - $2 * interval '1 day', window_end - $2 * interval '1 day', reference_id, as_of, verdict, reason,
           judged_features, drifted_features, row_count, reference_row_count, checked_at, $3, quality_reason, '', '', '', ''
         from drift_runs where model = $1 and window_end = $4`,
        [drifting, daysBefore, quality, at(15)],
      );
    await database.execute(
      `insert into quality_results (model, window_start, window_end, check_name, column_name, verdict, reason, counts, configuration_hash, code_version, workflow_id, run_id)
       select $1, $2, $3, made.*, '{}', '', '', '', ''
       from (values ('stuck', 'x', 'warning', 'x stands still for 30 hours'), ('range', 'x', 'ok', 'in range'),
         ('new-column', 'z', 'warning', 'nobody watches it')) as made`,
      [drifting, at(8), at(15)],
    );
    const text = await status('--model', drifting, '--explain');
    expect(text).toContain('data quality  warning since 2024-01-14: 1 of 32 checks failed');
    expect(text).toContain('\n  data quality\n    warning: x stuck: x stands still for 30 hours\n');
    expect(text).toContain('\n  columns against the reference\n    critical: x: ');
    expect((await readLevels(database)).get(drifting)).toBe('critical');
    const [shown] = JSON.parse(await status('--model', drifting, '--json'));
    expect(shown.drift).toMatchObject({
      qualitySince: '2024-01-14T00:00:00Z',
      findings: { columns: [{ name: 'x', level: 'critical' }], checks: [{ name: 'x stuck' }] },
    });
  });

  it('is not, where the monitor has disabled the column', async () => {
    await watch(test.database, {
      model: drifting,
      features: { x: { kind: 'continuous', enabled: false }, c: { kind: 'categorical' } },
      prediction: { enabled: false },
    });
    expect(await status('--model', drifting)).toContain('verdict       warning: data quality warning');
    expect((await readLevels(test.database)).get(drifting)).toBe('warning');
  });
});

describe('the status of a model whose newest actuals are late', () => {
  const late = 'late-actuals';
  it('says which window waits, with what coverage and until when, and which was judged last', async () => {
    await watch(test.database, {
      model: late,
      degradation: { rules: [{ metric: 'rmse', over: '1d', limit: 2 }] },
    });
    await load(test.database, late, { from: 1, to: 3, error: 1 });
    const client = openClient({ database: test.database });
    await client.logPredictions(late, predictionsOf({ from: 3, to: 4 }));
    await client.recordActuals(late, actualsOf({ from: 3, to: 4 }).slice(0, 6));
    const activities = activitiesOn(test.database);
    for (const n of [3, 4]) {
      await activities.attachActuals({ model: late, asOf: at(n, 3) });
      await activities.summarizeOutcomes({ model: late, asOf: at(n, 3) });
      await activities.evaluatePerformance({ model: late, asOf: at(n, 3) });
    }
    const text = await status('--model', late);
    expect(text).toMatch(
      /performance {2}RMSE 1.*, 2 Jan \(24 outcomes, provisional until 2024-\d\d-\d\d, 100% of/,
    );
    expect(text).toContain(
      'newest       3 Jan (6 of 24 predictions known) waited for actuals until 2024-01-05 00:00 UTC, the first performance-evaluation for a later time judges it: ' +
        '25% of 24 predictions have an actual; judged from 80% on, or 24 hours after the end of the window',
    );
    const [shown] = JSON.parse(await status('--model', late, '--json'));
    expect(shown.waiting).toMatchObject({ gate: 'awaiting-actuals', outcomes: 6, window: { start: at(3) } });
  });
});
