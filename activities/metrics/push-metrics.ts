/** Shows the newest stored rows as gauges. */

import type { Monitor } from '../../core/monitor/schema.ts';
import { dayMs, durationMs } from '../../core/window.ts';
import { lockUntilCommit } from '../../sql/database.ts';
import type { Queryable } from '../../sql/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findMonitor } from '../monitors/store.ts';
import type { Process } from '../processes/watermarks.ts';
import { storageSamples } from '../storage/storage-metrics.ts';
import { actualsSamples } from './actuals-metrics.ts';
import type { Sample } from './catalog.ts';
import { degradationSamples } from './degradation-metrics.ts';
import { driftSamples } from './drift-metrics.ts';
import { importanceSamples } from './importance-metrics.ts';
import { performanceSamples } from './performance-metrics.ts';
import type { Group, Pushgateway } from './pushgateway.ts';
import { retrainingSamples } from './retraining-metrics.ts';
import { readWatermark, watermarkSamples } from './watermark-metrics.ts';

type Samples = (connection: Queryable, monitor: Monitor) => Promise<Sample[]>;

const samplesOf: Readonly<Record<Exclude<Process, 'storage-maintenance'>, Samples>> = {
  'actuals-backfill': (connection, { model }) => actualsSamples(connection, model),
  'drift-detection': async (connection, { model, current }) => [
    ...(await driftSamples(connection, model, durationMs(current))),
    ...(await importanceSamples(connection, model)),
  ],
  'hourly-drift-detection': (connection, { model }) => driftSamples(connection, model, dayMs),
  'performance-evaluation': (connection, { model }) => performanceSamples(connection, model),
  'degradation-check': (connection, { model }) => degradationSamples(connection, model),
  retraining: (connection, { model }) => retrainingSamples(connection, model),
  'weekly-report': async () => [],
};

/** Groups that show something else after a run of a process: a promotion changes whose importances are shown. */
const shownElsewhere: Readonly<Partial<Record<Process, readonly Process[]>>> = {
  retraining: ['drift-detection'],
};

async function samplesOfGroup(connection: Queryable, { model, process }: Group): Promise<readonly Sample[]> {
  // Of the installation: no monitor is asked.
  if (process === 'storage-maintenance') return storageSamples(connection);
  const { monitor } = await findMonitor(connection, model);
  return [
    ...watermarkSamples(await readWatermark(connection, { model, process })),
    ...(await samplesOf[process](connection, monitor)),
  ];
}

/**
 * Makes the activity `pushMetrics`. It renders the whole group of a process from the newest stored rows, whichever run
 * asks, and pushes it while it holds the lock of the group: any order of runs ends in the same gauges, and the past
 * never overwrites the present. Where no Pushgateway is configured it does nothing, and gives null samples.
 *
 * The activity throws TidewatchError `PUSHGATEWAY_UNREACHABLE`, and `UNKNOWN_MODEL` for a model that is not watched any
 * more, so that a late run does not bring its group back.
 */
export function createPushMetrics(
  dependencies: Pick<ActivityDependencies, 'database' | 'pushgateway'>,
): (group: Group) => Promise<{ readonly samples: number | null }> {
  const { database, pushgateway } = dependencies;
  async function pushGroup(to: Pushgateway, { model, process }: Group): Promise<number> {
    return database.transaction(async (connection) => {
      await lockUntilCommit(connection, `metrics:${process}:${model}`);
      const samples = await samplesOfGroup(connection, { model, process });
      await to.replaceGroup({ process, model }, samples);
      return samples.length;
    });
  }
  return async function pushMetrics({ model, process }) {
    if (pushgateway === undefined) return { samples: null };
    let samples = 0;
    for (const group of [process, ...(shownElsewhere[process] ?? [])]) {
      samples += await pushGroup(pushgateway, { model, process: group });
    }
    return { samples };
  };
}
