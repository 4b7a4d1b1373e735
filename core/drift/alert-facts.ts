import type { Fact } from '../alert/alert.ts';
import { togetherLabels, type Finding } from '../multivariate/finding.ts';
import type { ColumnDrift } from './column-drift.ts';

/**
 * What has drifted, for a message: the enabled columns, the critical ones first, and what all features show together.
 *
 * @example
 * const hum = { column: 'hum', drifted: 'yes', enabled: true, verdict: { level: 'warning', reason: 'hum: Wasserstein 0.31 sd' } };
 * alertFacts([hum]) // [{ name: 'hum', value: 'Wasserstein 0.31 sd' }]
 */
export function alertFacts(
  columns: readonly ColumnDrift[],
  speaking: readonly Finding<unknown>[] = [],
): Fact[] {
  const drifted = columns.filter((column) => column.drifted === 'yes' && column.enabled);
  const isCritical = ({ verdict }: ColumnDrift): boolean => verdict.level === 'critical';
  return [
    ...[...drifted.filter(isCritical), ...drifted.filter((column) => !isCritical(column))].map(
      ({ column, verdict: { reason } }) => ({ name: column, value: reason.replace(`${column}: `, '') }),
    ),
    ...speaking.map(({ method, verdict: { reason } }) => ({ name: togetherLabels[method], value: reason })),
  ];
}
