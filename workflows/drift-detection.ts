import { asOfOf, decodeInput } from './input.ts';
import { showOutcome } from './show-outcome.ts';
import { attachInParts, profileInParts } from './in-parts.ts';
import { pushMetrics, type RunFacts } from './push-metrics.ts';
import type { ResultOf } from './steps.ts';
import { decisions, scans } from './steps.ts';

/**
 * Compares the current window with the reference, column by column, and says whether the data has drifted.
 *
 * Guaranteed: hours that are new or changed are profiled first; one drift run a window, replaced when it is computed
 * again; an alert that opens is told of even when this run dies right after.
 */
export async function driftDetection(
  input: unknown,
): Promise<
  Omit<ResultOf<'detectDrift'>, 'process' | 'pendingAlerts'> &
    Pick<ResultOf<'profileHours'>, 'hoursProfiled'> &
    RunFacts
> {
  const { model, window, current, act, ...rest } = decodeInput('driftDetection', input);
  const asOf = asOfOf(rest);
  const request = { model, asOf, ...(window && { window }), ...(current && { current }) };
  await attachInParts({ model, asOf });
  const { hoursProfiled } = await profileInParts(request);
  await scans.calibrateDrift(request);
  const { process, pendingAlerts, ...drift } = await decisions.detectDrift({ ...request, act: act ?? false });
  showOutcome(drift.window, drift.verdict);
  const pushed = await pushMetrics({ model, process });
  if (pendingAlerts.length > 0) await decisions.wakeAlerts({ model, alertKeys: pendingAlerts });
  return { ...drift, hoursProfiled, asOf, ...pushed };
}
