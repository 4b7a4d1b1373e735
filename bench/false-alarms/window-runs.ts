/** Judges windows of series as production does: profiles by day, a calibration of the reference, one run a window. */

import { calibrateColumn } from '../../core/calibration/calibration.ts';
import { defaultMethodOf } from '../../core/calibration/default-method.ts';
import { effectiveSizes } from '../../core/calibration/effective-size.ts';
import type { ProfiledHour } from '../../core/calibration/window-sums.ts';
import { sumHistory } from '../../core/calibration/window-sums.ts';
import { judgeColumns, type ColumnDrift } from '../../core/drift/column-drift.ts';
import { examineColumn, type ColumnEvidence } from '../../core/drift/examine-column.ts';
import { adjustPValues } from '../../core/drift/false-discovery.ts';
import { buildCategoricalGrid, buildContinuousGrid } from '../../core/profile/grid.ts';
import { buildProfile, type Profile } from '../../core/profile/profile.ts';
import { earlierWindows } from '../../core/reference/windows.ts';
import { compareProfiles } from '../../core/statistics/comparison.ts';
import { computeMethod, methodOf, type MethodName } from '../../core/statistics/registry.ts';
import { dayMs } from '../../core/window.ts';
import { evidentlyRule, nannymlRule } from './peer-rules.ts';
import type { Series } from './series.ts';

/** What is done to the values of one window: a fault to be seen. */
export type Fault = (value: number, deviation: number) => number;

/** One column in one window, for each of the faults. */
export interface Examined {
  readonly ours: readonly ColumnEvidence[];
  /** p of Kolmogorov-Smirnov (chi-squared for levels) at effective sizes. */
  readonly plain: readonly number[];
  /** Alarms of the peers. */
  readonly evidently: readonly boolean[];
  readonly nannyml: readonly boolean[];
}

/** A stretch of days, the last one not included. */
export interface Days {
  readonly first: number;
  readonly end: number;
}

/** A column with its reference, ready to examine windows that end on a day. */
export function prepare(
  series: Series,
  reference: Days,
  /** The end of the last window. */
  until: number,
  windowDays: number,
  chosen?: MethodName,
): (end: number, faults: readonly Fault[]) => Examined | undefined {
  const { days, values, kind = 'continuous' } = series;
  const valuesOf = (first: number, end: number): Float64Array =>
    values.subarray(lowerBound(days, first), lowerBound(days, end));
  const known = valuesOf(reference.first, reference.end);
  const grid =
    kind === 'continuous' ? buildContinuousGrid(known) : buildCategoricalGrid([...known].map(String));
  const deviation = grid.kind === 'continuous' ? (grid.summary?.standardDeviation ?? 0) : 1;
  const profileOf = (values: Float64Array): Profile =>
    grid.kind === 'continuous' ? buildProfile(grid, values) : buildProfile(grid, [...values]);
  const method = chosen ?? defaultMethodOf(grid);
  const profiled: ProfiledHour[] = [];
  for (let day = reference.first; day < until; day += 1) {
    profiled.push({ start: day * dayMs, profile: profileOf(valuesOf(day, day + 1)) });
  }
  const windowLength = windowDays * dayMs;
  const span = { start: reference.first * dayMs, end: reference.end * dayMs };
  const calibration = calibrateColumn({
    grid,
    method,
    windowLength,
    end: span.end,
    reference: [span],
    hours: profiled.filter(({ start }) => start < span.end),
  });
  const history = sumHistory(grid, profiled, { length: windowLength, end: span.end });
  const whole = history.sumOf([span]);
  const lookback = 'lookback' in calibration.recent ? calibration.recent.lookback : 1;
  const settings = {
    subject: 'feature',
    column: series.name,
    kind,
    decidingMethod: method,
    enabled: true,
    minimumRows: 5,
  } as const;
  const plain = kind === 'continuous' ? 'kolmogorov-smirnov' : 'chi-squared';
  const evidently = evidentlyRule(kind, known);
  const chunks = Array.from({ length: Math.floor((reference.end - reference.first) / windowDays) }, (_, i) =>
    valuesOf(reference.first + i * windowDays, reference.first + (i + 1) * windowDays),
  );
  const nannyml = nannymlRule(kind, known, chunks);

  return (end, faults) => {
    const current = valuesOf(end - windowDays, end);
    if (current.length < settings.minimumRows) return undefined;
    const window = { start: (end - windowDays) * dayMs, end: end * dayMs };
    const recent = history.sumOf(earlierWindows(window, lookback));
    const sizes = effectiveSizes(
      { reference: grid.count, current: current.length },
      calibration.designEffect,
    );
    const faulty = faults.map((fault) => current.map((value) => fault(value, deviation)));
    const comparisons = faulty.map((values) => compareProfiles(grid, whole, profileOf(values)));
    return {
      ours: comparisons.map((comparison) => examineColumn(settings, comparison, { calibration, recent })),
      plain: comparisons.map((comparison) => {
        const found = computeMethod(plain, comparison);
        return 'notComputable' in found ? 1 : methodOf(plain).pValueAt!(found, comparison, sizes);
      }),
      evidently: faulty.map(evidently),
      nannyml: faulty.map(nannyml),
    };
  };
}

/** Who judges; `plain`: Kolmogorov-Smirnov or chi-squared at effective sizes, corrected as ours is. */
export const judges = ['ours', 'plain', 'evidently', 'nannyml'] as const;
export type Judge = (typeof judges)[number];

export function byJudge<T>(of: (judge: Judge) => T): Readonly<Record<Judge, T>> {
  return { ours: of('ours'), plain: of('plain'), evidently: of('evidently'), nannyml: of('nannyml') };
}

export interface Judgement {
  /** Our word on the column with the fault. */
  readonly drift: ColumnDrift;
  /** Who called that column drifted. */
  readonly called: Readonly<Record<Judge, boolean>>;
  /** Who called any column drifted. */
  readonly calledAny: Readonly<Record<Judge, boolean>>;
}

/** Judges one run in which one column has the fault of that index, all others the first, which is none. */
export function judgeRun(
  run: readonly (Examined | undefined)[],
  column: number,
  fault: number,
  alpha: number,
): Judgement {
  const known = run.flatMap((examined, other) =>
    examined === undefined ? [] : [{ examined, other, at: other === column ? fault : 0 }],
  );
  const position = known.findIndex(({ other }) => other === column);
  const drifts = judgeColumns(
    known.map(({ examined, at }) => examined.ours[at]!),
    { alpha },
  );
  const adjusted = adjustPValues(known.map(({ examined, at }) => examined.plain[at]!));
  const alarms: Record<Judge, readonly boolean[]> = {
    ours: drifts.map(({ drifted }) => drifted === 'yes'),
    plain: adjusted.map((pValue) => pValue <= alpha),
    evidently: known.map(({ examined, at }) => examined.evidently[at]!),
    nannyml: known.map(({ examined, at }) => examined.nannyml[at]!),
  };
  return {
    drift: drifts[position]!,
    called: byJudge((judge) => alarms[judge][position]!),
    calledAny: byJudge((judge) => alarms[judge].includes(true)),
  };
}

/** The first index at or above. */
function lowerBound(sorted: Int32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
