/** What every activity that stores numbers of a model begins with. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { parseInstant } from '../../core/window.ts';
import { runOf } from '../activity-context.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import type { Provenance } from './provenance.ts';

export interface MonitorRun {
  readonly monitor: Monitor;
  /** The instant that the run speaks for. */
  readonly asOf: number;
  readonly provenance: Provenance;
}

/**
 * The monitor of a model, and where the numbers of this run will come from.
 *
 * @throws TidewatchError `UNKNOWN_MODEL`, `INVALID_INSTANT`
 */
export async function monitorRun(
  { database, codeVersion, context }: Pick<ActivityDependencies, 'database' | 'codeVersion' | 'context'>,
  { model, asOf }: { readonly model: string; readonly asOf: string },
): Promise<MonitorRun> {
  const { monitor, configurationHash } = await findMonitor(database, model);
  const provenance = { configurationHash, codeVersion, ...runOf(context()) };
  return { monitor, asOf: parseInstant(asOf), provenance };
}
