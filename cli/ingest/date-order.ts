/** Dates as people write them: `31/12/2026 5:30 PM`. Which of day and month comes first is a matter of the column. */

export type DateOrder = 'day-first' | 'month-first';

const written =
  /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:,?[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([AP])\.?M\.?)?)?$/i;
const yearFirst = /^(\d{4})([/.])(\d{1,2})\2(\d{1,2})(?:[ T](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?$/;

/** Is it a date of digits that does not begin with the year? */
export function isWrittenDate(value: unknown): value is string {
  return typeof value === 'string' && written.test(value);
}

/**
 * What order do the dates of a column have? `unclear` where each of them could be read in both ways, `mixed` where some can be read
 * in one way only and some in the other; undefined without such dates. Dates with points have the day first.
 *
 * @example [dateOrderOf(['3/31/2026']), dateOrderOf(['3/4/2026'])] // ['month-first', 'unclear']
 */
export function dateOrderOf(values: readonly unknown[]): DateOrder | 'unclear' | 'mixed' | undefined {
  let [isDay, isMonth, isAny, hasPoints] = [false, false, false, false];
  for (const value of values) {
    const [, first, mark, second] = typeof value === 'string' ? (written.exec(value) ?? []) : [];
    if (first === undefined) continue;
    isAny = true;
    hasPoints ||= mark === '.';
    isDay ||= Number(first) > 12;
    isMonth ||= Number(second) > 12;
  }
  if (!isAny) return undefined;
  if (isDay && isMonth) return 'mixed';
  if (isMonth) return 'month-first';
  return isDay || hasPoints ? 'day-first' : 'unclear';
}

/**
 * The same as ISO 8601, without a zone; undefined for what is no such date.
 *
 * @example isoOfWritten('3/31/2026 5:30 PM', 'month-first') // '2026-03-31T17:30:00'
 */
export function isoOfWritten(text: string, order: DateOrder | undefined): string | undefined {
  const [, year, , month = '', day = '', clock] = yearFirst.exec(text) ?? [];
  if (year !== undefined) return iso(year, month, day, (clock ?? '00:00').padStart(5, '0'));
  const [, first = '', , second = '', years = '', hour = '0', minute = '00', seconds = '00', half] =
    written.exec(text) ?? [];
  if (years === '' || order === undefined) return undefined;
  const [days, months] = order === 'day-first' ? [first, second] : [second, first];
  const hours =
    half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
  return iso(years.length === 2 ? `20${years}` : years, months, days, `${two(hours)}:${minute}:${seconds}`);
}

function iso(year: string, month: string, day: string, clock: string): string {
  return `${year}-${two(month)}-${two(day)}T${clock}`;
}

function two(part: string | number): string {
  return String(part).padStart(2, '0');
}
