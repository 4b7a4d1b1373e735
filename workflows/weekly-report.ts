import { ActivityFailure, log, workflowInfo } from '@temporalio/workflow';

import { asOfOf, decodeInput } from './input.ts';
import { attachInParts, summarizeInParts } from './in-parts.ts';
import { pushMetrics, type RunFacts } from './push-metrics.ts';
import type { ResultOf } from './steps.ts';
import { decisions, reports } from './steps.ts';

/**
 * Writes the performance report of the days before asOf (or of a given `window`), and sends it where the schedule has started
 * the run or the input says `"send": true`.
 *
 * Guaranteed: what has come is attached, and the days before asOf are evaluated and compared first; nobody is sent the report of a window twice; a mail server that is away
 * delays the message for a day, and never fails the report.
 */
export async function weeklyReport(input: unknown): Promise<WeeklyReportResult> {
  const { model, window, send, ...rest } = decodeInput('weeklyReport', input);
  const asOf = asOfOf(rest);
  const request = { model, asOf, ...(window && { window }) };
  await attachInParts(request);
  await summarizeInParts(request);
  // A given window is only looked at: what is stored of it is restated by performanceEvaluation.
  if (window === undefined) {
    await decisions.evaluatePerformance(request);
    await decisions.comparePerformance(request);
  }
  const { pending, ...written } = await decisions.writeReport({
    ...request,
    send: send === undefined ? (isScheduled() ? 'unless past' : 'no') : send ? 'yes' : 'no',
  });
  const pushed = await pushMetrics({ model, process: 'weekly-report' });
  const sent = pending === 0 ? 0 : await sendTo(model, written.window);
  return { ...written, sent, asOf, ...pushed };
}

type WeeklyReportResult = Omit<ResultOf<'writeReport'>, 'pending'> &
  RunFacts & {
    /** How many were sent it by this run, or why not all were. */
    readonly sent: number | string;
  };

function isScheduled(): boolean {
  return workflowInfo().searchAttributes['TemporalScheduledStartTime'] !== undefined;
}

async function sendTo(
  model: string,
  window: ResultOf<'writeReport'>['window'],
): Promise<WeeklyReportResult['sent']> {
  try {
    return (await reports.sendReport({ model, window })).sent;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const reason = error.cause?.message ?? error.message;
    log.warn('the report was not sent to all; the next run of this window tries it again', { cause: reason });
    return `not sent to all: ${reason}`;
  }
}
