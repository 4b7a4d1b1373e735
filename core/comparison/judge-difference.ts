/** What a difference between two sides says, in words. */

import { formatPValue } from '../number-text.ts';
import { countText, metricText } from '../performance/metrics.ts';
import { describeMetric, type ComparedMetric, type MetricDifference } from './compare-losses.ts';

/**
 * `better`, `not-better`: the whole 95% interval is on that side of 0. `higher`, `lower`: the same of what is neither good nor
 * bad. `unclear`: the interval holds 0.
 */
export type ComparisonVerdict =
  | 'better'
  | 'not-better'
  | 'higher'
  | 'lower'
  | 'unclear'
  | 'insufficient-data';

/** Which rows were compared: those that both sides have, or different ones of the same hours. */
export type ComparedRows = 'the same rows' | 'different rows of the same hours';

export interface JudgedDifference {
  readonly verdict: ComparisonVerdict;
  readonly reason: string;
}

/**
 * Is the subject better than what it is held against?
 *
 * @example
 * judgeDifference(
 *   { metric: 'mae', rows: 148, againstRows: 148, found: { value: 34.2, against: 51, difference: -16.8, certainty: { low: -25.1, high: -8.5, pValue: 0.0012, degreesOfFreedom: 6 } } },
 *   { subject: 'version 2', against: "last week's actual", rows: 'the same rows' },
 * )
 * // { verdict: 'better', reason: "version 2 is better than last week's actual: MAE 34.2 against 51 on the same 148 rows (difference -16.8, 95% -25.1 to -8.5, p 0.0012)" }
 */
export function judgeDifference(
  { metric, rows, againstRows, found }: MetricDifference,
  between: { readonly subject: string; readonly against: string; readonly rows: ComparedRows },
): JudgedDifference {
  const { label, direction } = describeMetric(metric);
  const sides = `${between.subject} and ${between.against}`;
  if ('notComputable' in found) {
    const reason = `${sides} cannot be compared by ${label} on ${between.rows}: ${found.notComputable}`;
    return { verdict: 'insufficient-data', reason };
  }
  const text = (value: number): string => comparedText(metric, value);
  const onRows =
    between.rows === 'the same rows'
      ? `on the same ${countText(rows, 'row')}`
      : `on different rows of the same hours, ${rows} and ${againstRows}`;
  const numbers = `${label} ${text(found.value)} against ${text(found.against)} ${onRows}`;
  const { certainty } = found;
  if ('notComputable' in certainty) {
    const reason = `whether ${between.subject} is better than ${between.against} is not known: ${numbers}; ${certainty.notComputable}`;
    return { verdict: 'insufficient-data', reason };
  }
  const points = (value: number): string => text(value).replace('%', ' points');
  const sure = `difference ${points(found.difference)}, 95% ${points(certainty.low)} to ${points(certainty.high)}, p ${formatPValue(certainty.pValue)}`;
  const isAbove = certainty.low > 0;
  if (!isAbove && !(certainty.high < 0)) {
    const reason = `${sides} differ by no more than chance: ${numbers} (${sure})`;
    return { verdict: 'unclear', reason };
  }
  if (direction === 'none') {
    const verdict = isAbove ? 'higher' : 'lower';
    const than = `the ${label} of ${between.subject} is ${verdict} than that of ${between.against}`;
    return { verdict, reason: `${than}: ${numbers} (${sure})` };
  }
  const isBetter = isAbove === (direction === 'higher-is-better');
  const is = isBetter ? 'is better than' : 'is not better than';
  return {
    verdict: isBetter ? 'better' : 'not-better',
    reason: `${between.subject} ${is} ${between.against}: ${numbers} (${sure})`,
  };
}

function comparedText(metric: ComparedMetric, value: number): string {
  if (metric === 'conversion') return metricText('accuracy', value);
  if (metric === 'mean_actual') return metricText('mae', value);
  return metricText(metric, value);
}
