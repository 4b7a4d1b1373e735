import { describe, expect, it } from 'vitest';

import type { ClassificationRows } from '../../../core/estimation/classification.ts';
import {
  estimateMetrics,
  fitEstimator,
  type Estimate,
  type Estimator,
} from '../../../core/estimation/estimator.ts';
import { expectedSummary } from '../../../core/performance/expected-classification.ts';
import { sampleOf } from '../../../core/multivariate/sample.ts';
import { classificationMetrics } from '../../../core/performance/classification-metrics.ts';
import { summarizeClassification } from '../../../core/performance/classification-summary.ts';
import { metricTable, type MetricName, type MetricOf } from '../../../core/performance/metrics.ts';
import { valueOf } from '../../../core/verdict.ts';
import { hourMs } from '../../../core/window.ts';
import { normals, uniforms } from '../multivariate/samples.ts';

type Name = MetricOf<'classification'>;

interface Made {
  readonly rows: ClassificationRows;
  readonly actualClasses: readonly string[];
}

const logistic = (odds: number): number => 1 / (1 + Math.exp(-odds));

/**
 * Rows of a model that is too sure of itself: it says twice the log-odds. `sharpness` is how far apart the rows are,
 * `tilt` shifts what comes, but not what the model says.
 */
function made(seed: number, rows: number, sharpness = 1, tilt = 0): Made {
  const uniform = uniforms(seed);
  const normal = normals(uniform);
  const all = Array.from({ length: rows }, (_, i) => {
    const odds = sharpness * normal() - 0.5;
    const yes = logistic(2 * odds);
    return {
      time: i * hourMs,
      odds,
      yes,
      predicted: yes > 0.4 ? 'yes' : 'no',
      actual: uniform() < logistic(odds + tilt) ? 'yes' : 'no',
    };
  });
  return {
    rows: {
      task: 'classification',
      sample: sampleOf(
        [{ name: 'odds', kind: 'continuous' }],
        all.map(({ time, odds }) => ({ time, values: [odds] })),
      ),
      predictedClasses: all.map(({ predicted }) => predicted),
      probabilities: all.map(({ yes }) => ({ yes, no: 1 - yes })),
      classes: ['no', 'yes'],
    },
    actualClasses: all.map(({ actual }) => actual),
  };
}

function realizedOf({ rows, actualClasses }: Made, name: Name): number {
  return valueOf(classificationMetrics[name](summarizeClassification({ ...rows, actualClasses })))!;
}

function fit({ rows, actualClasses }: Made): Estimator {
  const fitted = fitEstimator(rows, actualClasses);
  if ('notComputable' in fitted) throw new Error(fitted.notComputable);
  return fitted;
}

function estimate(estimator: Estimator, rows: ClassificationRows): Estimate {
  const found = estimateMetrics(estimator, rows);
  if ('notComputable' in found) throw new Error(found.notComputable);
  return found;
}

const reference = made(1, 3000);
const estimator = fit(reference);
const names = ['accuracy', 'precision', 'recall', 'f1', 'roc_auc', 'pr_auc', 'log_loss', 'brier'] as const;

describe('the estimated performance of a classification', () => {
  it.each(names)('is that of the rows at hand, though the model is too sure of itself: %s', (name) => {
    // Log loss hangs on the few rows that are surer than any in the reference.
    for (const sharpness of name === 'log_loss' ? [0.3] : [0.3, 1.6]) {
      const window = made(2, 6000, sharpness);
      const realized = realizedOf(window, name);
      const before = realizedOf(reference, name);
      const estimated = valueOf(estimate(estimator, window.rows).metrics[name])!;
      expect(Math.abs(estimated - realized), `${name} at ${sharpness}`).toBeLessThan(
        Math.max(0.02, Math.abs(before - realized) / 3),
      );
    }
  });

  it('leaves the probabilities of a model out that are far from what comes', () => {
    if (estimator.task !== 'classification') throw new Error('of another task');
    const [{ calibration }] = estimator.calibrations as [(typeof estimator.calibrations)[number]];
    expect(calibration.asGiven).toBe(false);
    expect(calibration.trees).toBeDefined();
    expect(calibration.briers.asGiven).toBeGreaterThan(1.05 * calibration.briers.isotonic);
  });

  it('says how often each class is expected where each is predicted', () => {
    const window = made(4, 5000, 0.6);
    const { confusion, byClass } = estimate(estimator, window.rows);
    const realized = summarizeClassification({
      ...window.rows,
      actualClasses: window.actualClasses,
    }).confusion;
    for (const [actual, ofActual] of Object.entries(realized)) {
      for (const [predicted, count] of Object.entries(ofActual))
        expect(Math.abs(confusion![actual]![predicted]! - count)).toBeLessThan(120);
    }
    expect(byClass!['yes']!.support + byClass!['no']!.support).toBeCloseTo(5000, 6);
  });

  it('comes with intervals that hold what is realized', () => {
    let inside = 0;
    for (let seed = 10; seed < 40; seed += 1) {
      const window = made(seed, 168);
      const { intervals } = estimate(estimator, window.rows);
      for (const name of ['accuracy', 'roc_auc'] as const) {
        const realized = realizedOf(window, name);
        inside += Number(intervals[name]!.low <= realized && realized <= intervals[name]!.high);
      }
    }
    expect(inside / 60).toBeGreaterThan(0.88);
  });

  it('does not see that the same inputs mean something else: then what is realized leaves the interval', () => {
    const window = made(3, 2000, 1, 1.5);
    expect(realizedOf(window, 'log_loss')).toBeGreaterThan(
      estimate(estimator, window.rows).intervals.log_loss!.high,
    );
  });

  it('estimates more than two classes, one after the other', () => {
    const classes = ['a', 'b', 'c'];
    const ofThree = (seed: number, rows: number, sharpness: number): Made => {
      const uniform = uniforms(seed);
      const normal = normals(uniform);
      const all = Array.from({ length: rows }, (_, i) => {
        const weights = classes.map(() => Math.exp(sharpness * normal()));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const chances = weights.map((weight) => weight / total);
        const drawn = uniform();
        const actual = drawn < chances[0]! ? 'a' : drawn < chances[0]! + chances[1]! ? 'b' : 'c';
        const predicted = classes[chances.indexOf(Math.max(...chances))]!;
        return { time: i * hourMs, chances, actual, predicted };
      });
      return {
        rows: {
          task: 'classification',
          sample: sampleOf(
            [],
            all.map(({ time }) => ({ time, values: [] })),
          ),
          predictedClasses: all.map(({ predicted }) => predicted),
          probabilities: all.map(({ chances: [a, b, c] }) => ({ a: a!, b: b!, c: c! })),
          classes,
        },
        actualClasses: all.map(({ actual }) => actual),
      };
    };
    const fitted = fit(ofThree(1, 3000, 1));
    const window = ofThree(2, 5000, 0.3);
    const { metrics } = estimate(fitted, window.rows);
    for (const name of ['accuracy', 'balanced_accuracy', 'f1_macro', 'log_loss', 'brier'] as const)
      expect(Math.abs(valueOf(metrics[name])! - realizedOf(window, name)), name).toBeLessThan(0.03);
  });

  it('says of every metric of the task what it is, the same from an estimator that was JSON', () => {
    const stored = JSON.parse(JSON.stringify(estimator)) as Estimator;
    expect(stored).toEqual(estimator);
    const { rows } = made(5, 300);
    const found = estimate(stored, rows);
    expect(found).toEqual(estimate(fit(reference), rows));
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    const ofTask = (Object.keys(metricTable) as MetricName[]).filter(
      (name) => metricTable[name].task === 'classification',
    );
    expect(Object.keys(found.metrics).sort()).toEqual(ofTask.sort());
    // What the model said is known.
    expect(valueOf(found.metrics.confidence)).toBeCloseTo(realizedOf(made(5, 300), 'confidence'), 9);
  });

  it('is not computable with one class, too few outcomes, or without probabilities', () => {
    const { rows, actualClasses } = reference;
    expect(
      fitEstimator(
        rows,
        actualClasses.map(() => 'no'),
      ),
    ).toEqual({
      notComputable: 'all actuals are of class "no"',
    });
    expect(
      fitEstimator(
        rows,
        actualClasses.map(() => 'other'),
      ),
    ).toEqual({
      notComputable:
        'there are 0 usable outcomes (3000 more have no probability for every class, or an actual that is not a class), 200 are needed',
    });
    const without = { ...rows, probabilities: rows.probabilities.map(() => null) };
    expect(fitEstimator(without, actualClasses)).toHaveProperty('notComputable');
    expect(estimateMetrics(estimator, without)).toHaveProperty('notComputable');
    const invalid = {
      ...rows,
      probabilities: rows.probabilities.map((given, i) => (i < 20 ? given : { yes: 7 })),
    };
    expect(estimateMetrics(estimator, invalid)).toMatchObject({ rows: 20 });
  });

  it('is of the task that it was fitted for', () => {
    const regression = {
      task: 'regression',
      sample: reference.rows.sample,
      predictions: new Float64Array(3000),
    } as const;
    expect(estimateMetrics(estimator, regression)).toEqual({
      notComputable: 'the estimator is of a classification, the rows are of a regression',
    });
  });
});

describe('expectedSummary', () => {
  it('is what summaries of drawn actuals are on the mean', () => {
    const uniform = uniforms(8);
    const rows = 400;
    const yes = Float64Array.from({ length: rows }, uniform);
    const chance = yes.map((score) => 0.2 + 0.6 * score);
    const rest = (of: Float64Array): Float64Array => of.map((value) => 1 - value);
    const predictedClasses = Array.from(yes, (score) => (score > 0.5 ? 'yes' : 'no'));
    const classes = ['no', 'yes'];
    const expected = expectedSummary({
      predictedClasses,
      classes,
      positiveClass: 'yes',
      scores: [rest(yes), yes],
      chances: [rest(chance), chance],
    });
    const draws = 600;
    const drawn = Array.from({ length: draws }, () =>
      summarizeClassification({
        predictedClasses,
        classes,
        actualClasses: Array.from(chance, (each) => (uniform() < each ? 'yes' : 'no')),
        probabilities: Array.from(yes, (score) => ({ yes: score, no: 1 - score })),
      }),
    );
    for (const name of [...names, 'balanced_accuracy', 'confidence'] as const) {
      const values = drawn.map((summary) => valueOf(classificationMetrics[name](summary))!);
      const mean = values.reduce((sum, value) => sum + value, 0) / draws;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws;
      // Four standard errors of the mean, and what is no sum is off by the order of one row.
      expect(Math.abs(valueOf(classificationMetrics[name](expected))! - mean), name).toBeLessThan(
        4 * Math.sqrt(variance / draws) + 1 / rows,
      );
    }
  });
});
