import type { Level } from '../verdict.ts';
import { floorToDay, formatInstant, hourMs, type Window } from '../window.ts';
import type { QualityCheck } from './check.ts';
import { shareRise, type HitCount, type ShareRise } from './share-rise.ts';
import { levelOfRise } from './share-verdict.ts';

/** The rows of one hour. */
export interface HourVolume {
  readonly hour: number;
  readonly rows: number;
}

/** The hours that are known of a window; an hour that is not there is unknown, not empty. */
export interface WindowVolume {
  readonly window: Window;
  readonly hours: readonly HourVolume[];
}

/** Fewer windows do not say what is usual. */
const fewestPast = 3;

/** So many more of the usual hours are empty than before. */
const emptyFloors = { warning: 0.01, critical: 0.25 } as const;

/** The number of rows is far from the usual one beyond all of these: robust deviations, deviations of a Poisson law, and a share of it. */
const tolerance = { deviations: 5, poisson: 4, tooFew: 0.25, farTooFew: 0.5, tooMany: 0.5 } as const;

/** From the median absolute deviation to the standard deviation of a normal law. */
const perDeviation = 1.4826;

/**
 * Did as many rows arrive as usual?
 *
 * Usual is what the same hours of the week had in earlier weeks (their median). Two questions: are hours empty that usually
 * have rows, more of them than in those weeks (see `shareRise`, by day)? And is the number of rows far from that of the
 * earlier windows: below by a quarter (warning) or half (critical), or above by half (warning), and in each case by more than 5
 * robust deviations between them and by more than 4 deviations of a Poisson law?
 *
 * `insufficient-data` with fewer than 3 earlier windows. Cost: one small sort an hour.
 *
 * @param current Every hour of the window, empty ones with 0 rows.
 * @param past The windows of the same hours of the week before.
 * @example
 * const week = (number, rows) => ({
 *   window: { start: number * weekMs, end: (number + 1) * weekMs },
 *   hours: Array.from({ length: 168 }, (_, i) => ({ hour: number * weekMs + i * hourMs, rows: i < 13 ? rows : 1 })),
 * });
 * judgeVolume(week(4, 0), [1, 2, 3].map((number) => week(number, 1))).verdict.reason
 * // '155 rows, usually 168; 13 of 168 hours that usually have rows are empty, the first 1970-01-29T00:00:00Z'
 */
export function judgeVolume(current: WindowVolume, past: readonly WindowVolume[]): QualityCheck {
  const usual = usualByOffset(past);
  const rows = rowsOf(current);
  const expected = expectedHours(current, usual);
  const empty = expected.filter((hour) => hour.rows === 0);
  const totals = past.filter(({ hours }) => hours.length === current.hours.length).map(rowsOf);
  const usualRows = median(totals);
  const rise = shareRise(
    past.flatMap((week) => emptyByDay(expectedHours(week, usual))),
    {
      rows: expected.length,
      hits: empty.length,
    },
  );
  const counts = {
    rows,
    usualRows: usualRows ?? null,
    hours: current.hours.length,
    expectedHours: expected.length,
    emptyHours: empty.length,
    firstEmptyHour: empty[0] === undefined ? null : formatInstant(empty[0].hour),
    pastWindows: totals.length,
  };
  if (usualRows === undefined || totals.length < fewestPast) {
    const reason = `${rows} rows; ${totals.length} earlier windows of the same hours of the week are known, ${fewestPast} are needed`;
    return { check: 'volume', column: '', verdict: { level: 'insufficient-data', reason }, counts };
  }
  const level = worse(levelOfRise(rise, emptyFloors), levelOfTotal(rows, totals, usualRows));
  return {
    check: 'volume',
    column: '',
    verdict: { level, reason: inWords(rows, usualRows, rise, empty) },
    counts,
  };
}

function inWords(
  rows: number,
  usualRows: number,
  { current }: ShareRise,
  [first]: readonly HourVolume[],
): string {
  const head = `${rows} rows, usually ${Math.round(usualRows)}`;
  if (first === undefined) return head;
  const hours = `${current.hits} of ${current.rows} hours that usually have rows ${current.hits === 1 ? 'is' : 'are'} empty`;
  return `${head}; ${hours}, the first ${formatInstant(first.hour)}`;
}

function levelOfTotal(rows: number, totals: readonly number[], usual: number): Level {
  const deviation = perDeviation * (median(totals.map((total) => Math.abs(total - usual))) ?? 0);
  const noise = Math.max(tolerance.deviations * deviation, tolerance.poisson * Math.sqrt(usual));
  if (rows > usual) return rows - usual > Math.max(noise, tolerance.tooMany * usual) ? 'warning' : 'ok';
  if (usual - rows <= Math.max(noise, tolerance.tooFew * usual)) return 'ok';
  return usual - rows > tolerance.farTooFew * usual ? 'critical' : 'warning';
}

const levels = ['ok', 'warning', 'critical'] as const satisfies readonly Level[];

function worse(a: Level, b: Level): Level {
  return levels.findLast((level) => level === a || level === b) ?? 'ok';
}

/** Hours since the start of a window -> the median of the rows of the earlier windows, where enough of them know it. */
function usualByOffset(past: readonly WindowVolume[]): ReadonlyMap<number, number> {
  const rows = new Map<number, number[]>();
  for (const { window, hours } of past) {
    for (const hour of hours) {
      const offset = hour.hour - window.start;
      rows.set(offset, [...(rows.get(offset) ?? []), hour.rows]);
    }
  }
  return new Map(
    [...rows].flatMap(([offset, counts]) =>
      counts.length < fewestPast ? [] : [[offset, median(counts) ?? 0] as const],
    ),
  );
}

/** The hours that usually have at least one row. */
function expectedHours(
  { window, hours }: WindowVolume,
  usual: ReadonlyMap<number, number>,
): readonly HourVolume[] {
  return hours.filter(({ hour }) => (usual.get(hour - window.start) ?? 0) >= 1);
}

function emptyByDay(hours: readonly HourVolume[]): readonly HitCount[] {
  const days = new Map<number, HitCount>();
  for (const { hour, rows } of hours) {
    const day = floorToDay(hour);
    const { rows: counted, hits } = days.get(day) ?? { rows: 0, hits: 0 };
    days.set(day, { rows: counted + 1, hits: hits + Number(rows === 0) });
  }
  return [...days.values()];
}

function rowsOf({ hours }: WindowVolume): number {
  return hours.reduce((sum, { rows }) => sum + rows, 0);
}

function median(numbers: readonly number[]): number | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/**
 * How long, in ms, it may take at most from one row to the next, by hours with rows; undefined with fewer than two of them.
 *
 * @example
 * const hours = [5, 0, 0, 2].map((rows, hour) => ({ hour: hour * hourMs, rows }));
 * longestGapOf([{ window: { start: 0, end: 4 * hourMs }, hours }]) / hourMs // 4
 */
export function longestGapOf(windows: readonly WindowVolume[]): number | undefined {
  const gaps = windows.flatMap(({ hours }) => {
    const filled = hours.filter(({ rows }) => rows > 0);
    return filled.slice(1).map(({ hour }, i) => hour + hourMs - filled[i]!.hour);
  });
  return gaps.length === 0 ? undefined : gaps.reduce((longest, gap) => Math.max(longest, gap));
}
