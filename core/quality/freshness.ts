import type { Verdict } from '../verdict.ts';
import { dayMs, formatInstant, hourMs, weekMs } from '../window.ts';
import type { QualityCheck } from './check.ts';

export interface Freshness {
  readonly column: 'prediction' | 'actual';
  /** Event time of the newest row; undefined without any. */
  readonly newest: number | undefined;
  readonly asOf: number;
  /** How old the newest row may be, where the monitor says so. */
  readonly limitMs?: number;
  /** How old it usually gets: the longest gap between hours with rows, and for actuals how late they come besides. */
  readonly usualMs?: number;
}

/** What is usual is looked for in the eight weeks before a window: where they know nothing, an older row is stale whatever is usual. */
const longestUsualMs = 8 * weekMs;

/** Without a limit of the monitor: so many times the usual age, and never less than 3 hours, because a run may wait. */
const tolerance = { times: 2, leastMs: 3 * hourMs } as const;

/**
 * Do predictions and actuals still arrive? The age of the newest one at `asOf`, against the limit of the monitor or twice
 * the usual age: a warning beyond it, critical beyond twice the limit. With neither, it is critical beyond eight weeks, and
 * `insufficient-data` before; so it is where there is no row.
 *
 * @example
 * const [newest, asOf] = ['2011-05-19T20:00:00Z', '2011-05-20T03:00:00Z'].map(parseInstant);
 * judgeFreshness({ column: 'prediction', newest, asOf, limitMs: 2 * hourMs }).verdict.reason
 * // 'the newest is of 2011-05-19T20:00:00Z, 7 h old (limit 2 h)'
 */
export function judgeFreshness(freshness: Freshness): QualityCheck {
  const { column, newest, asOf, usualMs } = freshness;
  const limitMs =
    freshness.limitMs ??
    (usualMs === undefined ? undefined : Math.max(tolerance.leastMs, tolerance.times * usualMs));
  const ageMs = newest === undefined ? undefined : Math.max(0, asOf - newest);
  return {
    check: 'freshness',
    column,
    verdict: verdictOf(newest, ageMs, limitMs),
    counts: {
      newest: newest === undefined ? null : formatInstant(newest),
      ageHours: ageMs === undefined ? null : ageMs / hourMs,
      limitHours: limitMs === undefined ? null : limitMs / hourMs,
    },
  };
}

function verdictOf(
  newest: number | undefined,
  ageMs: number | undefined,
  limitMs: number | undefined,
): Verdict {
  if (newest === undefined || ageMs === undefined) {
    return { level: 'insufficient-data', reason: 'there is none yet' };
  }
  const words = `the newest is of ${formatInstant(newest)}, ${ageText(ageMs)} old`;
  if (limitMs === undefined) {
    if (ageMs > longestUsualMs)
      return { level: 'critical', reason: `${words}; there was none in the eight weeks before` };
    return { level: 'insufficient-data', reason: `${words}; how old it usually gets is not known` };
  }
  const level = ageMs <= limitMs ? 'ok' : ageMs <= 2 * limitMs ? 'warning' : 'critical';
  return { level, reason: `${words} (limit ${ageText(limitMs)})` };
}

/** As '5.5 h'. */
function ageText(ms: number): string {
  const [unitMs, unit] = ms < 2 * dayMs ? [hourMs, 'h'] : [dayMs, 'days'];
  return `${Number((ms / unitMs).toFixed(1))} ${unit}`;
}
