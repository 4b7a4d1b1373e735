/** Why is a threshold what it is? In words. */

import { formatSignificant } from '../../../core/number-text.ts';
import type { Monitor } from '../../../core/monitor/schema.ts';
import { isMethodName, methodOf } from '../../../core/statistics/registry.ts';
import type { DecidedColumn } from './load.ts';

/** Where the deciding method of a column comes from. */
export function whyMethod(monitor: Monitor, column: string): string {
  return settingsOf(monitor, column)?.method === undefined
    ? 'chosen by the values of the reference'
    : 'written in the monitor';
}

/** From where on the column counts as drifted, and what that rests on. */
export function whyThreshold(monitor: Monitor, decided: DecidedColumn): string {
  const { column, method, details } = decided;
  const written = settingsOf(monitor, column)?.threshold;
  if (written !== undefined) return `${formatSignificant(written)}: written in the monitor`;
  const { alpha } = monitor.drift;
  const evidence = `a corrected p-value of at most ${formatSignificant(alpha)} (drift.alpha)`;
  const size = isMethodName(method) ? `, and a difference of at least ${sizesOf(method)}` : '';
  return `${evidence}${size}; ${heldAgainstWords(details)}`;
}

function settingsOf(
  monitor: Monitor,
  column: string,
): { readonly method?: string | undefined; readonly threshold?: number | undefined } | undefined {
  if (column === 'prediction' || column === 'actual' || column === 'confidence') return monitor[column];
  return Object.hasOwn(monitor.features, column) ? monitor.features[column] : undefined;
}

function sizesOf(method: Parameters<typeof methodOf>[0]): string {
  const { floors, unit } = methodOf(method);
  return `${floors.warning}${unit} (critical: ${floors.critical}${unit})`;
}

/** As `heldAgainst` of an answer is stored. */
interface HeldAgainst {
  readonly null?: 'empirical' | 'analytic';
  readonly usual?: number;
  readonly largest?: number;
  readonly independentWindows?: number;
  readonly designEffect?: number;
}

function heldAgainstWords(details: unknown): string {
  const held = (details ?? {}) as HeldAgainst;
  if (held.null === 'empirical' && held.usual !== undefined && held.largest !== undefined) {
    const windows = formatSignificant(held.independentWindows ?? 0);
    return `held against ${windows} independent past windows, which usually differ by ${formatSignificant(held.usual)} and at most by ${formatSignificant(held.largest)}`;
  }
  if (held.null === 'analytic' && held.designEffect !== undefined) {
    const rows =
      held.designEffect === 1
        ? 'all rows counted as independent'
        : `every ${formatSignificant(held.designEffect)} rows counted as one, since neighbours are alike`;
    return `too few past windows to learn from: held against the law of the statistic, ${rows}`;
  }
  return 'no past windows to hold it against yet';
}
