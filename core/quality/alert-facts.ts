/** Bad data as a message says it. */

import type { Fact } from '../alert/alert.ts';
import { failedChecks, type QualityCheck } from './check.ts';
import { checkTable } from './check-table.ts';

/** Names that a summary has room for. */
const named = 5;

/**
 * What is wrong, in a line: what the facts then explain.
 *
 * @example
 * const verdict = { level: 'warning', reason: 'it stood still at 0 for 22 hours' };
 * qualitySummary([{ check: 'stuck', column: 'hum', verdict }, { check: 'range', column: 'hum', verdict }])
 * // '2 of 2 checks failed: hum stuck, hum out of range'
 */
export function qualitySummary(counted: readonly QualityCheck[]): string {
  const judged = counted.filter(({ verdict }) => verdict.level !== 'insufficient-data');
  const failed = failedChecks(counted);
  const names = failed.slice(0, named).map((check) => nameOf(check, ' '));
  const more = failed.length > named ? ` and ${failed.length - named} more` : '';
  return `${failed.length} of ${judged.length} checks failed: ${names.join(', ')}${more}`;
}

/**
 * Each failed check, the worst first: which column, what, how much of it, and what was expected.
 *
 * @example
 * const verdict = { level: 'warning', reason: 'it stood still at 0 for 22 hours' };
 * qualityFacts([{ check: 'stuck', column: 'hum', verdict }]) // [{ name: 'hum: stuck', value: 'it stood still at 0 for 22 hours' }]
 */
export function qualityFacts(counted: readonly QualityCheck[]): Fact[] {
  return failedChecks(counted).map((check) => ({ name: nameOf(check, ': '), value: check.verdict.reason }));
}

function nameOf({ check, column }: QualityCheck, between: string): string {
  const { label } = checkTable[check];
  return column === '' ? label : `${column}${between}${label}`;
}
