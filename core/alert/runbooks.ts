/** What people are told to do about an alert: the pages of docs/runbooks. */

import type { AlertKind } from './alert.ts';

/** Of the link to a runbook in every message. */
export const runbookLabel = 'Open the runbook';

const runbooks: Readonly<Record<AlertKind, string>> = {
  drift: 'DataDriftDetected',
  'prediction-drift': 'DataDriftDetected',
  'actuals-drift': 'DataDriftDetected',
  'dataset-drift': 'DataDriftDetected',
  'concept-drift': 'ModelDegradation',
  'data-quality': 'DataQuality',
  'missing-data': 'DataQuality',
  freshness: 'DataPipelineDelay',
  degradation: 'ModelDegradation',
  restated: 'RestatedVerdict',
  retraining: 'Retraining',
  'dead-man': 'DeadMan',
  'delivery-failing': 'DeliveryFailing',
};

/**
 * Which page says what an alert means, where to look and what to do? Alerts of Prometheus about the same trouble share it.
 *
 * @example runbookOf('degradation') // 'ModelDegradation.md'
 */
export function runbookOf(kind: AlertKind): string {
  return `${runbooks[kind]}.md`;
}
