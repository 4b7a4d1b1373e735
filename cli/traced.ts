/** Commands as traces, where the environment says that there are any. */

import type { Tracing } from '../worker/tracing/start.ts';
import { printNote } from './print.ts';
import { tracingSettings } from '../worker/tracing/settings.ts';

/** They run for as long as they are wanted: what they are asked for is a trace each, if it is one. */
const longLived = new Set(['console', 'watch']);

/** Does the work of a command: in a span of its own, which what it starts goes on from. A worker sees to its traces itself. */
export async function traced(command: string | undefined, work: () => Promise<unknown>): Promise<void> {
  const settings = command === 'worker' ? undefined : tracingSettings(process.env);
  if (settings === undefined || command === undefined) {
    await work();
    return;
  }
  const { startTracing } = await import('../worker/tracing/start.ts');
  const tracing: Tracing = await startTracing(settings, { warn: printNote });
  try {
    if (longLived.has(command)) await work();
    else await tracing.inSpan(['tidewatch', command].join(' '), { command }, work);
  } finally {
    await tracing.close();
  }
}
