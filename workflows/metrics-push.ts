import { ActivityFailure, isCancellation, log } from '@temporalio/workflow';

import { decodeInput } from './input.ts';
import { laterPushes } from './steps.ts';

/**
 * Brings the gauges of a process of a model up to date after a run has found the Pushgateway away.
 *
 * Guaranteed: nothing waits for it; it tries for a day, at most every five minutes once it has tried for a while; it pushes the newest stored
 * rows, also those of later runs. After a day it gives up: a process runs at least that often, and its run tries by itself.
 */
export async function metricsPush(input: unknown): Promise<{ readonly metrics: 'pushed' | 'not pushed' }> {
  const { model, process } = decodeInput('metricsPush', input);
  try {
    await laterPushes.pushMetrics({ model, process });
    return { metrics: 'pushed' };
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    log.warn('metrics were not pushed in a day of tries', { cause: error.cause?.message });
    return { metrics: 'not pushed' };
  }
}
