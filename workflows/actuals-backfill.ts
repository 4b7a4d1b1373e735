import { asOfOf, decodeInput } from './input.ts';
import { attachInParts } from './in-parts.ts';
import { pushMetrics, type RunFacts } from './push-metrics.ts';
import type { ResultOf } from './steps.ts';
import { watchProcesses } from './steps.ts';

/**
 * Joins actuals to predictions: those that have arrived since the last run, or those of a `window` of event time.
 *
 * Guaranteed: an actual is attached however late it comes, and once; hours that changed are evaluated again; any number
 * of runs may overlap; a process that has died is told of within about an hour.
 */
export async function actualsBackfill(input: unknown): Promise<ResultOf<'attachActuals'> & RunFacts> {
  const { model, window, ...rest } = decodeInput('actualsBackfill', input);
  const asOf = asOfOf(rest);
  await watchProcesses({ model, asOf });
  const summary = await attachInParts({ model, asOf, ...(window && { window }) });
  const pushed = await pushMetrics({ model, process: 'actuals-backfill' });
  return { ...summary, asOf, ...pushed };
}
