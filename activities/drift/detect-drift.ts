import { alertKey } from '../../core/alert/alert.ts';
import type { ColumnDrift } from '../../core/drift/column-drift.ts';
import { judgeDataset } from '../../core/drift/dataset-drift.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Finding } from '../../core/multivariate/finding.ts';
import { referenceWindows } from '../../core/reference/windows.ts';
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
import { compareTogether } from '../multivariate/compare-together.ts';
import type { Process } from '../processes/watermarks.ts';
import { advanceWatermark, makesUpThePast } from '../processes/watermarks.ts';
import { wholeModel } from '../profiles/columns.ts';
import type { ProfileHoursInput } from '../profiles/profile-hours.ts';
import { currentWindow, profileLock, profileMissingHours } from '../profiles/profile-hours.ts';
import { ensureReference, specifyReference } from '../profiles/reference.ts';
import { checkQuality, type WindowQuality } from '../quality/check-quality.ts';
import { storeQuality } from '../quality/store.ts';
import { reportPath } from '../reports/store.ts';
import { judgeWindow, type SegmentDrift } from './judge-window.ts';
import { storeDriftReport } from './report.ts';
import { dropOtherSegments, storeDriftRun } from './store.ts';

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
  /** Segment -> its verdict in words; only those that have drifted. */
  readonly driftedSegments: Readonly<Record<string, string>>;
  /** Of the data-quality checks. */
  readonly quality: Verdict;
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
    const subject = subjectOf(process);
    const run = runOf(deps.context());
    const provenance = { configurationHash, codeVersion: deps.codeVersion, ...run };

    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, profileLock(model));
      const specification = specifyReference(monitor, window);
      const reference = await ensureReference(connection, monitor, specification, asOf);
      const past = await makesUpThePast(connection, { model, process, asOf, windowEnd: window.end });
      const acts = input.act || !past;
      const stored = { model, window, referenceId: specification.id, asOf, provenance };
      let segments: readonly SegmentDrift[];
      let quality: WindowQuality | undefined;
      let together: readonly Finding<unknown>[] = [];
      if ('missing' in reference) {
        segments = [nothingJudged(reference.missing)];
      } else {
        await profileMissingHours(connection, monitor, reference, window);
        segments = await judgeWindow(
          connection,
          monitor,
          reference,
          window,
          alertKey('drift', model, subject),
        );
        quality = await checkQuality(connection, monitor, reference, window, asOf);
        await storeQuality(connection, { model, window, checks: quality.checks, provenance });
        // Once a day: it reads a sample of rows, not their profiles.
        if (monitor.drift.multivariate.enabled && process === 'drift-detection') {
          const { compared } = referenceWindows(monitor.reference, window);
          const found = await compareTogether(connection, monitor, { current: window, reference: compared });
          together = Object.values(found);
        }
      }
      for (const segment of segments) {
        const ofWhole = segment.segment === wholeModel ? { quality: quality?.verdict, together } : {};
        await storeDriftRun(connection, { ...stored, ...segment, ...ofWhole });
      }
      await dropOtherSegments(
        connection,
        stored,
        segments.map(({ segment }) => segment),
      );
      const [whole, ...named] = segments as [SegmentDrift, ...SegmentDrift[]];
      const reported = { window, asOf, quality, together, provenance };
      await storeDriftReport(connection, monitor, reported, whole, named);
      if (input.window === undefined) {
        await advanceWatermark(connection, { model, process, asOf, windowEnd: window.end });
      }
      if (acts) {
        await reportDrift(connection, monitor, { subject, window, asOf, provenance: run }, whole, named);
      }
      const { verdict, driftedFeatures, driftShare } = whole.dataset;
      return {
        process,
        verdict: verdict.level,
        reason: verdict.reason,
        driftedFeatures,
        driftShare: valueOf(driftShare),
        driftedSegments: Object.fromEntries(
          named
            .filter(({ dataset }) => dataset.drifted === 'yes')
            .map(({ segment, dataset }) => [segment, dataset.verdict.reason]),
        ),
        quality: quality?.verdict ?? { level: 'insufficient-data', reason: verdict.reason },
        window: formatWindow(window),
        rows: whole.rows,
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

/** Two windows, two alerts: a calm week must not end the alert of a bad day. */
function subjectOf(process: Process): string {
  return process === 'hourly-drift-detection' ? 'dataset-24h' : 'dataset';
}

function nothingJudged(reason: string): SegmentDrift {
  const dataset = { ...judgeDataset([]), verdict: { level: 'insufficient-data', reason } as const };
  return {
    segment: wholeModel,
    distributions: new Map(),
    columns: [],
    dataset,
    rows: 0,
    outOfDistribution: 0,
    referenceRows: 0,
    actuals: 0,
  };
}

interface ReportedRun {
  readonly subject: string;
  readonly window: Window;
  readonly asOf: number;
  readonly provenance: { readonly workflowId: string; readonly runId: string };
}

/** A segment speaks for itself only while the model as a whole is calm: nobody wants the same drift five times. */
async function reportDrift(
  connection: Queryable,
  monitor: Monitor,
  run: ReportedRun,
  whole: SegmentDrift,
  named: readonly SegmentDrift[],
): Promise<void> {
  await reportSegment(connection, monitor, run, run.subject, whole.dataset.verdict, whole.columns);
  for (const { segment, dataset, columns } of named) {
    const verdict =
      whole.dataset.drifted === 'yes'
        ? ({ level: 'ok', reason: 'the whole model has drifted' } as const)
        : dataset.verdict;
    await reportSegment(connection, monitor, run, `${run.subject}/${segment}`, verdict, columns);
  }
}

async function reportSegment(
  connection: Queryable,
  { model, alerts }: Monitor,
  { window, asOf, provenance }: ReportedRun,
  subject: string,
  verdict: Verdict,
  columns: readonly ColumnDrift[],
): Promise<void> {
  const drifted = columns.filter((column) => column.drifted === 'yes' && column.enabled);
  const alert = {
    model,
    kind: 'drift',
    subject,
    asOf,
    routes: alerts.routes,
    provenance,
    summary: verdict.reason,
    facts: drifted.map(({ column, verdict: { reason } }) => ({
      name: column,
      value: reason.replace(`${column}: `, ''),
    })),
    links: [{ label: 'Open the drift report', path: reportPath({ kind: 'drift', model, window }) }],
  } as const;
  if (verdict.level === 'warning' || verdict.level === 'critical') {
    await openAlert(connection, { ...alert, severity: verdict.level });
  } else if (verdict.level === 'ok') {
    await resolveAlert(connection, alert);
  }
}
