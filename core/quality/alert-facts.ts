/** Bad data as a message says it. */

import type { AlertKind, Fact } from '../alert/alert.ts';
import { formatPValue } from '../number-text.ts';
import type { Verdict } from '../verdict.ts';
import { failedChecks, isFailed, type QualityCheck } from './check.ts';
import { checkTable } from './check-table.ts';

/** Names that a summary has room for. */
const named = 5;

/**
 * What is wrong, in a line: what the facts then explain. Counts all checks of the run, as its own verdict does.
 *
 * @param of the checks that the alert is about
 * @param all that count in the run: those of which other alerts tell are said to be so
 *
 * @example
 * const verdict = { level: 'warning', reason: 'it stood still at 0 for 22 hours' };
 * const checks = [{ check: 'stuck', column: 'hum', verdict }, { check: 'range', column: 'hum', verdict }];
 * qualitySummary(checks, [...checks, { check: 'missing', column: 'temp', verdict }])
 * // '3 of 3 checks failed: hum stuck, hum out of range; 1 more has an alert of its own'
 */
export function qualitySummary(of: readonly QualityCheck[], all: readonly QualityCheck[]): string {
  const judged = all.filter(({ verdict }) => verdict.level !== 'insufficient-data');
  const failed = failedChecks(of);
  const everything = failedChecks(all).length;
  const others = everything - failed.length;
  const names = failed.slice(0, named).map((check) => nameOf(check, ' '));
  const more = failed.length > named ? ` and ${failed.length - named} more` : '';
  const rest =
    others === 0
      ? ''
      : `; ${others} more ${others === 1 ? 'has an alert of its' : 'have alerts of their'} own`;
  return `${everything} of ${judged.length} checks failed: ${names.join(', ')}${more}${rest}`;
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

/**
 * Which kind of alert is a check for? Missing values and late streams have alerts of their own; so has a column that no row has,
 * which is as missing as can be.
 *
 * @example qualityAlertKind({ check: 'missing', column: 'hum', verdict: { level: 'ok', reason: '' }, counts: {} }) // 'missing-data'
 */
export function qualityAlertKind(
  check: QualityCheck,
): Extract<AlertKind, 'data-quality' | 'missing-data' | 'freshness'> {
  if (check.check === 'freshness') return 'freshness';
  // It has failed, and not for values of another type: there is none.
  const isGone = check.check === 'schema' && isFailed(check) && check.counts['invalid'] === 0;
  return isGone || check.check === 'missing' || check.check === 'expect-notNull'
    ? 'missing-data'
    : 'data-quality';
}

/**
 * What do the checks of one column, or of one stream, say together? The worst level; insufficient where none could be judged.
 *
 * @param name what they are about, for the reason
 * @example
 * const missing = { check: 'missing', column: 'hum', verdict: { level: 'critical', reason: '84 of 168 rows have no value' } };
 * verdictOfSome('hum', [missing]) // { level: 'critical', reason: 'hum: 84 of 168 rows have no value' }
 */
export function verdictOfSome(name: string, checks: readonly QualityCheck[]): Verdict {
  const failed = failedChecks(checks);
  const judged = checks.filter(({ verdict }) => verdict.level !== 'insufficient-data');
  const speaking = failed.length > 0 ? failed : judged.length > 0 ? judged : checks;
  return {
    level: speaking[0]?.verdict.level ?? 'insufficient-data',
    reason: `${name}: ${speaking.map(({ verdict }) => verdict.reason).join('; ')}`,
  };
}

/**
 * What is known of the missing values of a column: each check that failed, and how probable the rise would be by chance.
 *
 * @example
 * const verdict = { level: 'critical', reason: '84 of 168 rows have no value (50%; reference 0%)' };
 * missingFacts([{ check: 'missing', column: 'hum', verdict, counts: { pValue: 1e-9 } }])
 * // [{ name: 'missing values', value: '84 of 168 rows have no value (50%; reference 0%)' }, { name: 'p-value', value: '1e-9' }]
 */
export function missingFacts(checks: readonly QualityCheck[]): Fact[] {
  return failedChecks(checks).flatMap(({ check, verdict, counts }) => [
    { name: checkTable[check].label, value: verdict.reason },
    ...(typeof counts['pValue'] === 'number' && check === 'missing'
      ? [{ name: 'p-value', value: formatPValue(counts['pValue']) }]
      : []),
  ]);
}
