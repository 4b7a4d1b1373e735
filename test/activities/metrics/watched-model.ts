import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

import { createPushMetrics } from '../../../activities/metrics/push-metrics.ts';
import { openPushgateway } from '../../../activities/metrics/pushgateway.ts';
import type { Pushgateway } from '../../../activities/metrics/pushgateway.ts';
import { upsertMonitor } from '../../../activities/monitors/store.ts';
import type { Process } from '../../../activities/processes/watermarks.ts';
import { monitorSchema } from '../../../core/monitor/schema.ts';
import type { Database } from '../../../sql/database.ts';
import { createTestDatabase, testServers } from '../../setup/servers.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { pushedSeries } from './pushed-series.ts';

export const processes: readonly Process[] = [
  'actuals-backfill',
  'drift-detection',
  'hourly-drift-detection',
  'performance-evaluation',
  'degradation-check',
  'retraining',
];

/** A day of May 2011. */
export const day = (n: number): number => Date.UTC(2011, 4, n);
export const inSeconds = (instant: number): number => instant / 1000;

/** A watched model of each test's own, with a 7-day current window, and the gauges that the Pushgateway shows of it. */
export interface WatchedModel {
  readonly model: string;
  readonly database: Database;
  readonly gateway: Pushgateway;
  push(process: Process, gateway?: Pushgateway): Promise<{ readonly samples: number | null }>;
  gauges(process: Process): Promise<Record<string, number>>;
  /** Pushes, and gives the gauges. */
  pushed(process: Process): Promise<Record<string, number>>;
}

/** Registers the hooks that make a model for each test of a file. Files share the Pushgateway: `name` tells them apart. */
export function watchedModel(name: string): WatchedModel {
  let test: TestDatabase;
  let count = 0;
  const gateway = openPushgateway(testServers().pushgatewayUrl);
  const watched: WatchedModel = {
    get model() {
      return `${name}-${count}`;
    },
    get database() {
      return test.database;
    },
    gateway,
    push: (process, pushgateway = gateway) =>
      createPushMetrics({ database: test.database, pushgateway })({ model: watched.model, process }),
    gauges: (process) => pushedSeries(watched.model, process),
    pushed: async (process) => {
      await watched.push(process);
      return watched.gauges(process);
    },
  };
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.drop());
  beforeEach(async () => {
    count += 1;
    const monitor = monitorSchema.parse({
      model: watched.model,
      task: 'regression',
      features: { temp: { kind: 'continuous' } },
      reference: { kind: 'rolling' },
      current: '7d',
    });
    await upsertMonitor(test.database, monitor, 'hash');
  });
  afterEach(async () => {
    for (const process of processes) await gateway.deleteGroup({ process, model: watched.model });
  });
  return watched;
}
