/** Ranges as people type them: `--from` a day, `--to` the day after the last. */

import { TidewatchError } from '../core/errors.ts';
import { dayMs, formatInstant, hourMs, parseInstant, type Window } from '../core/window.ts';

const units = {
  day: { ms: dayMs, wanted: 'is no day; write for example 2011-05-13' },
  hour: {
    ms: hourMs,
    wanted: 'is no day and no full UTC hour; write for example 2011-05-13 or 2011-05-13T06:00:00Z',
  },
} as const;

/**
 * The instant that an option names: a day means the midnight UTC that it begins with.
 *
 * @param unit the shortest that may be named
 * @throws TidewatchError `INVALID_OPTION`
 * @example formatInstant(readInstant('--from', '2011-05-13', 'hour')) // '2011-05-13T00:00:00Z'
 */
export function readInstant(option: '--from' | '--to', text: string, unit: keyof typeof units): number {
  const instant = parsed(text);
  const { ms, wanted } = units[unit];
  if (instant !== undefined && instant % ms === 0) return instant;
  throw new TidewatchError('INVALID_OPTION', { option, reason: `"${text}" ${wanted}` });
}

function parsed(text: string): number | undefined {
  try {
    return parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  } catch {
    return undefined;
  }
}

/**
 * The range between two instants, given or meant by default.
 *
 * @throws TidewatchError `INVALID_OPTION` when it does not end after it starts
 */
export function rangeOf(start: number, end: number): Window {
  if (end > start) return { start, end };
  const reason = `the range would end at ${dayOrInstant(end)}, not after its start ${dayOrInstant(start)}; --to is the day after the last`;
  throw new TidewatchError('INVALID_OPTION', { option: '--from and --to', reason });
}

/**
 * An instant as it can be typed.
 *
 * @example [Date.UTC(2011, 4, 13), Date.UTC(2011, 4, 13, 6)].map(dayOrInstant) // ['2011-05-13', '2011-05-13T06:00:00Z']
 */
export function dayOrInstant(instant: number): string {
  return formatInstant(instant).replace('T00:00:00Z', '');
}
