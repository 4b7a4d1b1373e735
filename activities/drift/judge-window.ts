/** Compares one current window with its reference: all rows, and each segment. */

import type { ColumnDrift } from '../../core/drift/column-drift.ts';
import { judgeColumn } from '../../core/drift/column-drift.ts';
import { judgeDataset, type DatasetDrift } from '../../core/drift/dataset-drift.ts';
import type { FeatureKind, Monitor } from '../../core/monitor/schema.ts';
import { rowCountOf } from '../../core/profile/profile.ts';
import { referenceWindows } from '../../core/reference/windows.ts';
import type { MethodName } from '../../core/statistics/registry.ts';
import { methodOf } from '../../core/statistics/registry.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Column } from '../profiles/columns.ts';
import { actualColumn, predictionColumns, wholeModel } from '../profiles/columns.ts';
import type { StoredReference } from '../profiles/reference-store.ts';
import { findSegments, readProfiledHours } from '../profiles/store.ts';
import { withoutAlerted } from './alerted-windows.ts';
import { sumReference, sumWindows, type ColumnProfiles } from './window-profiles.ts';

/** The verdict on the rows of one segment; the one of all rows is named ''. */
export interface SegmentDrift {
  readonly segment: string;
  readonly columns: readonly ColumnDrift[];
  readonly dataset: DatasetDrift;
  readonly rows: number;
  /** Rows with any feature out of distribution. */
  readonly outOfDistribution: number;
  readonly referenceRows: number;
  readonly actuals: number;
}

/** The whole model first, then its segments by name. */
export async function judgeWindow(
  connection: Queryable,
  monitor: Monitor,
  reference: StoredReference,
  current: Window,
  alertKey: string,
): Promise<readonly SegmentDrift[]> {
  const { model } = monitor;
  const named =
    monitor.segments.length === 0 ? [] : await findSegments(connection, model, reference.id, current);
  const { compared } = referenceWindows(monitor.reference, current);
  // Only a season is made of windows that have been judged.
  const fit =
    monitor.reference.kind === 'seasonal'
      ? await withoutAlerted(connection, { model, key: alertKey }, compared)
      : compared;
  const segments: SegmentDrift[] = [];
  for (const segment of [wholeModel, ...named]) {
    const before =
      monitor.reference.kind === 'seasonal'
        ? await sumWindows(connection, model, reference, segment, fit)
        : await sumReference(connection, model, reference, segment);
    const now = await sumWindows(connection, model, reference, segment, [current]);
    segments.push(await judgeSegment(connection, monitor, reference, current, segment, before, now));
  }
  return segments;
}

async function judgeSegment(
  connection: Queryable,
  monitor: Monitor,
  reference: StoredReference,
  current: Window,
  segment: string,
  before: ColumnProfiles,
  now: ColumnProfiles,
): Promise<SegmentDrift> {
  const { model } = monitor;
  const hours = await readProfiledHours(connection, model, reference.id, segment, current);
  const columns = [...predictionColumns(monitor), actualColumn(monitor)].flatMap((column) => {
    const grid = reference.grids.get(column.name);
    const [old, young] = [before.get(column.name), now.get(column.name)];
    return grid === undefined || old === undefined || young === undefined
      ? []
      : [judgeColumn(settingsOf(monitor, column), old, young, grid)];
  });
  const predictions = before.get('prediction');
  const actuals = now.get('actual');
  return {
    segment,
    columns,
    dataset: judgeDataset(columns, monitor.drift.share),
    rows: hours.reduce((sum, { rows }) => sum + rows, 0),
    outOfDistribution: hours.reduce((sum, { outOfDistribution }) => sum + outOfDistribution, 0),
    referenceRows: predictions === undefined ? 0 : rowCountOf(predictions),
    actuals: actuals === undefined ? 0 : rowCountOf(actuals),
  };
}

/** Deciding methods where the monitor names none. */
const defaultMethod: Readonly<Record<FeatureKind, MethodName>> = {
  continuous: 'wasserstein',
  categorical: 'chi-squared',
};

function settingsOf(monitor: Monitor, { name, subject, kind }: Column): Parameters<typeof judgeColumn>[0] {
  const configured = subject === 'feature' ? monitor.features[name]! : monitor[subject];
  const decidingMethod = configured.method ?? defaultMethod[kind];
  return {
    subject,
    column: name,
    kind,
    decidingMethod,
    threshold: configured.threshold ?? methodOf(decidingMethod).threshold,
    enabled: configured.enabled,
    minimumRows: monitor.drift.minimumRows,
  };
}
