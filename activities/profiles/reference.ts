/** Which data counts as accepted quality, and the grids that freeze it. */

import { createHash } from 'node:crypto';

import type { Monitor } from '../../core/monitor/schema.ts';
import type { ReferenceGrid } from '../../core/profile/grid.ts';
import {
  buildCategoricalGrid,
  buildContinuousGrid,
  gridFromTrainingStatistics,
} from '../../core/profile/grid.ts';
import type { Window } from '../../core/window.ts';
import { referenceWindows } from '../../core/reference/windows.ts';
import { durationMs, formatDay } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { RowConnection } from '../feature-rows/row-connection.ts';
import { canonicalJson } from '../monitors/configuration.ts';
import type { Column } from './columns.ts';
import { actualColumn, predictionColumns } from './columns.ts';
import type { ReferenceSpecification, StoredReference } from './reference-store.ts';
import { addActualGrid, findReference, insertReference } from './reference-store.ts';
import { collectorOf, readReference, type ReferenceValues } from './reference-values.ts';
import { listRemoved } from '../storage/removed-rows.ts';
import { readActuals } from './store.ts';

/** The reference that a current window is compared with. Other columns or segments make another one. */
export function specifyReference(monitor: Monitor, current: Window): ReferenceSpecification {
  const { reference } = monitor;
  const window = referenceWindows(reference, current).grid;
  const columns = [...predictionColumns(monitor), actualColumn(monitor)].map(({ name, kind }) => [
    name,
    kind,
  ]);
  const content = {
    reference: reference.kind === 'training-statistics' ? reference : reference.kind,
    window,
    columns,
    ...(monitor.segments.length > 0 && { segments: monitor.segments }),
  };
  const id = createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 16);
  return { id, kind: reference.kind, window };
}

/** The actuals of a reference are frozen once this share of its predictions has one, or at the actuals horizon. */
const enoughActuals = 0.8;

/**
 * The reference, built from the stored predictions when it is not there yet; or in words why it cannot be. Call it under
 * the profile lock.
 */
export async function ensureReference(
  connection: RowConnection,
  monitor: Monitor,
  specification: ReferenceSpecification,
  asOf: number,
): Promise<StoredReference | { readonly missing: string }> {
  const { model } = monitor;
  const { id, window } = specification;
  // Asked first: whether a run of a day within the reference is judged must not depend on which runs were before it.
  if (window !== null && window.end > asOf) return { missing: `${spanText(window)} is not over yet` };
  const existing = await findReference(connection, model, id);
  if (existing?.grids.has('actual')) return existing;
  const [removed] = window === null ? [] : await listRemoved(connection, model, window);
  if (existing === undefined) {
    if (removed !== undefined && window !== null)
      return {
        missing: `rows of ${spanText(window)} were removed when their retention ended: ${formatDay(removed.start)} to ${formatDay(removed.end)}`,
      };
    const built = await buildGrids(connection, monitor, window);
    if ('missing' in built) return built;
    await insertReference(connection, model, specification, { ...built, builtAt: asOf });
  }
  if (window !== null && removed === undefined)
    await freezeActuals(connection, monitor, id, window, asOf, existing?.rowCount);
  return (await findReference(connection, model, id))!;
}

function spanText(window: Window): string {
  return `the reference, ${formatDay(window.start)} to ${formatDay(window.end)} (exclusive),`;
}

interface BuiltGrids {
  readonly grids: Record<string, ReferenceGrid>;
  readonly rowCount: number;
  /** Rows that the grids were built from, where these are not all; null where they are. */
  readonly sampledRows: number | null;
}

async function buildGrids(
  connection: RowConnection,
  monitor: Monitor,
  window: Window | null,
): Promise<BuiltGrids | { missing: string }> {
  if (window === null) {
    const features =
      monitor.reference.kind === 'training-statistics' ? (monitor.reference.features ?? {}) : {};
    const grids = Object.entries(features).map(([name, statistics]) => [
      name,
      gridFromTrainingStatistics(statistics),
    ]);
    return { grids: Object.fromEntries(grids), rowCount: 0, sampledRows: null };
  }
  const columns = predictionColumns(monitor);
  const grids: Record<string, ReferenceGrid> = {};
  const { rows, read } = await readReference(connection, monitor, window, columns, (column, values) => {
    grids[column.name] = buildGrid(column, values);
  });
  if (rows < monitor.drift.minimumRows) {
    return {
      missing: `${spanText(window)} has ${rows} predictions, at least ${monitor.drift.minimumRows} are needed`,
    };
  }
  return { grids, rowCount: rows, sampledRows: read < rows ? read : null };
}

async function freezeActuals(
  connection: Queryable,
  monitor: Monitor,
  referenceId: string,
  window: Window,
  asOf: number,
  knownRowCount: number | undefined,
): Promise<void> {
  const { model } = monitor;
  const values = collectorOf(actualColumn(monitor));
  let actuals = 0;
  await readActuals(connection, model, window, [], ({ actual }) => {
    actuals += 1;
    values.add(actual);
  });
  const rowCount = knownRowCount ?? (await findReference(connection, model, referenceId))!.rowCount;
  const isOver = asOf >= window.end + durationMs(monitor.performance.actualsHorizon);
  if (actuals < monitor.drift.minimumRows || (actuals < enoughActuals * rowCount && !isOver)) return;
  await addActualGrid(connection, model, referenceId, buildGrid(actualColumn(monitor), values));
}

function buildGrid({ kind }: Column, values: ReferenceValues): ReferenceGrid {
  return kind === 'continuous'
    ? buildContinuousGrid(values.numbers())
    : buildCategoricalGrid([...values.levels()]);
}
