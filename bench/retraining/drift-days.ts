/** On which days do the features of a history look drifted, by our verdict and by Evidently's rule? */

import type { DriftEvidence } from '../../core/degradation/evidence.ts';
import { dayMs, floorToDay, type Window } from '../../core/window.ts';
import type { Source } from '../estimation/cases.ts';
import type { Series } from '../false-alarms/series.ts';
import { judgeRun, prepare } from '../false-alarms/window-runs.ts';

const windowDays = 7;
const alpha = 0.05;

/** Share of the features that drifted in the week before each day, against the reference. */
export interface DriftShares {
  readonly ours: ReadonlyMap<number, number>;
  readonly evidently: ReadonlyMap<number, number>;
}

export function driftShares(source: Source, reference: Window, span: Window): DriftShares {
  const day = (instant: number): number => Math.round(instant / dayMs);
  const until = day(span.end);
  const examiners = source.columns.map((column) =>
    prepare(
      seriesOf(source, column),
      { first: day(reference.start), end: day(reference.end) },
      until,
      windowDays,
    ),
  );
  const ours = new Map<number, number>();
  const evidently = new Map<number, number>();
  for (let end = day(reference.end) + windowDays; end <= until; end += 1) {
    const run = examiners.map((examine) => examine(end, [(value) => value]));
    const judged = run.flatMap((examined, column) =>
      examined === undefined ? [] : [judgeRun(run, column, 0, alpha).called],
    );
    if (judged.length === 0) continue;
    ours.set(end * dayMs, judged.filter((called) => called.ours).length / judged.length);
    evidently.set(end * dayMs, judged.filter((called) => called.evidently).length / judged.length);
  }
  return { ours, evidently };
}

/** A share as a degradation check would find it. */
export function evidenceOf(shares: ReadonlyMap<number, number>, asOf: number): DriftEvidence | undefined {
  const end = floorToDay(asOf);
  const share = shares.get(end);
  if (share === undefined) return undefined;
  return {
    window: { start: end - windowDays * dayMs, end },
    share: { value: share },
    verdict: { level: share > 0.5 ? 'critical' : 'ok', reason: `${share} of the features drifted` },
    sampleSize: 168,
    columns: {},
  };
}

/** Levels are numbered in the order of their names. */
function seriesOf({ rows }: Source, { name, kind }: Source['columns'][number]): Series {
  const known = rows.filter(({ features }) => features[name] !== null && features[name] !== undefined);
  const days = Int32Array.from(known, ({ time }) => Math.floor(time / dayMs));
  if (kind === 'continuous')
    return { name, kind, days, values: Float64Array.from(known, ({ features }) => Number(features[name])) };
  const levels = [...new Set(known.map(({ features }) => String(features[name])))].sort();
  const indexOf = new Map(levels.map((level, index) => [level, index]));
  return {
    name,
    kind,
    days,
    values: Float64Array.from(known, ({ features }) => indexOf.get(String(features[name]))!),
  };
}
