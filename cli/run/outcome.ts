/** What a run has found, in words, and what the command ends with. */

import type { AttachActualsResult } from '../../activities/actuals/attach-actuals.ts';
import type { CheckDegradationResult } from '../../activities/degradation/check-degradation.ts';
import type { DetectDriftResult } from '../../activities/drift/detect-drift.ts';
import type { EvaluatePerformanceResult } from '../../activities/performance/evaluate-performance.ts';
import type { WriteReportResult } from '../../activities/performance-report/write-report.ts';
import type { StorageMaintenanceResult } from '../../workflows/storage-maintenance.ts';
import { maintenanceLines } from './maintenance-lines.ts';
import { countText, metricTable, metricText, percentText } from '../../core/performance/metrics.ts';
import type { Level } from '../../core/verdict.ts';
import { parseInstant, type WindowText } from '../../core/window.ts';
import type { PushFacts } from '../../workflows/push-metrics.ts';
import { dayOrInstant } from '../time-range.ts';

/** The results of the workflows, as far as they are told. */
interface RunResults {
  readonly actualsBackfill: AttachActualsResult;
  readonly driftDetection: Pick<
    DetectDriftResult,
    'window' | 'verdict' | 'reason' | 'driftedFeatures' | 'rows' | 'quality'
  >;
  readonly performanceEvaluation: Pick<
    EvaluatePerformanceResult,
    'newest' | 'windows' | 'first' | 'restated'
  >;
  readonly degradationCheck: Pick<CheckDegradationResult, 'verdict' | 'reason' | 'retraining'> & {
    readonly retrainingWorkflow: string | null;
  };
  readonly weeklyReport: Pick<WriteReportResult, 'verdict' | 'reason' | 'window' | 'report'> & {
    readonly sent: number | string;
  };
  readonly storageMaintenance: StorageMaintenanceResult;
}

export type RunResult = RunResults[keyof RunResults] & Partial<PushFacts>;

export interface Outcome {
  readonly lines: readonly string[];
  /** 1: there is drift or degradation; 2: nothing could be judged. */
  readonly exitCode: 0 | 1 | 2;
}

const outcomes: {
  readonly [Type in keyof RunResults]: (result: RunResults[Type], model: string) => Outcome;
} = {
  actualsBackfill: (result, model) => ({
    lines: [
      `${model}: ${countText(result.hours, 'hour')} looked at; ${countText(result.attached, 'outcome')} attached, ${result.changed} corrected`,
      ...(result.coverage === null
        ? []
        : [
            `coverage of these hours ${percentText(result.coverage)}: ${result.outcomes} of ${result.predictions} predictions`,
          ]),
      ...(result.unmatchedActuals === 0
        ? []
        : [
            `${countText(result.unmatchedActuals, 'actual')} without a prediction${result.hint === null ? '' : `: ${result.hint}`}`,
          ]),
    ],
    exitCode: 0,
  }),
  driftDetection: ({ window, verdict, reason, driftedFeatures, rows, quality }, model) => ({
    lines: [
      `${model}, ${rangeText(window)}, ${countText(rows, 'row')}: dataset ${verdict}: ${reason}`,
      ...(quality.level === 'ok' ? [] : [`data quality: ${quality.level}: ${quality.reason}`]),
    ],
    exitCode: driftedFeatures.length > 0 || exitCodeOf(quality.level) === 1 ? 1 : exitCodeOf(verdict),
  }),
  performanceEvaluation: ({ newest, windows, first, restated }, model) => ({
    lines: [
      `${model}: ${countText(windows, 'window')} evaluated: ${first} for the first time, ${restated} restated`,
      ...newest.map(
        ({ window, version, metric, value, interval, outcomes, reason }) =>
          `  ${rangeText(window)}, version ${version}: ${metricTable[metric].label} ${
            value === null ? 'not computable' : metricText(metric, value)
          }${interval === undefined ? '' : ` (${metricText(metric, interval[0])} to ${metricText(metric, interval[1])})`}, ${countText(outcomes, 'outcome')}${
            reason === undefined ? '' : `; not judged: ${reason}`
          }`,
      ),
    ],
    exitCode: 0,
  }),
  degradationCheck: ({ verdict, reason, retraining, retrainingWorkflow }, model) => ({
    lines: [
      `${model}: ${verdict}: ${reason}`,
      retrainingWorkflow === null
        ? `no retraining: ${retraining.reason}`
        : `retraining: ${retrainingWorkflow}`,
    ],
    exitCode: exitCodeOf(verdict),
  }),
  weeklyReport: ({ verdict, reason, window, report, sent }, model) => ({
    lines: [
      `${model}, ${rangeText(window)}: ${verdict}: ${reason}`,
      `the report: ${report}`,
      typeof sent === 'number' ? `sent to ${countText(sent, 'recipient')}` : sent,
    ],
    exitCode: 0,
  }),
  storageMaintenance: (result) => ({ lines: maintenanceLines(result), exitCode: 0 }),
};

/** @param result of a workflow of this type */
export function outcomeOf(workflowType: keyof RunResults, result: RunResult, model: string): Outcome {
  return (outcomes[workflowType] as (result: RunResult, model: string) => Outcome)(result, model);
}

function exitCodeOf(level: Level): 0 | 1 | 2 {
  return ({ ok: 0, warning: 1, critical: 1, 'insufficient-data': 2 } as const)[level];
}

function rangeText({ start, end }: WindowText): string {
  return [start, end].map((text) => dayOrInstant(parseInstant(text))).join(' to ');
}
