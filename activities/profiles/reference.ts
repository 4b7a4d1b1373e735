/** Which data counts as accepted quality, and the grids that freeze it. */

import { createHash } from 'node:crypto';

import type { Monitor } from '../../core/monitor/schema.ts';
import type { ReferenceGrid } from '../../core/profile/grid.ts';
import {
  buildCategoricalGrid,
  buildContinuousGrid,
  gridFromTrainingStatistics,
} from '../../core/profile/grid.ts';
import { levelOf } from '../../core/profile/profile.ts';
import type { Window } from '../../core/window.ts';
import { referenceWindows } from '../../core/reference/windows.ts';
import { durationMs, formatDay } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { canonicalJson } from '../monitors/configuration.ts';
import type { Column } from './columns.ts';
import { actualColumn, predictionColumns, readColumn } from './columns.ts';
import type { ReferenceSpecification, StoredReference } from './reference-store.ts';
import { addActualGrid, findReference, insertReference } from './reference-store.ts';
import { readActuals, readPredictions } from './store.ts';

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
  connection: Queryable,
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
  if (existing === undefined) {
    const built = await buildGrids(connection, monitor, window);
    if ('missing' in built) return built;
    await insertReference(connection, model, specification, { ...built, builtAt: asOf });
  }
  if (window !== null) await freezeActuals(connection, monitor, id, window, asOf, existing?.rowCount);
  return (await findReference(connection, model, id))!;
}

function spanText(window: Window): string {
  return `the reference, ${formatDay(window.start)} to ${formatDay(window.end)} (exclusive),`;
}

async function buildGrids(
  connection: Queryable,
  monitor: Monitor,
  window: Window | null,
): Promise<{ grids: Record<string, ReferenceGrid>; rowCount: number } | { missing: string }> {
  if (window === null) {
    const features =
      monitor.reference.kind === 'training-statistics' ? (monitor.reference.features ?? {}) : {};
    const grids = Object.entries(features).map(([name, statistics]) => [
      name,
      gridFromTrainingStatistics(statistics),
    ]);
    return { grids: Object.fromEntries(grids), rowCount: 0 };
  }
  const rows = await readPredictions(connection, monitor.model, window);
  if (rows.length < monitor.drift.minimumRows) {
    return {
      missing: `${spanText(window)} has ${rows.length} predictions, at least ${monitor.drift.minimumRows} are needed`,
    };
  }
  const grids = predictionColumns(monitor).map((column) => [
    column.name,
    buildGrid(
      column,
      rows.map((row) => readColumn(column, row)),
    ),
  ]);
  return { grids: Object.fromEntries(grids), rowCount: rows.length };
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
  const actuals = await readActuals(connection, model, window);
  const rowCount = knownRowCount ?? (await findReference(connection, model, referenceId))!.rowCount;
  const isOver = asOf >= window.end + durationMs(monitor.performance.actualsHorizon);
  if (actuals.length < monitor.drift.minimumRows || (actuals.length < enoughActuals * rowCount && !isOver))
    return;
  const grid = buildGrid(
    actualColumn(monitor),
    actuals.map((row) => row.actual),
  );
  await addActualGrid(connection, model, referenceId, grid);
}

function buildGrid({ kind }: Column, values: readonly unknown[]): ReferenceGrid {
  if (kind === 'continuous') {
    return buildContinuousGrid(Float64Array.from(values.filter((value) => typeof value === 'number')));
  }
  return buildCategoricalGrid(values.map(levelOf).filter((level) => level !== undefined));
}
