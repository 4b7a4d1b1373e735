/** Evaluates windows from the hourly summaries of their outcomes, and stores what is new. */

import { gateNews } from '../../core/degradation/restated-news.ts';
import type { RestatedGate } from '../../core/degradation/restated-news.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Window } from '../../core/window.ts';
import { distinctWindows, durationMs, formatDay, overlaps } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { announceRestated } from '../alerts/announce-restated.ts';
import type { Provenance } from '../processes/provenance.ts';
import { wholeModel } from '../profiles/columns.ts';
import { findWatermark, makesUpThePast } from '../processes/watermarks.ts';
import { evaluateHours, isIncomplete } from './evaluate-hours.ts';
import type { SelectiveActuals } from './selective-actuals.ts';
import { hoursWithin, readServedHours, type ServedHour } from './served-hours.ts';
import { findSelectiveActuals } from './selective-actuals.ts';
import type { EvaluationToStore } from './store.ts';
import { listRemoved } from '../storage/removed-rows.ts';
import { findEvaluated, storeEvaluations } from './store.ts';
import { isMonitored, overlappingGroups } from './windows.ts';

/** What is the same for all windows of a run. */
export interface EvaluationRun {
  readonly monitor: Monitor;
  readonly asOf: number;
  /** asOf, or the newest instant that the process has spoken for: ages are measured from it, so that runs of earlier days change nothing. */
  readonly now: number;
  readonly provenance: Provenance;
}

/** What the numbers depend on. */
type ComputedRun = Pick<EvaluationRun, 'monitor' | 'now'>;

/** What became of the evaluations, one for each version and segment of a window. */
export interface EvaluationCounts {
  readonly first: number;
  readonly restated: number;
  readonly unchanged: number;
}

const noEvaluations: EvaluationCounts = { first: 0, restated: 0, unchanged: 0 };

/**
 * Evaluates these windows and stores a new revision of each evaluation that differs from the newest one. Where that changes whether numbers
 * count on which people may have relied, they are told, unless the run makes up the past.
 */
export async function evaluateWindows(
  connection: Queryable,
  run: EvaluationRun,
  windows: readonly Window[],
): Promise<EvaluationCounts> {
  let counts = noEvaluations;
  const flips: RestatedGate[] = [];
  for (const { span, windows: overlapping } of overlappingGroups(distinctWindows(windows))) {
    const segments = overlapping.some((window) => isMonitored(run.monitor, window))
      ? 'all segments'
      : 'all rows';
    const hours = await readHours(connection, run.monitor.model, span, segments);
    const removed = await listRemoved(connection, run.monitor.model, span);
    const kept = await findEvaluated(
      connection,
      run.monitor.model,
      overlapping.filter((window) => removed.some((range) => overlaps(range, window))),
    );
    for (const window of overlapping) {
      // What was computed when all rows were there stays, and waits for nothing.
      const isKept = kept.some(({ start, end }) => start === window.start && end === window.end);
      const stored = await storeEvaluations(connection, {
        model: run.monitor.model,
        window,
        asOf: run.asOf,
        state: isClosed(run, window) ? 'final' : 'provisional',
        provenance: run.provenance,
        evaluations: isKept ? [] : await evaluateWindow(connection, run, window, hours, removed),
      });
      counts = {
        first: counts.first + stored.first,
        restated: counts.restated + stored.restated,
        unchanged: counts.unchanged + stored.unchanged,
      };
      flips.push(...stored.flips);
    }
  }
  const { model } = run.monitor;
  if (
    flips.length > 0 &&
    !(await makesUpThePast(connection, { model, process: 'performance-evaluation', asOf: run.asOf }))
  )
    await announceRestated(connection, run.monitor, gateNews(flips), run);
  return counts;
}

/** What these windows say over all rows, from the stored summaries; stores nothing. */
export async function computeWindows(
  connection: Queryable,
  run: ComputedRun,
  windows: readonly Window[],
  told: (window: Window, evaluations: readonly EvaluationToStore[]) => void,
): Promise<void> {
  for (const { span, windows: overlapping } of overlappingGroups(distinctWindows(windows))) {
    const hours = await readHours(connection, run.monitor.model, span, 'all rows');
    const removed = await listRemoved(connection, run.monitor.model, span);
    for (const window of overlapping)
      told(window, await evaluateWindow(connection, run, window, hours, removed));
  }
}

/** Two runs never evaluate one model at the same time: both would store the same next revision. */
export function evaluationLock(model: string): string {
  return `evaluations:${model}`;
}

/** asOf, or the newest instant that the evaluation of a model has spoken for. */
export async function newestInstant(connection: Queryable, model: string, asOf: number): Promise<number> {
  return Math.max(asOf, (await findWatermark(connection, model, 'performance-evaluation')) ?? asOf);
}

/** Has the time passed in which late actuals restate a window? */
export function isClosed({ monitor, now }: Pick<EvaluationRun, 'monitor' | 'now'>, window: Window): boolean {
  return window.end <= now - durationMs(monitor.performance.actualsHorizon);
}

/** The hours of one version and segment, in order. */
interface Served {
  readonly version: string;
  readonly segment: string;
  readonly hours: readonly ServedHour[];
}

async function readHours(
  connection: Queryable,
  model: string,
  span: Window,
  segments: 'all segments' | 'all rows',
): Promise<Served[]> {
  const served = new Map<string, Served & { readonly hours: ServedHour[] }>();
  for (const hour of await readServedHours(connection, model, [span], segments)) {
    const { version, segment } = hour;
    const key = JSON.stringify([version, segment]);
    const group = served.get(key) ?? { version, segment, hours: [] };
    group.hours.push(hour);
    served.set(key, group);
  }
  // All rows of a version first: whether its actuals are selective holds for its segments as well.
  return [...served.values()].sort(
    (a, b) => (a.segment < b.segment ? -1 : 1) || (a.version < b.version ? -1 : 1),
  );
}

async function evaluateWindow(
  connection: Queryable,
  run: ComputedRun,
  window: Window,
  served: readonly Served[],
  removed: readonly Window[],
): Promise<EvaluationToStore[]> {
  const gone = removed.find((range) => overlaps(range, window));
  const selective = new Map<string, SelectiveActuals>();
  const untold = new Set<string>();
  const evaluations: EvaluationToStore[] = [];
  for (const { version, segment, hours } of served) {
    const within = hoursWithin(hours, window);
    if (within.length === 0 || (segment !== wholeModel && !isMonitored(run.monitor, window))) continue;
    if (segment === wholeModel && isIncomplete(within)) {
      if (gone === undefined)
        selective.set(version, await findSelectiveActuals(connection, run.monitor, version, within));
      else untold.add(version);
    }
    evaluations.push({
      version,
      segment,
      ...evaluateHours(run.monitor, within, {
        ageMs: run.now - window.end,
        selective: selective.get(version),
        ...(gone !== undefined && untold.has(version) && { untold: untoldInWords(gone) }),
      }),
    });
  }
  return evaluations;
}

/** Rows that are gone cannot be held against those that have an actual. */
function untoldInWords({ start, end }: Window): string {
  return `which rows have no actual is not known any more: those from ${formatDay(start)} to ${formatDay(end)} were removed when their retention ended`;
}
