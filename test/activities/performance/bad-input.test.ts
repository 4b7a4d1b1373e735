/** Whatever is predicted or recorded: an evaluation says what it could compute, and why not the rest. */

import { beforeEach, describe, expect, it } from 'vitest';

import type { ActualRow, PredictionRow } from '../../../client/tidewatch-client.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { MonitorInput } from '../../../core/monitor/schema.ts';
import { actualsOf, at, predictionsOf, watch } from '../../setup/synthetic.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'bad-input';

const test = useActivities('empty for each test');

const log = (rows: readonly PredictionRow[]) =>
  openClient({ database: test.database }).logPredictions(model, rows);
const record = (rows: readonly ActualRow[]) =>
  openClient({ database: test.database }).recordActuals(model, rows);

interface Evaluated extends Record<string, unknown> {
  readonly gate: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly details: Readonly<Record<string, unknown>> & {
    readonly notComputable: Readonly<Record<string, string>>;
  };
  readonly rows: number;
}

/** Evaluates one day, the night after it. */
async function evaluateDay(n: number): Promise<Evaluated> {
  const asOf = at(n + 1, 3);
  await test.activities.attachActuals({ model, asOf });
  await test.activities.summarizeOutcomes({ model, asOf });
  await test.activities.evaluatePerformance({ model, asOf });
  const [evaluation] = await test.database.query<Evaluated>(
    `select gate, metrics, details, sample_size as rows from latest_performance_evaluations
     where window_start = $1 and window_end = $2`,
    [at(n), at(n + 1)],
  );
  return evaluation!;
}

describe('a regression', () => {
  beforeEach(() => watch(test.database, { model }));

  const dayOf = (value: (row: ActualRow, index: number) => number, n = 8) =>
    actualsOf({ from: n, to: n + 1 }).map((row, index) => ({ ...row, value: value(row, index) }));

  it('of constant actuals has no R², and says so', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    await record(dayOf(() => 12));
    const { metrics, details } = await evaluateDay(8);
    expect(metrics).not.toHaveProperty('r2');
    expect(details.notComputable['r2']).toBe('all actuals are equal');
    expect(metrics['rmse']).toBeGreaterThan(0);
  });

  it('takes negative actuals, and leaves zeros out of MAPE, counted', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    await record(dayOf((_, i) => (i === 0 ? 0 : -10)));
    const { metrics, details } = await evaluateDay(8);
    expect(details).toMatchObject({ zeroActuals: 1 });
    expect(metrics['mape']).toBeGreaterThan(1);
    expect(metrics['mape']).toBeLessThan(4);
  });

  it('of huge actuals gives what a number can hold, and a reason for what it cannot', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    await record(dayOf((_, i) => (i % 2 === 0 ? 1 : -1) * 1e200));
    const { gate, metrics, details } = await evaluateDay(8);
    expect(gate).toBe('passed');
    expect(metrics['mae']).toBeCloseTo(1e200, -190);
    expect(details.notComputable['rmse']).toBe('the errors are too large for a number');
  });

  it('counts an error that is no number, and leaves it out', async () => {
    await log(
      predictionsOf({ from: 8, to: 9 }).map((row, i) => (i === 0 ? { ...row, prediction: 1e308 } : row)),
    );
    await record(dayOf((row, i) => (i === 0 ? -1e308 : Number(row.value))));
    const { rows, metrics, details } = await evaluateDay(8);
    expect(rows).toBe(23);
    expect(metrics['rmse']).toBe(1);
    expect(details).toMatchObject({ notFinite: 1 });
  });

  it('is evaluated as well when the actuals were there before the predictions', async () => {
    await record(actualsOf({ from: 8, to: 9, error: 2 }));
    await test.activities.attachActuals({ model, asOf: at(9, 1) });
    await log(predictionsOf({ from: 8, to: 9 }));
    expect(await evaluateDay(8)).toMatchObject({ gate: 'passed', rows: 24, metrics: { rmse: 2 } });
  });

  it('keeps actuals that are not finite as rejected rows, with the reason', async () => {
    await log(predictionsOf({ from: 8, to: 9 }));
    const broken = [Number.NaN, Infinity, -Infinity];
    const { rejected } = await record(dayOf((row, i) => broken[i] ?? Number(row.value)));
    expect(rejected).toHaveLength(3);
    expect(
      await test.database.query(
        `select reason, content ->> 'value' as value from rejected_rows where stream = 'actuals' order by reason`,
      ),
    ).toEqual([
      { reason: 'value is -Infinity; send a finite number', value: '-Infinity' },
      { reason: 'value is Infinity; send a finite number', value: 'Infinity' },
      { reason: 'value is NaN; send a finite number', value: 'NaN' },
    ]);
    expect(await evaluateDay(8)).toMatchObject({ gate: 'passed', rows: 21 });
  });

  it.each(['NaN', 'Infinity', '-Infinity'])(
    'refuses the actual %s in plain SQL, by a constraint',
    async (value) => {
      await expect(
        test.database.execute(
          `insert into actuals (model, entity, event_time, value, recorded_at) values ($1, 'a', $2, $3, $2)`,
          [model, at(8), value],
        ),
      ).rejects.toThrow('violates check constraint "actuals_finite_check"');
    },
  );

  it('knows the peak hours on the day when clocks change: one more of them in 24 hours of UTC', async () => {
    await watch(test.database, {
      model,
      performance: { windows: ['1d'], peakHours: { timeZone: 'America/New_York' } },
    });
    // Day 70 is 2024-03-10, when clocks go forward at 7 o'clock UTC.
    await log(predictionsOf({ from: 69, to: 71 }));
    await record(actualsOf({ from: 69, to: 71 }));
    expect((await evaluateDay(69)).details).toMatchObject({ peakRows: 6 });
    const change = await evaluateDay(70);
    expect(change).toMatchObject({ rows: 24, details: { peakRows: 7 } });
  });
});

describe('a classification', () => {
  const classes = { task: 'classification', classes: ['no', 'yes'] } satisfies Partial<MonitorInput>;
  beforeEach(() => watch(test.database, { model, ...classes, performance: { limits: {} } }));

  const predicted = (more: (row: PredictionRow, index: number) => Partial<PredictionRow> = () => ({})) =>
    predictionsOf({ from: 8, to: 9 }).map((row, i) => ({
      ...row,
      prediction: i % 2 === 0 ? 'yes' : 'no',
      probabilities: { yes: i % 2 === 0 ? 0.75 : 0.25 },
      ...more(row, i),
    }));
  const observed = (valueOf: (index: number) => string) =>
    actualsOf({ from: 8, to: 9 }).map((row, i) => ({ ...row, value: valueOf(i) }));

  it('of one class only has an accuracy, but no ROC AUC', async () => {
    await log(predicted());
    await record(observed(() => 'no'));
    const { metrics, details } = await evaluateDay(8);
    expect(metrics['accuracy']).toBe(0.5);
    expect(details.notComputable['roc_auc']).toBe('all actuals are of class "no"');
  });

  it('counts labels that were not there at training, and scores none of their rows', async () => {
    await log(predicted());
    await record(observed((i) => (i < 4 ? 'maybe' : i % 2 === 0 ? 'yes' : 'no')));
    const { rows, metrics, details } = await evaluateDay(8);
    expect(rows).toBe(24);
    expect(metrics['accuracy']).toBeCloseTo(20 / 24, 12);
    expect(metrics['roc_auc']).toBe(1);
    expect(details).toMatchObject({
      rowsWithProbabilities: 20,
      confusion: { maybe: { yes: 2, no: 2 } },
      byClass: { maybe: { recall: 0, support: 4 } },
    });
  });

  it('keeps predictions with probabilities outside of 0 to 1 as rejected rows', async () => {
    const { rejected } = await log(predicted((_, i) => (i === 0 ? { probabilities: { yes: 1.5 } } : {})));
    expect(rejected).toHaveLength(1);
    expect(await test.database.query('select reason from rejected_rows')).toEqual([
      { reason: 'probabilities.yes is 1.5; send a number from 0 to 1' },
    ]);
  });

  it('counts such probabilities that came by plain SQL, and scores none of their rows', async () => {
    await log(predicted());
    await test.database.execute(
      `update predictions set probabilities = '{"yes": 1.5}' where event_time = any($1::timestamptz[])`,
      [[at(8), at(8, 1)]],
    );
    await test.database.execute(
      `update predictions set probabilities = '{"yes": "a lot"}' where event_time = $1`,
      [at(8, 2)],
    );
    await record(observed((i) => (i % 2 === 0 ? 'yes' : 'no')));
    const { rows, metrics, details } = await evaluateDay(8);
    expect(rows).toBe(24);
    expect(metrics['accuracy']).toBe(1);
    expect(details).toMatchObject({ rowsWithProbabilities: 21, invalidProbabilities: 3 });
  });

  it('needs no probabilities', async () => {
    await log(predictionsOf({ from: 8, to: 9 }).map((row) => ({ ...row, prediction: 'yes' })));
    await record(observed((i) => (i % 2 === 0 ? 'yes' : 'no')));
    const { metrics, details } = await evaluateDay(8);
    expect(metrics['accuracy']).toBe(0.5);
    expect(details.notComputable['log_loss']).toBe('no outcome has a probability for every class');
  });
});
