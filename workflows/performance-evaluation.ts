import { asOfOf, decodeInput } from './input.ts';
import { attachInParts, summarizeInParts } from './in-parts.ts';
import { pushMetrics, type RunFacts } from './push-metrics.ts';
import type { ResultOf } from './steps.ts';
import { decisions } from './steps.ts';

/**
 * Evaluates the windows that end at asOf (or a given `window` and the stored ones within it), and again every stored window
 * whose outcomes changed before its actuals horizon closed. Then estimates what is not known yet, holds earlier estimates
 * against what is, and compares versions, baselines and slices over some windows.
 *
 * Guaranteed: a window that is evaluated again with another result gets a new revision; with the same result nothing. Only
 * hours that changed are read again.
 */
export async function performanceEvaluation(input: unknown): Promise<
  ResultOf<'evaluatePerformance'> & {
    readonly estimates: Omit<ResultOf<'estimatePerformance'>, 'pendingAlerts'>;
    readonly comparisons: ResultOf<'comparePerformance'>;
  } & RunFacts
> {
  const { model, window, ...rest } = decodeInput('performanceEvaluation', input);
  const asOf = asOfOf(rest);
  const request = { model, asOf, ...(window && { window }) };
  await attachInParts(request);
  await summarizeInParts(request);
  const summary = await decisions.evaluatePerformance(request);
  const { pendingAlerts, ...estimates } = await decisions.estimatePerformance(request);
  const comparisons = await decisions.comparePerformance(request);
  const pushed = await pushMetrics({ model, process: 'performance-evaluation' });
  if (pendingAlerts.length > 0) await decisions.wakeAlerts({ model, alertKeys: pendingAlerts });
  return { ...summary, estimates, comparisons, asOf, ...pushed };
}
