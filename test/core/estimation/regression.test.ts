import { describe, expect, it } from 'vitest';

import {
  estimateMetrics,
  fitEstimator,
  type Estimate,
  type Estimator,
} from '../../../core/estimation/estimator.ts';
import type { RegressionRows } from '../../../core/estimation/regression.ts';
import { sampleOf } from '../../../core/multivariate/sample.ts';
import { metricTable, type MetricName } from '../../../core/performance/metrics.ts';
import { regressionMetrics } from '../../../core/performance/regression-metrics.ts';
import { summarizeRegression } from '../../../core/performance/regression-summary.ts';
import { valueOf } from '../../../core/verdict.ts';
import { hourMs } from '../../../core/window.ts';
import { normals, uniforms } from '../multivariate/samples.ts';

const columns = [
  { name: 'wind', kind: 'continuous' },
  { name: 'road', kind: 'categorical' },
] as const;

interface Made {
  readonly rows: RegressionRows;
  readonly actuals: Float64Array;
}

/** Hourly rows of a model whose errors grow with the wind, and that predicts 20 too little on gravel. */
function made(seed: number, rows: number, wind: (uniform: number) => number, worse = 1): Made {
  const uniform = uniforms(seed);
  const normal = normals(uniform);
  const all = Array.from({ length: rows }, (_, i) => {
    const row = { time: i * hourMs, wind: wind(uniform()), road: uniform() < 0.8 ? 'tar' : 'gravel' };
    const prediction = 200 + 20 * normal();
    const error = worse * (2 + 18 * row.wind) * normal() - (row.road === 'gravel' ? 20 : 0);
    return { ...row, prediction, actual: prediction - error };
  });
  const sample = sampleOf(
    columns,
    all.map(({ time, wind, road }) => ({ time, values: [wind, road] })),
  );
  const predictions = Float64Array.from(all, ({ prediction }) => prediction);
  return {
    rows: { task: 'regression', sample, predictions },
    actuals: Float64Array.from(all, ({ actual }) => actual),
  };
}
const even = (uniform: number): number => uniform;

const names = ['mae', 'rmse', 'bias', 'r2', 'mape', 'wmape'] as const;

function realizedOf({ rows, actuals }: Made, name: (typeof names)[number]): number {
  const summary = summarizeRegression({ predictions: rows.predictions, actuals });
  return valueOf(regressionMetrics[name](summary, { intervalLevels: [0.05, 0.95] }))!;
}

function fit({ rows, actuals }: Made): Estimator {
  const fitted = fitEstimator(rows, actuals);
  if ('notComputable' in fitted) throw new Error(fitted.notComputable);
  return fitted;
}

function estimate(estimator: Estimator, rows: RegressionRows): Estimate {
  const found = estimateMetrics(estimator, rows);
  if ('notComputable' in found) throw new Error(found.notComputable);
  return found;
}

const reference = made(1, 2000, even);
const estimator = fit(reference);

describe('the estimated performance of a regression', () => {
  it.each(names)('is that of the rows at hand, not that of the reference: %s', (name) => {
    for (const wind of [(uniform: number) => uniform ** 4, (uniform: number) => uniform ** 0.25]) {
      const window = made(2, 4000, wind);
      const realized = realizedOf(window, name);
      const before = realizedOf(reference, name);
      const estimated = valueOf(estimate(estimator, window.rows).metrics[name])!;
      // The bias is the same in every wind.
      const allowed = name === 'bias' ? 1 : Math.abs(before - realized) / 3;
      expect(Math.abs(estimated - realized), name).toBeLessThan(allowed);
    }
  });

  it('comes with intervals that hold what is realized, and are wider for shorter windows', () => {
    let inside = 0;
    const widths = [0, 0];
    for (let seed = 10; seed < 40; seed += 1) {
      for (const [i, rows] of [48, 400].entries()) {
        const window = made(seed, rows, (uniform) => uniform ** 2);
        const { low, high } = estimate(estimator, window.rows).intervals.mae!;
        const realized = realizedOf(window, 'mae');
        inside += Number(low <= realized && realized <= high);
        widths[i]! += high - low;
      }
    }
    expect(inside / 60).toBeGreaterThan(0.88);
    expect(widths[0]!).toBeGreaterThan(1.5 * widths[1]!);
  });

  it('does not see that the same inputs mean something else: then what is realized leaves the interval', () => {
    const window = made(3, 400, even, 2);
    expect(realizedOf(window, 'rmse')).toBeGreaterThan(estimate(estimator, window.rows).intervals.rmse!.high);
  });

  it('is the same from an estimator that was JSON, and for the same outcomes', () => {
    const { rows } = made(4, 300, even);
    const stored = JSON.parse(JSON.stringify(estimator)) as Estimator;
    expect(stored).toEqual(estimator);
    expect(estimate(stored, rows)).toEqual(estimate(fit(reference), rows));
    expect(JSON.parse(JSON.stringify(estimate(stored, rows)))).toEqual(estimate(stored, rows));
  });

  it('survives unseen levels, missing values, and a feature that is no longer there', () => {
    const { rows } = made(5, 300, even);
    const times = [...rows.sample.times];
    const samples = {
      'unseen levels': sampleOf(
        columns,
        times.map((time) => ({ time, values: [0.5, `road-${time}`] })),
      ),
      'nothing known': sampleOf(
        columns,
        times.map((time) => ({ time, values: [null, null] })),
      ),
      'no feature': sampleOf(
        [],
        times.map((time) => ({ time, values: [] })),
      ),
    };
    for (const [name, sample] of Object.entries(samples)) {
      const mae = valueOf(estimate(estimator, { ...rows, sample }).metrics.mae)!;
      expect(mae, name).toBeGreaterThan(realizedOf(reference, 'mae') / 4);
      expect(mae, name).toBeLessThan(realizedOf(reference, 'mae') * 4);
    }
  });

  it('says of every metric of the task what it is, or why there is none', () => {
    const { metrics } = estimate(estimator, reference.rows);
    const ofTask = (Object.keys(metricTable) as MetricName[]).filter(
      (name) => metricTable[name].task === 'regression',
    );
    expect(Object.keys(metrics).sort()).toEqual(ofTask.sort());
    expect(metrics.median_ae).toEqual({ notComputable: 'is not estimated without actuals' });
    const changed = (change: (actual: number) => number): Made => ({
      ...reference,
      actuals: reference.actuals.map((actual, i) => (i === 7 ? change(actual) : actual)),
    });
    expect(estimate(fit(changed(() => 0)), reference.rows).metrics.mape).toEqual({
      notComputable: 'the reference has actuals of 0',
    });
    expect(estimate(fit(changed((actual) => -actual)), reference.rows).metrics.wmape).toEqual({
      notComputable: 'the reference has actuals below and above 0',
    });
  });

  it('does not depend on the unit of the actuals', () => {
    for (const by of [2 ** -40, 2 ** 40]) {
      const predictions = reference.rows.predictions.map((value) => value * by);
      const scaled = { ...reference.rows, predictions };
      const estimated = estimate(
        fit({ rows: scaled, actuals: reference.actuals.map((value) => value * by) }),
        scaled,
      );
      const before = estimate(estimator, reference.rows);
      expect(valueOf(estimated.metrics.rmse)! / by / valueOf(before.metrics.rmse)!).toBeCloseTo(1, 6);
      expect(valueOf(estimated.metrics.r2)!).toBeCloseTo(valueOf(before.metrics.r2)!, 6);
    }
  });

  it('is not computable without enough outcomes, errors, or anything that varies', () => {
    const few = made(6, 250, even);
    const unknown = few.actuals.map((actual, i) => (i % 2 === 0 ? NaN : actual));
    expect(fitEstimator(few.rows, unknown)).toEqual({
      notComputable:
        'there are 125 usable outcomes (125 more have no finite prediction or actual), 200 are needed',
    });
    expect(fitEstimator(reference.rows, reference.rows.predictions)).toEqual({
      notComputable: 'every prediction equals its actual: there is no error to learn from',
    });
    const constant = sampleOf(
      columns,
      Array.from({ length: 250 }, (_, time) => ({ time, values: [1, 'tar'] })),
    );
    const rows = { task: 'regression', sample: constant, predictions: new Float64Array(250) } as const;
    expect(fitEstimator(rows, few.actuals)).toEqual({
      notComputable: 'neither a feature nor the prediction varies',
    });
    expect(estimateMetrics(estimator, made(7, 9, even).rows)).toEqual({
      notComputable: 'there are 9 usable rows, 10 are needed',
    });
  });
});
