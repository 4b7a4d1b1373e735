import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';

import { retrainingWords } from '../core/process/run-words.ts';
import { formatWindow, parseInstant, trailingWindow } from '../core/window.ts';
import { asOfOf, decodeInput } from './input.ts';
import { retraining } from './retraining.ts';
import { listedAlike, showOutcome } from './show-outcome.ts';
import { attachInParts, profileInParts, summarizeInParts } from './in-parts.ts';
import { pushMetrics, type RunFacts } from './push-metrics.ts';
import type { ResultOf } from './steps.ts';
import { decisions, wakeAlerts, watchProcesses } from './steps.ts';
import { wakeRetraining } from './wake-retraining.ts';

/**
 * Judges by the monitor's rules whether a model has degraded, tells people when that changes, and may start `retraining`.
 *
 * Guaranteed: what it judges is evaluated first, whatever order the schedules ran in; a day whose numbers are restated is
 * judged again, until its actuals horizon closes; a degradation is told once, and again only after it was over; at most one
 * retraining of a model runs, and it hears that another day is over.
 */
export async function degradationCheck(
  input: unknown,
): Promise<
  Omit<ResultOf<'checkDegradation'>, 'pendingAlerts' | 'underWay'> &
    RunFacts & { retrainingWorkflow: string | null }
> {
  const { model, act, ...rest } = decodeInput('degradationCheck', input);
  const asOf = asOfOf(rest);
  await watchProcesses({ model, asOf });
  await attachInParts({ model, asOf });
  const profiled = profileInParts({ model, asOf });
  await Promise.all([
    profiled.then(() => decisions.detectDrift({ model, asOf, act: act ?? false })),
    summarizeInParts({ model, asOf }, { after: profiled }).then(() =>
      decisions.evaluatePerformance({ model, asOf }),
    ),
  ]);
  await decisions.estimatePerformance({ model, asOf });
  const check = await decisions.checkDegradation({ model, asOf, act: act ?? false });
  // It speaks for the day that is over.
  showOutcome(formatWindow(trailingWindow(parseInstant(asOf), '1d')), check.verdict);
  const pushed = await pushMetrics({ model, process: 'degradation-check' });
  const { pendingAlerts, underWay, ...verdict } = check;
  await wakeAlerts(model, pendingAlerts);
  if (underWay !== undefined) await wakeRetraining(underWay);
  const started =
    check.retraining.decision === 'start' ? await startRetraining(model, asOf, reasonOf(check)) : null;
  return { ...verdict, retrainingWorkflow: started, ...pushed, asOf };
}

/** Why a retraining starts: what the rules found, or the trigger that needs no degradation. */
function reasonOf({
  reason,
  retraining: { triggers, reason: ofPolicy },
}: ResultOf<'checkDegradation'>): string {
  return triggers === undefined || triggers.includes('verdict') ? reason : ofPolicy;
}

/** A retraining outlives the check that started it. */
async function startRetraining(model: string, asOf: string, reason: string): Promise<string> {
  const workflowId = `retraining:${model}:${asOf}`;
  try {
    await startChild(retraining, {
      workflowId,
      args: [{ model, asOf, reason }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      ...retrainingWords({ model, reason }),
      ...listedAlike(),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return workflowId;
}
