import type { ColumnDrift } from '../../core/drift/column-drift.ts';
import { judgeColumn } from '../../core/drift/column-drift.ts';
import { judgeDataset } from '../../core/drift/dataset-drift.ts';
import type { FeatureKind, Monitor } from '../../core/monitor/schema.ts';
import { decodeProfile, encodeProfile } from '../../core/profile/encode.ts';
import type { ReferenceGrid } from '../../core/profile/grid.ts';
import { mergeProfiles } from '../../core/profile/merge.ts';
import type { Profile } from '../../core/profile/profile.ts';
import { rowCountOf } from '../../core/profile/profile.ts';
import type { MethodName } from '../../core/statistics/registry.ts';
import { methodOf } from '../../core/statistics/registry.ts';
import type { Level, Verdict } from '../../core/verdict.ts';
import { valueOf } from '../../core/verdict.ts';
import type { Window, WindowText } from '../../core/window.ts';
import { durationMs, formatWindow, hourMs, parseInstant } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import { listPendingAlerts, openAlert, resolveAlert } from '../alerts/store.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import type { Process } from '../processes/watermarks.ts';
import { advanceWatermark, makesUpThePast } from '../processes/watermarks.ts';
import type { Column } from '../profiles/columns.ts';
import { actualColumn, predictionColumns } from '../profiles/columns.ts';
import type { ProfileHoursInput } from '../profiles/profile-hours.ts';
import { currentWindow, profileLock, profileMissingHours } from '../profiles/profile-hours.ts';
import { ensureReference, specifyReference } from '../profiles/reference.ts';
import type { StoredReference } from '../profiles/reference-store.ts';
import { storeMergedProfiles } from '../profiles/reference-store.ts';
import { readProfiles, sumProfiledHours } from '../profiles/store.ts';
import { storeDriftRun } from './store.ts';

export interface DetectDriftInput extends ProfileHoursInput {
  /** Alert even when the run makes up the past. */
  readonly act: boolean;
}

export interface DetectDriftResult {
  readonly process: Process;
  readonly verdict: Level;
  readonly reason: string;
  readonly driftedFeatures: readonly string[];
  readonly driftShare: number | null;
  readonly window: WindowText;
  readonly rows: number;
  readonly pendingAlerts: readonly string[];
}

/** Compares the profiled current window with the reference, stores what it finds, and opens or resolves the drift alert. */
export function createDetectDrift(
  deps: Pick<ActivityDependencies, 'database' | 'codeVersion' | 'context'>,
): (input: DetectDriftInput) => Promise<DetectDriftResult> {
  return async function detectDrift(input) {
    const { model } = input;
    const asOf = parseInstant(input.asOf);
    const { monitor, configurationHash } = await findMonitor(deps.database, model);
    const window = currentWindow(monitor, input);
    const process = processOf(monitor, window);
    const run = runOf(deps.context());

    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, profileLock(model));
      const specification = specifyReference(monitor, window);
      const reference = await ensureReference(connection, monitor, specification, asOf);
      const comparison =
        'missing' in reference ? undefined : await compare(connection, monitor, reference, window);
      const columns = comparison?.columns ?? [];
      const dataset = judgeDataset(columns, monitor.drift.share);
      const verdict: Verdict =
        'missing' in reference ? { level: 'insufficient-data', reason: reference.missing } : dataset.verdict;
      const past = await makesUpThePast(connection, { model, process, asOf, windowEnd: window.end });
      const rows = comparison?.rows ?? 0;
      await storeDriftRun(connection, {
        model,
        window,
        referenceId: specification.id,
        asOf,
        verdict,
        share: valueOf(dataset.driftShare),
        judgedFeatures: dataset.judgedFeatures.length,
        driftedFeatures: dataset.driftedFeatures,
        outOfDistributionRatio: rows === 0 ? null : comparison!.outOfDistribution / rows,
        rowCount: rows,
        referenceRowCount: 'missing' in reference ? 0 : reference.rowCount,
        coverage: rows === 0 ? null : comparison!.actuals / rows,
        columns,
        provenance: { configurationHash, codeVersion: deps.codeVersion, ...run },
      });
      if (input.window === undefined) {
        await advanceWatermark(connection, { model, process, asOf, windowEnd: window.end });
      }
      if (input.act || !past) await reportDrift(connection, monitor, process, verdict, columns, asOf, run);
      return {
        process,
        verdict: verdict.level,
        reason: verdict.reason,
        driftedFeatures: dataset.driftedFeatures,
        driftShare: valueOf(dataset.driftShare),
        window: formatWindow(window),
        rows,
        pendingAlerts: await listPendingAlerts(connection, model),
      };
    });
  };
}

/** Which process a run belongs to is told by the length of its window. */
function processOf(monitor: Monitor, window: Window): Process {
  const length = window.end - window.start;
  return length === 24 * hourMs && durationMs(monitor.current) !== length
    ? 'hourly-drift-detection'
    : 'drift-detection';
}

interface ComparedWindow {
  readonly columns: readonly ColumnDrift[];
  readonly rows: number;
  readonly outOfDistribution: number;
  readonly actuals: number;
}

async function compare(
  connection: Queryable,
  monitor: Monitor,
  reference: StoredReference,
  window: Window,
): Promise<ComparedWindow> {
  const { model } = monitor;
  const { grids, id } = reference;
  await profileMissingHours(connection, monitor, reference, window);
  const ofReference = await mergedReference(connection, model, reference);
  const ofCurrent = mergeColumns(grids, await readProfiles(connection, model, id, window));
  const { rows, outOfDistribution } = await sumProfiledHours(connection, model, id, window);
  const columns = [...predictionColumns(monitor), actualColumn(monitor)].flatMap((column) => {
    const grid = grids.get(column.name);
    const settings = settingsOf(monitor, column);
    const [before, now] = [ofReference.get(column.name), ofCurrent.get(column.name)];
    return grid === undefined || before === undefined || now === undefined
      ? []
      : [judgeColumn(settings, before, now, grid)];
  });
  const actuals = ofCurrent.get('actual');
  return { columns, rows, outOfDistribution, actuals: actuals === undefined ? 0 : rowCountOf(actuals) };
}

/** The reference's profiles: the stored sum of its hours, summed anew when an hour of it has changed. */
async function mergedReference(
  connection: Queryable,
  model: string,
  { id, window, grids, merged }: StoredReference,
): Promise<ReadonlyMap<string, Profile>> {
  if (merged !== null) {
    return new Map(
      Object.entries(merged).map(([name, content]) => [
        name,
        decodeProfile(Buffer.from(content, 'base64'), grids.get(name)!),
      ]),
    );
  }
  const hourly =
    window === null ? new Map<string, Uint8Array[]>() : await readProfiles(connection, model, id, window);
  const sums = mergeColumns(grids, hourly);
  const encoded = [...sums].map(([name, profile]) => [
    name,
    Buffer.from(encodeProfile(profile)).toString('base64'),
  ]);
  await storeMergedProfiles(connection, model, id, Object.fromEntries(encoded));
  return sums;
}

function mergeColumns(
  grids: ReadonlyMap<string, ReferenceGrid>,
  hourly: ReadonlyMap<string, readonly Uint8Array[]>,
): Map<string, Profile> {
  return new Map(
    [...grids].map(([name, grid]) => [
      name,
      mergeProfiles(
        grid,
        (hourly.get(name) ?? []).map((content) => decodeProfile(content, grid)),
      ),
    ]),
  );
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

async function reportDrift(
  connection: Queryable,
  monitor: Monitor,
  process: Process,
  verdict: Verdict,
  columns: readonly ColumnDrift[],
  asOf: number,
  provenance: { workflowId: string; runId: string },
): Promise<void> {
  const drifted = columns.filter((column) => column.drifted === 'yes' && column.enabled);
  const alert = {
    model: monitor.model,
    kind: 'drift',
    // Two windows, two alerts: a calm week must not end the alert of a bad day.
    subject: process === 'hourly-drift-detection' ? 'dataset-24h' : 'dataset',
    asOf,
    routes: monitor.alerts.routes,
    provenance,
    summary: verdict.reason,
    facts: drifted.map(({ column, verdict: { reason } }) => ({
      name: column,
      value: reason.replace(`${column}: `, ''),
    })),
  } as const;
  if (verdict.level === 'warning' || verdict.level === 'critical') {
    await openAlert(connection, { ...alert, severity: verdict.level });
  } else if (verdict.level === 'ok') {
    await resolveAlert(connection, alert);
  }
}
