/** Compares one current window with its reference: all rows, and each segment, within one false-discovery budget. */

import { defaultMethodOf } from '../../core/calibration/default-method.ts';
import { judgeColumns, type ColumnDrift } from '../../core/drift/column-drift.ts';
import { judgeDataset, type DatasetDrift } from '../../core/drift/dataset-drift.ts';
import { distributionOf, type Distribution } from '../../core/drift/distribution.ts';
import { examineColumn, type ColumnEvidence, type ColumnSettings } from '../../core/drift/examine-column.ts';
import type { Importances } from '../../core/importance/importances.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { ReferenceGrid } from '../../core/profile/grid.ts';
import { mergeProfiles } from '../../core/profile/merge.ts';
import type { Profile } from '../../core/profile/profile.ts';
import { rowCountOf } from '../../core/profile/profile.ts';
import { earlierWindows, referenceWindows } from '../../core/reference/windows.ts';
import { compareProfiles } from '../../core/statistics/comparison.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { withoutAlerted } from '../../sql/read-alerted-windows.ts';
import type { Column } from '../profiles/columns.ts';
import { actualColumn, predictionColumns, wholeModel } from '../profiles/columns.ts';
import type { StoredReference } from '../profiles/reference-store.ts';
import { findSegments, readProfiledHours } from '../profiles/store.ts';
import { findCalibrations, type Calibrations } from './calibrations.ts';
import { sumReference, sumWindows, type ColumnProfiles } from './window-profiles.ts';

/** The verdict on the rows of one segment; the one of all rows is named ''. */
export interface SegmentDrift {
  readonly segment: string;
  readonly columns: readonly ColumnDrift[];
  /** Column -> what is drawn of it; of the whole model only. */
  readonly distributions: ReadonlyMap<string, Distribution>;
  readonly dataset: DatasetDrift;
  readonly rows: number;
  /** Rows with any feature out of distribution. */
  readonly outOfDistribution: number;
  readonly referenceRows: number;
  readonly actuals: number;
}

/** What is compared in one segment. */
interface SegmentProfiles {
  readonly segment: string;
  readonly columns: readonly JudgedColumn[];
  readonly calibrations: Calibrations;
  readonly before: ColumnProfiles;
  readonly now: ColumnProfiles;
  /** The windows before that a calibration looks back to, the newest first. */
  readonly earlier: readonly ColumnProfiles[];
}

export interface WindowToJudge {
  readonly current: Window;
  /** Of the drift alert: a season leaves out what it spoke of. */
  readonly alertKey: string;
  /** Feature -> how much it matters to the model, where that is known. */
  readonly weights: Importances;
}

/**
 * The whole model first, then its segments by name; undefined where a calibration is not there any more. Call it on a
 * snapshot in which all hours are profiled.
 */
export async function judgeWindow(
  connection: Queryable,
  monitor: Monitor,
  reference: StoredReference,
  window: WindowToJudge,
): Promise<[SegmentDrift, ...SegmentDrift[]] | undefined> {
  const { current, weights } = window;
  const segments = await segmentsIn(connection, monitor, reference, current);
  const examined = [];
  for (const segment of segments) {
    const profiles = await loadSegment(connection, monitor, reference, window, segment);
    if (profiles === undefined) return undefined;
    examined.push({ ...profiles, evidence: examineSegment(profiles, weights) });
  }
  const { alpha, share } = monitor.drift;
  const judged = judgeColumns(
    examined.flatMap(({ evidence }) => evidence),
    { alpha },
  );
  let position = 0;
  const drifts: SegmentDrift[] = [];
  for (const { segment, evidence, before, now } of examined) {
    const columns = judged.slice(position, (position += evidence.length));
    const hours = await readProfiledHours(connection, monitor.model, reference.id, segment, current);
    drifts.push({
      segment,
      columns,
      distributions: segment === wholeModel ? distributionsOf(reference, before, now) : new Map(),
      dataset: judgeDataset(columns, { share }),
      rows: hours.reduce((sum, { rows }) => sum + rows, 0),
      outOfDistribution: hours.reduce((sum, { outOfDistribution }) => sum + outOfDistribution, 0),
      referenceRows: rowsOf(before.get('prediction')),
      actuals: rowsOf(now.get('actual')),
    });
  }
  return drifts as [SegmentDrift, ...SegmentDrift[]];
}

/** The segments that a window is judged by, all rows first. */
export async function segmentsIn(
  connection: Queryable,
  monitor: Monitor,
  reference: StoredReference,
  current: Window,
): Promise<string[]> {
  const { model, segments } = monitor;
  const named = segments.length === 0 ? [] : await findSegments(connection, model, reference.id, current);
  return [wholeModel, ...named];
}

async function loadSegment(
  connection: Queryable,
  monitor: Monitor,
  reference: StoredReference,
  { current, alertKey }: WindowToJudge,
  segment: string,
): Promise<SegmentProfiles | undefined> {
  const { model } = monitor;
  const sum = (windows: readonly Window[]): Promise<ColumnProfiles> =>
    sumWindows(connection, model, reference, segment, windows);
  const columns = columnsOf(monitor, reference);
  const methods = methodsToCalibrate(columns);
  const calibrations = await findCalibrations(connection, { monitor, reference, current, segment, methods });
  if (calibrations === undefined) return undefined;
  const earlier: ColumnProfiles[] = [];
  for (const window of earlierWindows(current, furthestLookback(calibrations)))
    earlier.push(await sum([window]));
  const loaded = { segment, columns, calibrations, earlier, now: await sum([current]) };
  if (monitor.reference.kind !== 'seasonal') {
    return { ...loaded, before: await sumReference(connection, model, reference, segment) };
  }
  const { compared } = referenceWindows(monitor.reference, current);
  const calm = await withoutAlerted(connection, { model, key: alertKey }, compared);
  return { ...loaded, before: await sum(calm) };
}

/** Windows that no calibration looks back to need not be read. */
function furthestLookback(calibrations: Calibrations): number {
  const lookbacks = [...calibrations.values()].map(({ recent }) =>
    'unknown' in recent ? 0 : recent.lookback,
  );
  return Math.max(0, ...lookbacks);
}

function distributionsOf(
  { grids }: StoredReference,
  before: ColumnProfiles,
  now: ColumnProfiles,
): ReadonlyMap<string, Distribution> {
  return new Map(
    [...grids].map(([column, grid]) => [
      column,
      distributionOf(compareProfiles(grid, before.get(column)!, now.get(column)!)),
    ]),
  );
}

function examineSegment(
  { segment, columns, calibrations, before, now, earlier }: SegmentProfiles,
  weights: Importances,
): ColumnEvidence[] {
  return columns.flatMap(({ settings, grid }) => {
    const { column } = settings;
    const [old, young] = [before.get(column), now.get(column)];
    if (old === undefined || young === undefined) return [];
    const context = contextOf(grid, calibrations, earlier, column);
    const weight = settings.subject === 'feature' ? weights[column] : undefined;
    const asked = {
      ...settings,
      ...(segment !== wholeModel && { segment }),
      ...(weight !== undefined && { weight }),
    };
    return [examineColumn(asked, compareProfiles(grid, old, young), context)];
  });
}

/** What is known about the past of a column: its calibration, and the sum of as many windows as that looks back. */
function contextOf(
  grid: ReferenceGrid,
  calibrations: Calibrations,
  earlier: readonly ColumnProfiles[],
  column: string,
): Parameters<typeof examineColumn>[2] {
  const calibration = calibrations.get(column);
  if (calibration === undefined) return {};
  if ('unknown' in calibration.recent) return { calibration };
  const windows = earlier
    .slice(0, calibration.recent.lookback)
    .flatMap((profiles) => profiles.get(column) ?? []);
  return { calibration, recent: mergeProfiles(grid, windows) };
}

interface JudgedColumn {
  readonly settings: ColumnSettings;
  readonly grid: ReferenceGrid;
}

/** The columns that the reference has a grid for, with how they are judged. */
export function columnsOf(monitor: Monitor, reference: StoredReference): JudgedColumn[] {
  return [...predictionColumns(monitor), actualColumn(monitor)].flatMap((column) => {
    const grid = reference.grids.get(column.name);
    return grid === undefined ? [] : [{ settings: settingsOf(monitor, column, grid), grid }];
  });
}

/** A fixed threshold needs no calibration. */
export function methodsToCalibrate(
  columns: readonly JudgedColumn[],
): ReadonlyMap<string, ColumnSettings['decidingMethod']> {
  return new Map(
    columns
      .filter(({ settings }) => settings.threshold === undefined)
      .map(({ settings }) => [settings.column, settings.decidingMethod]),
  );
}

function settingsOf(monitor: Monitor, { name, subject, kind }: Column, grid: ReferenceGrid): ColumnSettings {
  const configured = subject === 'feature' ? monitor.features[name]! : monitor[subject];
  return {
    subject,
    column: name,
    kind,
    decidingMethod: configured.method ?? defaultMethodOf(grid),
    ...(configured.threshold !== undefined && { threshold: configured.threshold }),
    enabled: configured.enabled,
    minimumRows: monitor.drift.minimumRows,
  };
}

function rowsOf(profile: Profile | undefined): number {
  return profile === undefined ? 0 : rowCountOf(profile);
}
