import type { Monitor } from './schema.ts';

/**
 * Does a column count for verdicts and alerts? A column that the monitor does not name does: it was watched when its result was stored.
 *
 * @example
 * const monitor = monitorSchema.parse({
 *   model: 'bike-demand', task: 'regression', reference: { kind: 'rolling' },
 *   features: { hum: { kind: 'continuous', enabled: false } }, prediction: { enabled: false },
 * });
 * ['hum', 'prediction', 'actual', 'gone'].map((column) => isColumnEnabled(monitor, column)) // [false, false, true, true]
 */
export function isColumnEnabled(
  monitor: Pick<Monitor, 'features' | 'prediction' | 'confidence' | 'actual'>,
  column: string,
): boolean {
  if (column === 'prediction' || column === 'confidence' || column === 'actual')
    return monitor[column].enabled;
  return !Object.hasOwn(monitor.features, column) || monitor.features[column]!.enabled;
}
