/** What the decision to retrain reads of a model's past. */

import { describe, expect, it } from 'vitest';

import { decideToRetrain } from '../../../activities/retraining/decide.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import type { PolicyCheck } from '../../../core/retraining/policy.ts';
import { parseInstant } from '../../../core/window.ts';
import { at, load, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'decided';
const test = useActivities('empty for each test');

type Policy = Omit<NonNullable<MonitorInput['retraining']>, 'trainer'>;
const watched = (policy: Policy = {}) =>
  watch(test.database, {
    model,
    current: '1d',
    retraining: { trainer: { url: 'http://127.0.0.1:1' }, trainingWindow: '2d', holdout: '1d', ...policy },
  });

const decide = async (policy: Policy = {}, asOf = at(10, 3), by?: 'hand') =>
  decideToRetrain(test.database, await watched(policy), parseInstant(asOf), by);
const checkOf = async (name: PolicyCheck['name'], ...args: Parameters<typeof decide>) =>
  (await decide(...args)).checks?.find((check) => check.name === name);

const storeCheck = (day: number, verdict: string, { version = '1', findings = [] as object[] } = {}) =>
  test.database.execute(
    `insert into degradation_checks (
       model, window_end, as_of, verdict, reason, version, findings, configuration_hash, code_version, workflow_id, run_id)
     values ($1, $2, $2, $3, 'because', $4, $5, 'h', 'v', 'w', 'r')`,
    [model, at(day), verdict, version, JSON.stringify(findings)],
  );
const storeRetraining = (
  day: number,
  run: { state?: string; cost?: number; trained?: boolean; until?: string; rows?: number } = {},
) =>
  test.database.execute(
    `insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end,
       holdout_start, holdout_end, challenger_version, workflow_id, run_id, cost, waits_until,
       finished_at, specification)
     values ($1, $2, $3, 'because', $9, $4, $4, $4, $5, $6, 'w', 'r', $7, $8, case when $3::text in ('kept', 'failed', 'cancelled') then now() end, $10)`,
    [
      model,
      at(day, 3),
      run.state ?? 'kept',
      at(day - 1),
      at(day),
      run.trained === false ? null : '2',
      run.cost ?? null,
      run.until ?? null,
      at(day, 3),
      run.rows === undefined ? null : JSON.stringify({ rows: run.rows }),
    ],
  );
const storeDriftRun = (day: number, verdict: string, quality: string | null = null) =>
  test.database.execute(
    `insert into drift_runs (model, window_start, window_end, reference_id, as_of, verdict, reason, judged_features,
       drifted_features, row_count, reference_row_count, configuration_hash, code_version, workflow_id, run_id,
       quality_verdict, quality_reason)
     values ($1, $2, $3, 'r', $3, $4, $4 || ' of 2 features', 2, '{}', 24, 24, 'h', 'v', 'w', 'r', $5, $5)`,
    [model, at(day - 1), at(day), verdict, quality],
  );
/** Hours of outcomes from day `from` to day `to`. */
const outcomes = async (from: number, to: number): Promise<void> => {
  await load(test.database, model, { from, to });
  await test.activities.attachActuals({ model, asOf: at(20) });
};

describe('decideToRetrain', () => {
  it('waits where the monitor has no policy', async () => {
    const monitor = await watch(test.database, { model });
    expect(await decideToRetrain(test.database, monitor, parseInstant(at(10, 3)))).toEqual({
      decision: 'wait',
      reason: 'the monitor has no retraining policy',
    });
  });

  it('starts on the newest verdict of that day', async () => {
    await watched();
    await outcomes(1, 10);
    await storeCheck(9, 'ok');
    await storeCheck(10, 'critical');
    await storeCheck(11, 'ok');
    expect(await decide({ minimumOutcomes: 48 })).toMatchObject({
      decision: 'start',
      reason: 'the verdict is critical; 48 outcomes in the training window',
    });
    expect((await decide({}, at(9, 3))).decision).toBe('wait');
  });

  it('looks at the checks of the version that serves, only', async () => {
    await watched();
    await outcomes(1, 10);
    for (const day of [7, 8, 9]) await storeCheck(day, 'critical', { version: '0' });
    await storeCheck(10, 'critical');
    expect(await checkOf('trigger', { triggers: { of: '2 of 3' } })).toMatchObject({
      holds: false,
      reason: '1 of the 3 newest verdicts is critical; retraining starts at 2',
    });
  });

  it('can ignore what rules about drift say', async () => {
    await watched();
    const rule = { drift: 'dataset', share: 0.5, level: 'critical' };
    await storeCheck(10, 'critical', { findings: [{ rule, level: 'critical', reason: '' }] });
    await outcomes(1, 10);
    expect(await checkOf('trigger')).toMatchObject({ holds: true });
    expect(await checkOf('trigger', { triggers: { drift: 'ignore' } })).toMatchObject({
      holds: false,
      reason: 'the verdict on performance is insufficient-data; retraining starts at critical',
    });
  });

  it('reads drift and data quality of the newest drift run up to then', async () => {
    await storeDriftRun(9, 'ok', 'ok');
    await storeDriftRun(10, 'warning', 'critical');
    await storeDriftRun(11, 'ok', 'ok');
    const triggers: Policy['triggers'] = { verdicts: [], drift: 'alone' };
    const trigger = await checkOf('trigger', { triggers });
    const quality = await checkOf('data-quality', { triggers });
    expect(trigger).toMatchObject({ holds: true, reason: 'the dataset has drifted (warning of 2 features)' });
    expect(quality).toMatchObject({
      holds: false,
      reason: 'the data quality is critical (critical); nothing is trained on broken data',
    });
    expect(await checkOf('data-quality', { triggers }, at(9, 3))).toMatchObject({ holds: true });
  });

  it('says what the running one waits for', async () => {
    await storeRetraining(8, { state: 'verifying', until: at(15) });
    expect(await checkOf('single-flight')).toMatchObject({
      holds: false,
      reason: `a retraining, started as of ${at(8, 3)}, is still being verified until ${at(15)}; one at a time`,
    });
  });

  it('counts the starts of the month and what they cost', async () => {
    await storeRetraining(-5, { cost: 7 });
    await storeRetraining(2);
    await storeRetraining(4, { cost: 6 });
    const policy = { maxPerMonth: 3, budget: { perMonth: 18 }, cooldown: '1d' };
    expect(await checkOf('month', policy)).toMatchObject({
      holds: true,
      reason: '2 retrainings of at most 3 in the month of 2024-01-01T00:00:00Z',
    });
    expect(await checkOf('budget', policy)).toMatchObject({
      holds: true,
      reason: '12 of 18 spent in the month of 2024-01-01T00:00:00Z, the next training costs about 6',
    });
  });

  it.each(['failed', 'cancelled'])(
    'counts one that had nothing to train on as no start, where it has %s',
    async (state) => {
      await storeRetraining(30, { state, trained: false, rows: 0 });
      for (const name of ['order', 'cooldown', 'month'] as const) {
        expect(await checkOf(name, { maxPerMonth: 1 }), name).toMatchObject({ holds: true });
      }
      await storeRetraining(9, { state, trained: false, rows: 48 });
      expect(await checkOf('cooldown')).toMatchObject({ holds: false });
    },
  );

  it('heeds a calendar from the last start on, and before one from the first check on', async () => {
    const triggers = { verdicts: [], calendar: '0 0 * * mon' };
    await storeCheck(5, 'ok');
    expect(await checkOf('trigger', { triggers })).toMatchObject({
      holds: true,
      reason: `the calendar was due at ${at(8)}`,
    });
    expect(await checkOf('trigger', { triggers }, at(7, 3))).toMatchObject({ holds: false });
    await storeRetraining(9);
    expect(await checkOf('trigger', { triggers })).toMatchObject({
      holds: false,
      reason: `the calendar has not been due since ${at(9, 3)}`,
    });
  });

  it('counts new outcomes since the end of what the last training has seen', async () => {
    await watched();
    await outcomes(1, 10);
    expect(await checkOf('new-outcomes', { minimumNewOutcomes: 200 })).toMatchObject({
      holds: true,
      reason: '216 outcomes since the last training',
    });
    await storeRetraining(8);
    await storeRetraining(9, { trained: false });
    expect(await checkOf('new-outcomes', { minimumNewOutcomes: 200 })).toMatchObject({
      holds: false,
      reason: '48 outcomes since the last training, at least 200 are needed',
    });
  });

  it('counts what is left of the training window without what is excluded', async () => {
    await watched();
    await outcomes(1, 10);
    const exclude = [{ from: '2024-01-07T12:00:00Z', to: '2024-01-08', reason: 'broken sensor' }];
    expect(await checkOf('outcomes', { exclude, minimumOutcomes: 40 })).toMatchObject({
      holds: false,
      reason: '36 outcomes in the training window, at least 40 are needed',
    });
  });

  it('needs no trigger when a person asks, but tells what stands against it', async () => {
    await storeRetraining(9);
    const { decision, checks = [] } = await decide({}, at(10, 3), 'hand');
    expect(decision).toBe('wait');
    expect(checks.filter(({ holds }) => !holds).map(({ name }) => name)).toEqual(['cooldown', 'outcomes']);
  });
});
