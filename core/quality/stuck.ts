import type { ColumnKind } from '../profile/grid.ts';
import type { Verdict } from '../verdict.ts';
import { formatInstant } from '../window.ts';
import type { QualityCheck } from './check.ts';
import type { ColumnSpan } from './column-span.ts';
import { expectedRuns, fitRunLaw, runsOf, type Run, type RunLaw } from './runs.ts';
import { largestStepOf, stepBetween } from './spells.ts';

/** Fewer hours teach nothing about runs. */
const fewestUsualHours = 48;

/**
 * When a run is unusual: it has so many hours, so many times those of the longest usual one, and fewer than so many of its
 * length are expected in the window. A foggy day makes an even run too, but it comes and goes slowly: one that begins or ends with
 * a jump needs less.
 */
const unusual = { hours: 6, timesLongest: 1.5, expected: 1e-7, expectedWithJump: 1e-3 } as const;

interface RunsFound {
  /** The longest run of one value in the window, or else its first hour; undefined without values. */
  readonly longest: Run | undefined;
  /** Is it all there is? */
  readonly isWhole: boolean;
  /** Undefined where too few hours are known. */
  readonly law: RunLaw | undefined;
  /** Runs of its length that are usual in such a window. */
  readonly expected: number | undefined;
  readonly isUnusual: boolean;
}

/**
 * Does a column stand still for unusually long: a stuck sensor, a frozen feed, a join that repeats its last row?
 *
 * Two checks: `constant` when one value fills the whole window, of either kind; `stuck` when a continuous column has one value
 * in all rows of many hours on end. Both hold the longest run of the window against the runs of the usual hours, whose lengths
 * follow a geometric tail (see `fitRunLaw`). Unusual is a run of at least 6 hours, half as long again as the longest usual
 * one, of which fewer than 1e-7 are expected; or fewer than 0.001, when it is entered or left by a step larger than any usual
 * one. So it takes a frozen sensor of two decimals a day or two, and one of six decimals 6 hours. Rows of an hour that
 * differ, such as those of several entities, are no run.
 *
 * `insufficient-data` without values, or with fewer than 48 usual hours. Cost: a pass over the hours and a sort of the runs.
 *
 * @param usual The hours before the window, or of the reference, in time order.
 */
export function judgeRuns(
  column: string,
  kind: ColumnKind,
  usual: readonly ColumnSpan[],
  current: readonly ColumnSpan[],
): readonly QualityCheck[] {
  const found = findRuns(usual, current);
  const constant = judged('constant', column, found, constantVerdict);
  return kind === 'categorical' ? [constant] : [constant, judged('stuck', column, found, stuckVerdict)];
}

function findRuns(usual: readonly ColumnSpan[], current: readonly ColumnSpan[]): RunsFound {
  const usualRuns = runsOf(usual);
  const law = hoursIn(usualRuns) < fewestUsualHours ? undefined : fitRunLaw(usualRuns);
  const runs = runsOf(current);
  const longest = runs.reduce<Run | undefined>(
    (best, run) => (best === undefined || run.hours > best.hours ? run : best),
    undefined,
  );
  const found = { longest, isWhole: runs.length === 1, law };
  if (law === undefined || longest?.value === undefined)
    return { ...found, expected: undefined, isUnusual: false };
  const expected = expectedRuns(law, longest.hours, hoursIn(runs));
  const isLong = longest.hours >= Math.max(unusual.hours, unusual.timesLongest * law.longest);
  const isUnusual =
    isLong &&
    (expected < unusual.expected || (expected < unusual.expectedWithJump && isJump(longest, usual, current)));
  return { ...found, expected, isUnusual };
}

/** Was a run entered or left by a step larger than any usual one? */
function isJump(run: Run, usual: readonly ColumnSpan[], current: readonly ColumnSpan[]): boolean {
  const largest = largestStepOf('low', usual);
  if (largest === undefined) return false;
  const hours = [...usual.filter(({ window }) => window.end <= run.start), ...current].filter(
    ({ extent }) => extent !== undefined,
  );
  const first = hours.findIndex(({ window }) => window.start === run.start);
  const last = hours.findIndex(({ window }) => window.end === run.end);
  const steps = [
    stepBetween('low', hours[first - 1], hours[first]),
    stepBetween('low', hours[last], hours[last + 1]),
  ];
  return steps.some((step) => step !== undefined && step > largest);
}

function hoursIn(runs: readonly Run[]): number {
  return runs.reduce((sum, { hours }) => sum + hours, 0);
}

type Judge = (longest: Run, law: RunLaw, found: RunsFound) => Verdict;

const constantVerdict: Judge = (longest, law, { isWhole, isUnusual }) => {
  if (longest.value === undefined || !isWhole) return { level: 'ok', reason: 'it has several values' };
  const words = `it is ${longest.value} in all ${longest.hours} hours`;
  return isUnusual
    ? { level: 'critical', reason: `${words}, usually in at most ${law.longest} on end` }
    : { level: 'ok', reason: `${words}, which is not unusual` };
};

const stuckVerdict: Judge = (longest, law, { isWhole, isUnusual }) => {
  const { value, hours, start } = longest;
  if (value === undefined) return { level: 'ok', reason: 'no hour has one value only' };
  const words = `at ${value} for ${hours} ${hours === 1 ? 'hour' : 'hours'} from ${formatInstant(start)}, usually for at most ${law.longest}`;
  // A whole window is spoken of by `constant`.
  return isUnusual && !isWhole
    ? { level: 'warning', reason: `it stood still ${words}` }
    : { level: 'ok', reason: `its longest run is ${words}` };
};

function judged(check: 'constant' | 'stuck', column: string, found: RunsFound, judge: Judge): QualityCheck {
  const { longest, law, expected } = found;
  return {
    check,
    column,
    verdict:
      longest === undefined
        ? { level: 'insufficient-data', reason: 'the current window has no value' }
        : law === undefined
          ? {
              level: 'insufficient-data',
              reason: `fewer than ${fewestUsualHours} hours with values are known besides`,
            }
          : judge(longest, law, found),
    counts: {
      longestRunHours: longest?.value === undefined ? 0 : longest.hours,
      longestRunValue: longest?.value ?? null,
      longestUsualRunHours: law?.longest ?? null,
      expectedRuns: expected ?? null,
    },
  };
}
