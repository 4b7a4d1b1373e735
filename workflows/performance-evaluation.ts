import { asOfOf, decodeInput } from './input.ts';
import type { ResultOf, RunFacts } from './steps.ts';
import { decisions, pushMetrics, scans } from './steps.ts';

/**
 * Evaluates the windows that end at asOf (or a given `window`), and again every stored window whose outcomes changed.
 *
 * Guaranteed: a window that is evaluated again with another result gets a new revision; with the same result nothing.
 */
export async function performanceEvaluation(
  input: unknown,
): Promise<ResultOf<'evaluatePerformance'> & RunFacts> {
  const { model, window, ...rest } = decodeInput('performanceEvaluation', input);
  const asOf = asOfOf(rest);
  await scans.attachActuals({ model, asOf, ...(window && { window }) });
  const summary = await decisions.evaluatePerformance({ model, asOf, ...(window && { window }) });
  const metrics = await pushMetrics({ model, process: 'performance-evaluation' });
  return { ...summary, asOf, metrics };
}
