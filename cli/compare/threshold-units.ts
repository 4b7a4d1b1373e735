/** What a fixed threshold is counted in, by the method that is held against it. */

import { methodOf, type MethodName } from '../../core/statistics/registry.ts';
import { invalid, type CompareRequest } from './request.ts';
import { isExamined, type ColumnResult } from './results.ts';

/**
 * The unit of the threshold of a method, in words.
 *
 * @example thresholdUnitOf('wasserstein') // 'standard deviations'
 */
export function thresholdUnitOf(
  name: MethodName,
): 'a p-value' | 'standard deviations' | 'a distance from 0 to 1' | 'a divergence from 0 upwards' {
  const { decidedBy, unit, effectScale } = methodOf(name);
  if (decidedBy === 'p-value') return 'a p-value';
  if (unit === ' sd') return 'standard deviations';
  return effectScale === 'sum of squares' ? 'a divergence from 0 upwards' : 'a distance from 0 to 1';
}

/**
 * Refuses thresholds that mean nothing: a p-value or a share above 1, and one number for columns of several units.
 *
 * @throws TidewatchError `INVALID_OPTION`
 */
export function refuseThresholds(
  { thresholds }: Pick<CompareRequest, 'thresholds'>,
  results: readonly ColumnResult[],
): void {
  const ruled = results.filter(isExamined).flatMap(({ column, evidence: { settings } }) => {
    const { threshold, decidingMethod: method } = settings;
    return threshold === undefined ? [] : [{ column, threshold, method, unit: thresholdUnitOf(method) }];
  });
  const forAll = ruled.filter(({ column }) => !thresholds.byColumn.has(column));
  const firsts = forAll.filter(({ unit }, i) => forAll.findIndex((other) => other.unit === unit) === i);
  if (firsts.length > 1) {
    const list = firsts
      .map(({ column, method, unit }) => `${methodOf(method).label} of "${column}" is ${unit}`)
      .join(', ');
    throw invalid(
      '--threshold',
      `one number cannot be the limit of several units: ${list}; write <column>=<number>, or choose a method for all of them, such as psi, by --method`,
    );
  }
  const high = ruled.find(({ threshold, unit }) => threshold > 1 && /p-value|to 1$/.test(unit));
  if (high !== undefined) {
    const { column, threshold, method, unit } = high;
    throw invalid(
      '--threshold',
      `${threshold} is above 1, and ${methodOf(method).label} of "${column}" is ${unit}`,
    );
  }
}
