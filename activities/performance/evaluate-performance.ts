import { createHash } from 'node:crypto';

import type { Monitor } from '../../core/monitor/schema.ts';
import { summarizeClassification } from '../../core/performance/classification-summary.ts';
import type { Evaluation } from '../../core/performance/evaluate.ts';
import { evaluateSummary } from '../../core/performance/evaluate.ts';
import { peakFlags } from '../../core/performance/peak-hours.ts';
import { summarizeRegression } from '../../core/performance/regression-summary.ts';
import type { OutcomeSummary } from '../../core/performance/summary.ts';
import type { Window, WindowText } from '../../core/window.ts';
import {
  dayMs,
  durationMs,
  floorToDay,
  hoursOf,
  parseInstant,
  parseWindow,
  trailingWindow,
} from '../../core/window.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import { runOf } from '../activity-context.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import { advanceWatermark } from '../processes/watermarks.ts';
import type { OutcomeRow, ServingCount } from './store.ts';
import {
  clearEvaluationMarks,
  countPredictions,
  findEvaluatedWindows,
  findProvisionalWindows,
  readEvaluationMarks,
  readOutcomes,
  storeEvaluation,
} from './store.ts';

export interface EvaluatePerformanceInput {
  readonly model: string;
  readonly asOf: string;
  /** Instead of the windows that end at asOf. */
  readonly window?: WindowText;
}

export interface EvaluatePerformanceResult {
  /** Windows looked at, and what became of their evaluations (one for each version). */
  readonly windows: number;
  readonly first: number;
  readonly restated: number;
  readonly unchanged: number;
}

/** Evaluates the windows that are due and those whose outcomes changed, in one transaction. */
export function createEvaluatePerformance(
  deps: Pick<ActivityDependencies, 'database' | 'codeVersion' | 'context'>,
): (input: EvaluatePerformanceInput) => Promise<EvaluatePerformanceResult> {
  return async function evaluatePerformance(input) {
    const { model } = input;
    const asOf = parseInstant(input.asOf);
    const { monitor, configurationHash } = await findMonitor(deps.database, model);
    const provenance = { configurationHash, codeVersion: deps.codeVersion, ...runOf(deps.context()) };
    const horizonClosed = asOf - durationMs(monitor.performance.actualsHorizon);

    return deps.database.transaction(async (connection) => {
      await lockUntilCommit(connection, `evaluations:${model}`);
      const marks = await readEvaluationMarks(connection, model);
      const due = input.window === undefined ? dueWindows(monitor, asOf) : [parseWindow(input.window)];
      const windows = distinctWindows([
        ...due,
        ...(await findEvaluatedWindows(connection, model, marks.hours)),
        ...(await findProvisionalWindows(connection, model, horizonClosed)),
      ]);
      const count = { first: 0, restated: 0, unchanged: 0 };
      for (const group of overlappingGroups(windows)) {
        const outcomes = await readOutcomes(connection, model, group.span);
        const predictions = await countPredictions(connection, model, group.span);
        for (const window of group.windows) {
          const state = window.end <= horizonClosed ? 'final' : 'provisional';
          for (const evaluation of evaluateWindow(monitor, window, outcomes, predictions)) {
            count[await storeEvaluation(connection, { ...evaluation, asOf, state, provenance })] += 1;
          }
        }
      }
      await clearEvaluationMarks(connection, model, marks.generations);
      if (input.window === undefined) {
        const windowEnd = floorToDay(asOf);
        await advanceWatermark(connection, { model, process: 'performance-evaluation', asOf, windowEnd });
      }
      return { windows: windows.length, ...count };
    });
  };
}

/** The windows that a monitor wants evaluated at an instant: its own, and those its degradation rules look at. */
function dueWindows(monitor: Monitor, asOf: number): Window[] {
  const rules = monitor.degradation.rules ?? [];
  const lengths = new Set([
    ...monitor.performance.windows,
    '1d',
    '7d',
    ...rules.flatMap((rule) => ('metric' in rule ? [rule.over] : [])),
  ]);
  const days = rules.flatMap((rule) =>
    'metric' in rule && rule.aggregate === 'daily-mean' ? daysOf(trailingWindow(asOf, rule.over)) : [],
  );
  return [...lengths].map((length) => trailingWindow(asOf, length)).concat(days);
}

/** The days of a window, which a daily mean is over: runs of earlier days may come later, or never. */
function daysOf(window: Window): Window[] {
  return hoursOf(window)
    .filter((hour) => hour === floorToDay(hour))
    .map((start) => ({ start, end: start + dayMs }));
}

function distinctWindows(windows: readonly Window[]): Window[] {
  const byKey = new Map(windows.map((window) => [`${window.start}/${window.end}`, window]));
  return [...byKey.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Windows in order of their start, grouped so that overlapping ones are read from the database once. */
function overlappingGroups(windows: readonly Window[]): { span: Window; windows: Window[] }[] {
  const groups: { span: { start: number; end: number }; windows: Window[] }[] = [];
  for (const window of windows) {
    const last = groups.at(-1);
    if (last !== undefined && window.start < last.span.end) {
      last.span.end = Math.max(last.span.end, window.end);
      last.windows.push(window);
    } else {
      groups.push({ span: { ...window }, windows: [window] });
    }
  }
  return groups;
}

type WindowEvaluation = Omit<Parameters<typeof storeEvaluation>[1], 'asOf' | 'state' | 'provenance'>;

/** One evaluation for each version that served in the window. */
function evaluateWindow(
  monitor: Monitor,
  window: Window,
  outcomes: readonly OutcomeRow[],
  predictions: readonly ServingCount[],
): WindowEvaluation[] {
  const rows = outcomes.slice(firstAt(outcomes, window.start), firstAt(outcomes, window.end));
  const served = new Map<string, number>();
  for (const { hour, version, rows: count } of predictions) {
    if (hour >= window.start && hour < window.end) served.set(version, (served.get(version) ?? 0) + count);
  }
  return [...served].map(([version, predictionCount]) => {
    const evaluation = evaluateRows(
      monitor,
      rows.filter((row) => row.version === version),
    );
    const coverage = evaluation.sampleSize / predictionCount;
    const content = { ...evaluation, predictionCount };
    return {
      model: monitor.model,
      version,
      window,
      verdict: evaluation.verdict.level,
      reason: evaluation.verdict.reason,
      metrics: Object.fromEntries(
        Object.entries(evaluation.metrics).flatMap(([name, computed]) =>
          'value' in computed ? [[name, computed.value]] : [],
        ),
      ),
      details: {
        ...evaluation.details,
        notComputable: Object.fromEntries(
          Object.entries(evaluation.metrics).flatMap(([name, computed]) =>
            'value' in computed ? [] : [[name, computed.notComputable]],
          ),
        ),
      },
      sampleSize: evaluation.sampleSize,
      predictionCount,
      coverage,
      contentHash: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32),
    };
  });
}

/** The metrics of a monitor's task over outcome rows. */
export function evaluateRows(monitor: Monitor, rows: readonly OutcomeRow[]): Evaluation {
  const { minimumOutcomes } = monitor.performance;
  return evaluateSummary(summarizeRows(monitor, rows), { minimumOutcomes });
}

function summarizeRows(
  { task, performance, classes = [], positiveClass }: Monitor,
  rows: readonly OutcomeRow[],
): OutcomeSummary {
  if (task === 'regression') {
    const eventTimes = Float64Array.from(rows, (row) => row.event_time);
    return summarizeRegression({
      predictions: Float64Array.from(rows, (row) => row.prediction ?? Number.NaN),
      actuals: Float64Array.from(rows, (row) => row.actual ?? Number.NaN),
      isPeak: peakFlags(eventTimes, performance.peakHours),
    });
  }
  return summarizeClassification({
    predictedClasses: rows.map((row) => row.predicted_class ?? ''),
    actualClasses: rows.map((row) => row.actual_class ?? ''),
    probabilities: rows.map((row) => row.probabilities),
    classes,
    ...(positiveClass !== undefined && { positiveClass }),
  });
}

/** Index of the first row at or after an instant; rows are in order of event time. */
function firstAt(rows: readonly OutcomeRow[], instant: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.event_time < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
