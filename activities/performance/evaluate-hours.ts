/** The performance of one version and segment from the summaries of its hours. */

import { createHash } from 'node:crypto';

import type { Monitor } from '../../core/monitor/schema.ts';
import { evaluateSummary } from '../../core/performance/evaluate.ts';
import { judgedFromAge, judgeGate } from '../../core/performance/gate.ts';
import { metricIntervals } from '../../core/performance/intervals/metric-intervals.ts';
import type { MetricName } from '../../core/performance/metrics.ts';
import { mergeSummaries } from '../../core/performance/summary.ts';
import { splitComputed } from '../../core/verdict.ts';
import type { SelectiveActuals } from './selective-actuals.ts';
import { countsOf, type ServedHour } from './served-hours.ts';
import type { EvaluationToStore } from './store.ts';

/** With fewer actuals than this share it may matter which ones are missing. */
const completeCoverage = 0.95;

/** Are actuals missing, so that those that are there may be selective? */
export function isIncomplete(hours: readonly ServedHour[]): boolean {
  const { predictions, outcomes } = countsOf(hours);
  return outcomes > 0 && outcomes / predictions < completeCoverage;
}

/**
 * The performance over some hours, and whether their actuals are enough to judge by; what is known is given in any case.
 *
 * @param ageMs from the end of the window
 * @param selective what the comparison of rows with and without actuals has found, where it was made
 * @param untold why it cannot be made, in words
 */
export function evaluateHours(
  { performance }: Monitor,
  hours: readonly ServedHour[],
  {
    ageMs,
    selective,
    untold,
  }: {
    readonly ageMs: number;
    readonly selective: SelectiveActuals | undefined;
    readonly untold?: string;
  },
): Omit<EvaluationToStore, 'version' | 'segment'> {
  const { predictions, outcomes } = countsOf(hours);
  const summary = mergeSummaries(hours.map((hour) => hour.summary));
  const { intervalLevels } = performance;
  const { metrics, details, sampleSize } = evaluateSummary(summary, { minimumOutcomes: 0, intervalLevels });
  const blocks = hours.map(({ hour: start, summary }) => ({ start, summary }));
  const intervals = Object.entries(metricIntervals(blocks, { total: summary, intervalLevels })).filter(
    ([name]) => 'value' in (metrics[name as MetricName] ?? {}),
  );
  const differing = selective?.columns ?? [];
  const { gate, verdict } = judgeGate(
    {
      outcomes: sampleSize,
      predictions,
      ageMs,
      ...(differing.length > 0 && { selective: selectiveInWords(differing) }),
      ...(untold !== undefined && { selective: untold }),
    },
    {
      minimumOutcomes: performance.minimumOutcomes,
      coverage: performance.gate.coverage,
      age: judgedFromAge(performance),
    },
  );
  const { values, notComputable } = splitComputed(metrics);
  const content = {
    verdict: verdict.level,
    reason: verdict.reason,
    gate,
    metrics: values,
    intervals: Object.fromEntries(
      intervals.flatMap(([name, interval]) =>
        'low' in interval ? [[name, [interval.low, interval.high] as const]] : [],
      ),
    ),
    details: {
      ...details,
      notComputable,
      noInterval: Object.fromEntries(
        intervals.flatMap(([name, interval]) =>
          'notComputable' in interval ? [[name, interval.notComputable]] : [],
        ),
      ),
      errorBounds: Object.fromEntries(
        Object.entries(metrics).flatMap(([name, metric]) =>
          'value' in metric && metric.errorBound !== undefined ? [[name, metric.errorBound]] : [],
        ),
      ),
      ...(selective !== undefined && { selectiveActuals: selective }),
    },
    sampleSize,
    predictionCount: predictions,
    coverage: predictions === 0 ? null : outcomes / predictions,
  };
  return {
    ...content,
    contentHash: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32),
  };
}

/** Columns that are named in a reason. */
const namedColumns = 3;

function selectiveInWords(columns: SelectiveActuals['columns']): string {
  const named = columns.slice(0, namedColumns).map(({ words }) => words);
  const others = columns.length - named.length;
  return `actuals come selectively: ${named.join('; ')}${others > 0 ? `; and ${others} more` : ''}`;
}
