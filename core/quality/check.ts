/** A data-quality check: what was looked at, what it says, and the counts behind it. */

import type { Level, Verdict } from '../verdict.ts';
import type { ExpectationRule } from './expectations.ts';

/** What a window is checked for without being told to. */
export const builtInChecks = [
  'schema',
  'new-column',
  'missing',
  'range',
  'unseen',
  'constant',
  'stuck',
  'duplicates',
  'volume',
  'freshness',
] as const;
export type BuiltInCheck = (typeof builtInChecks)[number];

/** An expectation is a check of its own, for example `expect-min`; `expect-column` is that there is such a column at all. */
export type CheckName = BuiltInCheck | `expect-${ExpectationRule | 'column'}`;

type Count = number | string | boolean | null;

/** JSON-safe. */
export interface QualityCheck {
  readonly check: CheckName;
  /** Empty where the check is about whole rows. */
  readonly column: string;
  /** Its reason does not name the column. */
  readonly verdict: Verdict;
  readonly counts: Readonly<Record<string, Count | readonly Count[]>>;
}

const severity: Readonly<Record<Level, number>> = { ok: 0, 'insufficient-data': 0, warning: 1, critical: 2 };

/** Has the check found something? */
export function isFailed({ verdict }: QualityCheck): boolean {
  return severity[verdict.level] > 0;
}

/**
 * Which checks have found something? The worst first, else in their order.
 *
 * @example
 * const told = (level) => ({ check: 'range', column: 'hum', verdict: { level, reason: '' }, counts: {} });
 * failedChecks([told('ok'), told('warning'), told('critical')]).map(({ verdict }) => verdict.level) // ['critical', 'warning']
 */
export function failedChecks(checks: readonly QualityCheck[]): QualityCheck[] {
  return checks.filter(isFailed).sort((a, b) => severity[b.verdict.level] - severity[a.verdict.level]);
}

/** Checks that the summary names; the others are counted. */
const named = 3;

/**
 * What do some checks say together? The worst level, with up to three of the failed ones by name, the worst first. What
 * could not be judged fails nothing; where nothing could be, neither can the whole.
 *
 * @example
 * const range = { check: 'range', column: 'hum', verdict: { level: 'warning', reason: '22 of 163 values are below 0.08' } };
 * const missing = { check: 'missing', column: 'hum', verdict: { level: 'ok', reason: 'none of 163 rows are missing' } };
 * summarizeChecks([range, missing]).reason // '1 of 2 checks failed: hum range: 22 of 163 values are below 0.08'
 */
export function summarizeChecks(checks: readonly QualityCheck[]): Verdict {
  const judged = checks.filter(({ verdict }) => verdict.level !== 'insufficient-data');
  if (judged.length === 0) {
    const [first] = checks;
    return {
      level: 'insufficient-data',
      reason: first === undefined ? 'nothing was checked' : `no check could be judged: ${textOf(first)}`,
    };
  }
  const failed = failedChecks(judged);
  const [worst] = failed;
  if (worst === undefined) {
    const rest = checks.length - judged.length;
    const others = rest === 0 ? '' : `, ${rest} could not be judged`;
    return {
      level: 'ok',
      reason: `${judged.length} ${judged.length === 1 ? 'check' : 'checks'} passed${others}`,
    };
  }
  const head = `${failed.length} of ${judged.length} checks failed`;
  const list = failed.slice(0, named).map(textOf).join('; ');
  const more = failed.length > named ? `; and ${failed.length - named} more` : '';
  return { level: worst.verdict.level, reason: `${head}: ${list}${more}` };
}

/** As 'hum range: 22 of 163 values (13%) are outside 0.08 to 1'. */
function textOf({ check, column, verdict }: QualityCheck): string {
  return `${column === '' ? '' : `${column} `}${check}: ${verdict.reason}`;
}
