/** Reads everything that a performance report shows. */

import { instantText } from '../../console/instant-text.ts';
import type {
  PerformanceReport,
  ReportedWindow,
} from '../../console/performance-report/performance-report.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { referenceWindows } from '../../core/reference/windows.ts';
import { valueOf } from '../../core/verdict.ts';
import { formatInstant, weekMs, type Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';
import { mainMetric } from '../performance/main-metric.ts';
import { countsOf, hoursWithin, readServedHours, type ServedHour } from '../performance/served-hours.ts';
import { calibrationOf, confusionOf, thresholdsOf } from './class-parts.ts';
import { loadComparisons } from './comparisons.ts';
import { loadCoverage } from './coverage.ts';
import { loadDrift } from './drift.ts';
import { errorByDay, errorByHour, loadPredictedAgainstActual } from './errors.ts';
import { loadEstimates } from './estimates.ts';
import { numbersOfHours, readEvaluations, reportedWindow, type WindowNumbers } from './evaluations.ts';
import { loadAlerts, loadRetrainings } from './events.ts';
import { lastVersion, summaryOf } from './hours.ts';
import { metricRows } from './metrics.ts';
import { loadSegments } from './segments.ts';
import { chartSpan, loadTrend, trendLength, trendLengthText } from './trend.ts';
import { loadVerdict } from './verdict.ts';

export interface ReportRequest {
  readonly window: Window;
  readonly asOf: number;
  readonly provenance: Pick<Provenance, 'configurationHash' | 'codeVersion'>;
}

/**
 * The report of a model over any window, from what is stored: evaluations where there are any, else the hourly summaries of
 * outcomes. The caller sees to a snapshot, so that all parts speak of the same rows. What is not there says why.
 *
 * Cost: the hours of eight weeks and of the reference, read and decoded once.
 */
export async function loadPerformanceReport(
  connection: Queryable,
  monitor: Monitor,
  { window, asOf, provenance }: ReportRequest,
): Promise<PerformanceReport> {
  const { model, task } = monitor;
  const span = chartSpan(window);
  const { compared } = referenceWindows(monitor.reference, window);
  const hours = await readServedHours(
    connection,
    model,
    [{ start: span.start - weekMs, end: Math.max(span.end, window.end) }],
    'all rows',
  );
  const within = hoursWithin(hours, window);
  const version = lastVersion(within);
  const ofVersion = within.filter((hour) => hour.version === version);
  const current = await numbersOfVersion(connection, monitor, window, version, ofVersion);
  const reference = numbersOfHours(monitor, await readServedHours(connection, model, compared, 'all rows'));
  const metric = mainMetric(monitor, (name) => 'value' in (current.metrics[name] ?? {}));
  const metrics = metricRows(monitor, metric, current, reference, noReference(monitor));
  const [main] = metrics;
  const referenceValue = valueOf(main!.reference);
  const summary = summaryOf(task, ofVersion);
  const trend = await loadTrend(connection, {
    monitor,
    window,
    metric,
    asOf,
    hours,
    reference: referenceValue ?? undefined,
  });
  return {
    model,
    task,
    ...(version !== undefined && { version, otherVersions: otherVersions(within, version) }),
    window: reportedWindow(window, current),
    reference: referenceOf(compared, window, reference),
    ...(await loadVerdict(connection, model, window)),
    origin: originOf(asOf, provenance),
    metric,
    metrics,
    trend,
    estimates: await loadEstimates(connection, {
      model,
      task,
      metric,
      span,
      length: trendLength(window),
      lengthText: trendLengthText(window),
      hours,
    }),
    segments: await loadSegments(connection, { monitor, window, version, metric, whole: main!.current }),
    errorByDay: errorByDay(monitor, hoursWithin(hours, span), span),
    errorByHour: errorByHour(monitor, within),
    ...(summary.task === 'regression'
      ? { predictedAgainstActual: await loadPredictedAgainstActual(connection, model, version, window) }
      : {
          calibration: calibrationOf(summary),
          confusion: confusionOf(summary),
          thresholds: thresholdsOf(summary),
        }),
    ...(await loadComparisons(connection, monitor, window, version)),
    ...(await loadDrift(connection, monitor, window)),
    alerts: await loadAlerts(connection, model, window),
    retrainings: await loadRetrainings(connection, model, { start: span.start, end: window.end }),
    coverage: await loadCoverage(connection, { model, metric, window, span, hours }),
  };
}

async function numbersOfVersion(
  connection: Queryable,
  monitor: Monitor,
  window: Window,
  version: string | undefined,
  hours: readonly ServedHour[],
): Promise<WindowNumbers> {
  const stored = (await readEvaluations(connection, monitor.model, [window])).find(
    (evaluation) => evaluation.segment === '' && evaluation.version === version,
  );
  if (stored?.evaluation === undefined) return numbersOfHours(monitor, hours);
  const laterOutcomes = countsOf(hours).outcomes - stored.outcomes;
  if (stored.evaluation.state !== 'final' || laterOutcomes <= 0) return stored;
  return { ...stored, evaluation: { ...stored.evaluation, laterOutcomes } };
}

/** The busiest first. */
function otherVersions(
  hours: readonly ServedHour[],
  version: string,
): NonNullable<PerformanceReport['otherVersions']> {
  const others = new Map<string, number>();
  for (const hour of hours) {
    if (hour.version === version) continue;
    others.set(hour.version, (others.get(hour.version) ?? 0) + hour.predictions);
  }
  return [...others]
    .map(([version, predictions]) => ({ version, predictions }))
    .sort((a, b) => b.predictions - a.predictions || (a.version < b.version ? -1 : 1));
}

function noReference({ reference }: Monitor): string | undefined {
  return reference.kind === 'training-statistics' ? 'training statistics have no outcomes' : undefined;
}

/** From the first to the last of the windows that are compared with; of none, the window itself has no rows. */
function referenceOf(compared: readonly Window[], window: Window, numbers: WindowNumbers): ReportedWindow {
  const start = Math.min(...compared.map((one) => one.start), window.start);
  const end = compared.length === 0 ? window.start : Math.max(...compared.map((one) => one.end));
  return reportedWindow({ start, end }, numbers);
}

/** What is the same for a repetition, so that it leaves the report as it is. */
function originOf(asOf: number, provenance: ReportRequest['provenance']): Readonly<Record<string, string>> {
  return {
    'As of': `${instantText(formatInstant(asOf))} UTC`,
    'Made by': `Tidewatch ${provenance.codeVersion}, configuration ${provenance.configurationHash.slice(0, 12)}`,
  };
}
