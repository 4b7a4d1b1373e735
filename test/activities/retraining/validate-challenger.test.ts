/** A challenger against the champion on the held-out days 3 to 9 of one station, whose feature c is a or b. */

import { beforeEach, describe, expect, it } from 'vitest';

import { readValidated } from '../../../activities/degradation/evidence.ts';
import { insertRetraining, recordChallenger } from '../../../activities/retraining/store.ts';
import { openClient, type PredictionRow } from '../../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'validated';
const retrainingId = at(10, 3, 40);
const key = { model, retrainingId };

const test = useActivities('empty for each test');

type Policy = Partial<NonNullable<MonitorInput['retraining']>>;
const configure = (policy: Policy = {}, more: Partial<MonitorInput> = {}) =>
  watch(test.database, { model, ...more, retraining: { trainer: { url: 'http://127.0.0.1:1' }, ...policy } });

/** The champion is off by 5; version 2 has been trained. */
beforeEach(async () => {
  await configure();
  await load(test.database, model, { from: 1, to: 10, error: 5 });
  await test.database.execute(
    `insert into model_versions (model, version, stage, lineage, registered_at)
     values ($1, '1', 'champion', '{"latencyMs": {"p95": 10}}', now())`,
    [model],
  );
});

const begin = async (lineage: Readonly<Record<string, unknown>> = {}) =>
  test.database.transaction(async (connection) => {
    const run = await insertRetraining(connection, {
      model,
      retrainingId,
      reason: 'by hand',
      asOf: Date.parse(retrainingId),
      specification: null,
      training: { start: day(1), end: day(3) },
      holdout: { start: day(3), end: day(10) },
      championVersion: '1',
      workflowId: 'workflow',
      runId: 'run',
    });
    await recordChallenger(connection, run, { version: '2', lineage });
  });

/** Version 2 predicts the holdout, off by so much, the sign changing every hour. */
const shadow = (errorOf: (row: PredictionRow, index: number) => number) => {
  const actuals = actualsOf({ from: 3, to: 10, error: 5 });
  return predictionsOf({ from: 3, to: 10, version: '2', role: 'shadow' }).map((row, i) => ({
    ...row,
    prediction: Number(actuals[i]!.value) + (i % 2 === 0 ? 1 : -1) * errorOf(row, i),
  }));
};
const log = (rows: readonly PredictionRow[]) =>
  openClient({ database: test.database }).logPredictions(model, rows);
async function validate(rows: readonly PredictionRow[], lineage?: Readonly<Record<string, unknown>>) {
  await begin(lineage);
  await log(rows);
  await test.activities.attachActuals({ model, asOf: retrainingId });
  return test.activities.validateChallenger(key);
}

describe('validateChallenger', () => {
  it('passes a challenger that is better by enough, and stores what it was judged by', async () => {
    const validation = await validate(shadow(() => 1));
    expect(validation).toMatchObject({
      verdict: 'pass',
      reason:
        'challenger RMSE 1 against 5 on the same 168 held-out rows: 80% better (80% sure of at least 80% better), at least 2% needed',
      rows: 168,
      improvement: 0.8,
      worstSegment: null,
      gates: [
        {
          gate: 'RMSE at least 2% better, with a certainty of 80%',
          holds: 'yes',
          challenger: 1,
          champion: 5,
          improvement: 0.8,
        },
      ],
    });
    const [run] = await test.database.query('select state, comparison from retraining_runs');
    expect(run).toEqual({ state: 'validating', comparison: validation });
    const [version] = await test.database.query(
      `select stage, lineage -> 'holdout' as holdout, lineage ->> 'codeVersion' as code from model_versions where version = '2'`,
    );
    expect(version).toMatchObject({
      stage: 'candidate',
      holdout: { verdict: 'pass', rows: 168 },
      code: 'test',
    });
  });

  it('stores what the challenger shows on those rows, which its performance is held against later', async () => {
    await validate(shadow((_, i) => 1 + (i % 5)));
    const shown = (await readValidated(test.database, model)).get('2')!;
    expect(shown.window).toEqual({ start: day(3), end: day(10) });
    const { value, interval } = shown.metrics.mae!;
    expect(value).toBeCloseTo(501 / 168, 9);
    expect(interval![0]).toBeLessThan(value);
    expect(interval![1]).toBeGreaterThan(value);
  });

  it('stores no such numbers of one that is not sane', async () => {
    await validate(shadow(() => 1_000_000));
    expect((await readValidated(test.database, model)).has('2')).toBe(false);
  });

  it('fails one that is not', async () => {
    expect(await validate(shadow(() => 4.95))).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('1% better (80% sure of at least 1% better), at least 2% needed'),
    });
  });

  it('says the same when it is asked again, whatever has come meanwhile', async () => {
    const first = await validate(shadow(() => 1));
    await log(shadow(() => 9));
    await test.activities.attachActuals({ model, asOf: at(10, 5) });
    expect(await test.activities.validateChallenger(key)).toEqual(first);
  });

  it('compares the same rows: the newest forecast of both, and nothing that only one has predicted', async () => {
    await log([
      { ...predictionsOf({ from: 3, to: 4 })[0]!, issuedAt: at(2), prediction: 1_000_000 },
      { ...predictionsOf({ from: 3, to: 4 })[0]!, entity: 'elsewhere', prediction: 1_000_000 },
    ]);
    expect(await validate(shadow(() => 1))).toMatchObject({ verdict: 'pass', rows: 168, improvement: 0.8 });
  });

  it('holds every segment against its gate', async () => {
    await configure(
      {
        gates: [
          { metric: 'mae', better: '2%' },
          { metric: 'mae', segments: 'each', worse: '5%' },
        ],
      },
      { segments: ['c'] },
    );
    const validation = await validate(shadow(({ features }) => (features?.['c'] === 'a' ? 6 : 1)));
    expect(validation).toMatchObject({
      verdict: 'fail',
      reason:
        'c=a: challenger MAE 6 against 5 on the same 56 held-out rows: 20% worse, at most 5% worse allowed',
      worstSegment: { segment: 'c=a', improvement: -0.2 },
    });
    expect(validation.gates.map(({ segment, holds }) => [segment, holds])).toEqual([
      ['', 'yes'],
      ['c=a', 'no'],
      ['c=b', 'yes'],
    ]);
  });

  it('asks for more than chance where a gate goes by its interval', async () => {
    await configure({ gates: [{ metric: 'mae', better: '2%', certainty: 'interval' }] });
    // 7% better on average, by one good day.
    expect(await validate(shadow((_, i) => (i < 24 ? 2.5 : 5)))).toMatchObject({
      verdict: 'fail',
      gates: [{ holds: 'no', improvement: expect.closeTo(1 / 14, 12), low: expect.closeTo(-0.10335, 4) }],
    });
  });

  it('compares the latencies that trainers reported', async () => {
    await configure({ gates: [{ latency: 'p95', worse: '0%' }] });
    expect(
      await validate(
        shadow(() => 1),
        { latencyMs: { p95: 11 } },
      ),
    ).toMatchObject({
      verdict: 'fail',
      reason: 'p95 latency 11 ms against 10 ms: 10% more, at most 0% more allowed',
    });
  });
});

describe('a challenger that is not sane never comes to the gates', () => {
  const reasons: readonly [string, () => Promise<unknown>, string | RegExp][] = [
    [
      'no predictions of the holdout',
      () => validate([]),
      'the challenger has predicted 0 of the 168 held-out rows, at least 95% are needed',
    ],
    [
      'a tenth of it left out',
      () => validate(shadow(() => 1).filter((_, i) => i % 10 > 0)),
      'the challenger has predicted 151 of the 168 held-out rows, at least 95% are needed',
    ],
    [
      'a prediction that is not a number',
      () => validate(shadow((_, i) => (i === 5 ? Number.NaN : 1))),
      /^1 prediction of the challenger could not be stored/,
    ],
    [
      'the same prediction for every row',
      () => validate(shadow(() => 1).map((row) => ({ ...row, prediction: 12 }))),
      'the challenger predicts the same for every held-out row',
    ],
    [
      'predictions in another unit',
      () => validate(shadow(() => 1).map((row) => ({ ...row, prediction: 1000 * row.prediction }))),
      '168 predictions of 168 are below -11 or above 40, while actuals are 6 to 23: at most 1% may be',
    ],
    [
      'features that nobody watches',
      () =>
        validate(
          shadow(() => 1),
          { features: ['x', 'z'] },
        ),
      'the challenger takes what is no feature of the monitor: "z"',
    ],
  ];
  it.each(reasons)('with %s', async (_, judged, reason) => {
    expect(await judged()).toMatchObject({
      verdict: 'fail',
      gates: [],
      improvement: null,
      reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    });
  });

  it('or where nothing has served', async () => {
    await begin();
    await test.database.execute('update retraining_runs set champion_version = null');
    expect(await test.activities.validateChallenger(key)).toMatchObject({
      verdict: 'fail',
      reason: 'no version has served in the holdout, so that there is nothing to compare the challenger with',
    });
  });
});
