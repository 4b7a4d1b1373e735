import { describe, expect, it } from 'vitest';

import { calibrationCurve } from '../../../core/performance/calibration-curve.ts';
import { summarizeClassification } from '../../../core/performance/classification-summary.ts';
import { decodeSummary, encodeSummary } from '../../../core/performance/encode.ts';
import { evaluateSummary } from '../../../core/performance/evaluate.ts';
import { metricTable, type Task } from '../../../core/performance/metrics.ts';
import { summarizeRegression } from '../../../core/performance/regression-summary.ts';
import { mergeSummaries, type OutcomeSummary } from '../../../core/performance/summary.ts';
import { thresholdCurve } from '../../../core/performance/threshold-curve.ts';
import { valueOf } from '../../../core/verdict.ts';
import oracle from '../../oracles/performance.json' with { type: 'json' };

type Expected = Readonly<Record<string, number | null>>;

interface RegressionExample {
  readonly actuals: readonly number[];
  readonly predictions: readonly number[];
  readonly peak: readonly number[];
  readonly intervalLow: readonly (number | null)[] | null;
  readonly intervalHigh: readonly (number | null)[] | null;
}

/** Every metric whose value is another one, or is there where none is expected; `[]` when all agree. */
function disagreements(
  task: Task,
  summary: OutcomeSummary,
  expected: Expected,
  intervalLevels: readonly [number, number] = [0.05, 0.95],
) {
  const { metrics } = evaluateSummary(summary, { minimumOutcomes: 0, intervalLevels });
  const names = Object.entries(metricTable).flatMap(([name, metric]) => (metric.task === task ? [name] : []));
  expect(Object.keys(expected).toSorted()).toEqual(names.toSorted());
  return Object.entries(metrics).flatMap(([name, measured]) => {
    const computed = valueOf(measured);
    return agree(computed, expected[name]!) ? [] : [{ name, computed, expected: expected[name] }];
  });
}

function agree(computed: number | null, expected: number | null): boolean {
  if (computed === null || expected === null) return computed === expected;
  return computed === expected || Math.abs(computed - expected) <= 1e-9 * Math.abs(expected);
}

const sixtyFourths = Array.from({ length: 65 }, (_, step) => step / 64);

const floats = (values: readonly (number | null)[]): Float64Array =>
  Float64Array.from(values, (value) => value ?? Number.NaN);

describe('regression metrics agree with scikit-learn to 1e-9', () => {
  const summaryOf = (example: RegressionExample, start = 0, end = example.actuals.length) =>
    summarizeRegression({
      predictions: floats(example.predictions.slice(start, end)),
      actuals: floats(example.actuals.slice(start, end)),
      isPeak: Uint8Array.from(example.peak.slice(start, end)),
      ...(example.intervalLow !== null && { intervalLow: floats(example.intervalLow.slice(start, end)) }),
      ...(example.intervalHigh !== null && { intervalHigh: floats(example.intervalHigh.slice(start, end)) }),
    });

  it.each(oracle.regressions)('$name', (example) => {
    const summary = summaryOf(example);
    const [low, high] = example.intervalLevels;
    expect(disagreements('regression', summary, example.expected, [low!, high!])).toEqual([]);
    expect(summary.counts).toMatchObject({ zeroActuals: example.zeroActuals, notFinite: 0 });
  });

  it.each(oracle.regressions)('$name, stored in two parts', (example) => {
    const half = Math.floor(example.actuals.length / 2);
    const parts = [summaryOf(example, half), summaryOf(example, 0, half)].map((part) =>
      decodeSummary(encodeSummary(part)),
    );
    const [low, high] = example.intervalLevels;
    expect(disagreements('regression', mergeSummaries(parts), example.expected, [low!, high!])).toEqual([]);
  });
});

describe('classification metrics agree with scikit-learn to 1e-9', () => {
  it.each(oracle.classifications)('$name', (example) => {
    const { classes, positiveClass, predicted, actual, probabilities, expected } = example;
    const summary = summarizeClassification({
      classes,
      ...(positiveClass !== null && { positiveClass }),
      predictedClasses: predicted,
      actualClasses: actual,
      ...(probabilities !== null && {
        probabilities: probabilities.map((row) =>
          Object.fromEntries(row.map((chance, index) => [classes[index]!, chance])),
        ),
      }),
    });
    expect(summary.counts.scoredRows).toBe(example.scoredRows);
    expect(disagreements('classification', summary, expected)).toEqual([]);
    const stored = decodeSummary(encodeSummary(summary));
    expect(disagreements('classification', stored, expected)).toEqual([]);

    const { details } = evaluateSummary(summary);
    if (details.task !== 'classification') throw new Error('wrong task');
    expect(details.confusion).toEqual(example.confusion);
    expect(Object.keys(details.byClass).toSorted()).toEqual(Object.keys(example.byClass).toSorted());
    for (const [label, scores] of Object.entries(example.byClass)) {
      for (const [name, value] of Object.entries(scores)) {
        expect(details.byClass[label]).toHaveProperty(name, expect.closeTo(value, 12));
      }
    }

    const calibration = calibrationCurve(summary).map(({ probability, share, rows }) => [
      probability,
      share,
      rows,
    ]);
    expect(calibration).toEqual(
      example.calibration.map((point) => point.map((value) => expect.closeTo(value, 12))),
    );
    const thresholds = thresholdCurve(
      summary.scores.get(positiveClass ?? classes.at(-1)!)!,
      sixtyFourths,
    ).map((point) => [point.threshold, point.precision ?? null, point.recall, point.f1, point.said]);
    expect(thresholds).toEqual(
      example.thresholds.map((point) =>
        point.map((value) => (value === null ? null : expect.closeTo(value, 12))),
      ),
    );
  });
});
