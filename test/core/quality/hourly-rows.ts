/** The checks of a drift run over rows in memory: what activities/quality does with stored profiles. */

import type { Monitor } from '../../../core/monitor/schema.ts';
import { buildCategoricalGrid, buildContinuousGrid, type ReferenceGrid } from '../../../core/profile/grid.ts';
import { mergeProfiles } from '../../../core/profile/merge.ts';
import { buildProfile, levelOf, type Profile } from '../../../core/profile/profile.ts';
import type { QualityCheck } from '../../../core/quality/check.ts';
import { judgeColumnQuality } from '../../../core/quality/column-quality.ts';
import { columnSpan, type ColumnSpan } from '../../../core/quality/column-span.ts';
import { knownWindows } from '../../../core/quality/known-windows.ts';
import { judgeVolume, type WindowVolume } from '../../../core/quality/volume.ts';
import { referenceWindows } from '../../../core/reference/windows.ts';
import { dayMs, floorToDay, hourMs, hoursOf, type Window } from '../../../core/window.ts';

/** At most one an hour. */
export interface HourlyRow {
  readonly hour: number;
  readonly values: Readonly<Record<string, unknown>>;
}

export type ColumnKinds = Readonly<Record<string, 'continuous' | 'categorical'>>;

/** Judges windows of hourly rows by their profiles and their volume. */
export function createJudge(
  rows: readonly HourlyRow[],
  kinds: ColumnKinds,
  reference: Monitor['reference'],
): (window: Window) => readonly QualityCheck[] {
  const byHour = new Map(rows.map((row) => [row.hour, row]));
  const filled = (windows: readonly Window[]): number[] =>
    windows.flatMap(hoursOf).filter((hour) => byHour.has(hour));
  const columns = new Map<string, ColumnSpans>();
  const spansOf = (name: string, gridWindow: Window): ColumnSpans => {
    const key = `${name} ${gridWindow.start} ${gridWindow.end}`;
    const known = columns.get(key);
    if (known !== undefined) return known;
    const valueAt = (hour: number): unknown => byHour.get(hour)?.values[name];
    const made = createSpans(buildGrid(kinds[name]!, filled([gridWindow]).map(valueAt)), valueAt);
    columns.set(key, made);
    return made;
  };

  return (current) => {
    const { grid } = referenceWindows(reference, current);
    const known = knownWindows(reference, current, rows[0]!.hour);
    const hours = {
      reference: filled(known.reference),
      others: filled(known.others),
      usual: filled(known.usual),
      current: filled([current]),
    };
    const checks = Object.keys(kinds).flatMap((column) => {
      const spans = spansOf(column, grid!);
      return judgeColumnQuality({
        column,
        grid: spans.grid,
        reference: spans.byDay(hours.reference),
        others: spans.byDay(hours.others),
        usual: hours.usual.map(spans.ofHour),
        current: hours.current.map(spans.ofHour),
      });
    });
    const volume = (window: Window): WindowVolume => ({
      window,
      hours: hoursOf(window).map((hour) => ({ hour, rows: Number(byHour.has(hour)) })),
    });
    return [...checks, judgeVolume(volume(current), known.earlier.map(volume))];
  };
}

interface ColumnSpans {
  readonly grid: ReferenceGrid;
  readonly ofHour: (hour: number) => ColumnSpan;
  readonly byDay: (hours: readonly number[]) => ColumnSpan[];
}

function createSpans(grid: ReferenceGrid, valueAt: (hour: number) => unknown): ColumnSpans {
  const profiles = new Map<number, Profile>();
  const spans = new Map<string, ColumnSpan>();
  const profileOf = (hour: number): Profile => {
    const profile = profiles.get(hour) ?? buildProfile(grid, [valueAt(hour)]);
    profiles.set(hour, profile);
    return profile;
  };
  const spanOf = (start: number, end: number, hours: readonly number[]): ColumnSpan => {
    const key = `${start} ${end} ${hours.length}`;
    const span =
      spans.get(key) ?? columnSpan({ start, end }, mergeProfiles(grid, hours.map(profileOf)), grid);
    spans.set(key, span);
    return span;
  };
  return {
    grid,
    ofHour: (hour) => spanOf(hour, hour + hourMs, [hour]),
    byDay: (hours) => {
      const days = new Map<number, number[]>();
      for (const hour of hours) {
        const day = floorToDay(hour);
        const ofDay = days.get(day);
        if (ofDay === undefined) days.set(day, [hour]);
        else ofDay.push(hour);
      }
      return [...days].map(([day, ofDay]) => spanOf(day, day + dayMs, ofDay));
    },
  };
}

function buildGrid(kind: 'continuous' | 'categorical', values: readonly unknown[]): ReferenceGrid {
  return kind === 'continuous'
    ? buildContinuousGrid(Float64Array.from(values.filter((value) => typeof value === 'number')))
    : buildCategoricalGrid(values.map(levelOf).filter((level) => level !== undefined));
}
