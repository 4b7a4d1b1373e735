/** What is asked for of one model: how far back, and which metric. */

import { isMetricName, type MetricName } from '../../../core/performance/metrics.ts';

export const spans = [30, 90, 365, 730] as const;
export type Span = (typeof spans)[number];

export interface ModelAsked {
  readonly days: Span;
  /** Absent: the one that speaks for the model. */
  readonly metric?: MetricName;
}

/** What it says wrongly is as if it had not been said. */
export function modelAsked(query: URLSearchParams): ModelAsked {
  const metric = query.get('metric') ?? '';
  return {
    days: spans.find((days) => String(days) === query.get('days')) ?? 90,
    ...(isMetricName(metric) && { metric }),
  };
}
