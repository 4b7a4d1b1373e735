import { formatShare } from '../number-text.ts';
import type { ContinuousGrid } from '../profile/grid.ts';
import type { Verdict } from '../verdict.ts';
import type { QualityCheck } from './check.ts';
import { extentOf, totalOf, type ColumnSpan, type Extent } from './column-span.ts';
import { shareRise } from './share-rise.ts';
import { levelOfRise } from './share-verdict.ts';
import { distanceOutside, spellsOf, stepBetween, unusualStepOf, usualReachOf, type Side } from './spells.ts';

/** Beyond the known range by half of its width, a value is suspicious however it was reached. */
const farWidths = 0.5;

/**
 * Are values outside the known range, in a way that is more than change?
 *
 * Known is the range of the reference and of what was before the window. A season sets records too, but step by step: a spell
 * of hours outside is suspicious when it is entered or left by an unusual step from the lowest or highest value of one hour to that of
 * the next (see `unusualStepOf`), or when it lies outside by half of the range's width, and farther than the extremes of rain or
 * of prices reach (see `usualReachOf`). The suspicious values are then held against none among the known ones (see `shareRise`).
 *
 * `insufficient-data` where no range is known or the window has no value. Where an hour has several values, all of them
 * that are outside the reference's range count with it. Cost: a pass over the hours.
 *
 * @param known The reference and what was before the window: days or hours, without the window itself.
 * @param usual The hours before the window, or of the reference, in time order.
 */
export function judgeRange(
  column: string,
  grid: ContinuousGrid,
  known: readonly ColumnSpan[],
  usual: readonly ColumnSpan[],
  current: readonly ColumnSpan[],
): QualityCheck {
  const range = extentOf(known.map(({ extent }) => extent).concat(grid.summary));
  const values = totalOf(current, 'values');
  const outside = totalOf(current, 'below') + totalOf(current, 'above');
  const suspicious =
    range === undefined
      ? 0
      : countSuspicious('low', range, usual, current) + countSuspicious('high', range, usual, current);
  const knownValues = Math.max(totalOf(known, 'values'), grid.count);
  const rise = shareRise([{ rows: knownValues, hits: 0 }], { rows: values, hits: suspicious });
  return {
    check: 'range',
    column,
    verdict: verdictOf(range, values, outside, suspicious, levelOfRise(rise)),
    counts: {
      values,
      outsideReference: outside,
      suspicious,
      knownMinimum: range?.min ?? null,
      knownMaximum: range?.max ?? null,
    },
  };
}

function verdictOf(
  range: Extent | undefined,
  values: number,
  outside: number,
  suspicious: number,
  level: Verdict['level'],
): Verdict {
  if (values === 0) return { level: 'insufficient-data', reason: 'the current window has no value' };
  if (range === undefined) return { level: 'insufficient-data', reason: 'no range is known' };
  const span = `${numberText(range.min)} to ${numberText(range.max)}`;
  const share = (count: number): string =>
    `${count} of ${values} values (${formatShare(count / values)}) are`;
  if (suspicious > 0) {
    return { level, reason: `${share(suspicious)} outside ${span}, far away or reached by a jump` };
  }
  const reason =
    outside === 0
      ? `no value is outside ${span}`
      : `${share(outside)} outside the reference's range, but not far, and reached step by step`;
  return { level, reason };
}

function countSuspicious(
  side: Side,
  range: Extent,
  usual: readonly ColumnSpan[],
  current: readonly ColumnSpan[],
): number {
  const unusual = unusualStepOf(side, usual);
  const far = Math.max(farWidths * (range.max - range.min), usualReachOf(side, usual));
  const first = current[0]?.window.start ?? 0;
  const previous = usual.findLast(({ window, extent }) => window.end <= first && extent !== undefined);
  return spellsOf(side, range, current, previous).reduce((sum, { hours, before, after }) => {
    // How it was left counts only where it is not known how it was entered: storms end hot days at once.
    const step = stepBetween(side, before, hours[0]) ?? stepBetween(side, hours.at(-1), after) ?? 0;
    const isJump = unusual !== undefined && step > unusual;
    const counted = hours.filter((hour) => isJump || distanceOutside(side, range, hour) >= far);
    return sum + counted.reduce((count, hour) => count + (side === 'low' ? hour.below : hour.above), 0);
  }, 0);
}

/**
 * Six digits, as people write a number.
 *
 * @example numberText(1234567.8) // '1234570'
 */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(6)));
}
