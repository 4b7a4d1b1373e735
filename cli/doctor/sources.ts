/** What the checks read from: opened when the first of them asks, closed at the end. */

import type { Client } from '@temporalio/client';

import { openPushgateway, type Pushgateway } from '../../activities/metrics/pushgateway.ts';
import { connectTemporal, type TemporalClient } from '../../schedules/temporal-client.ts';
import { openDatabase, type Database } from '../../sql/database.ts';
import { readEnvironment, type ReadEnvironment } from './environment.ts';

export interface Sources {
  readonly environment: ReadEnvironment;
  readonly database: Database;
  readonly temporal: () => Promise<Client>;
  /** Undefined where none is configured. */
  readonly pushgateway: Pushgateway | undefined;
  /** The wall clock of this machine. */
  readonly now: () => number;
}

/** Few enough for a database that has hardly any connection left. */
const poolSize = 3;

export async function withSources<T>(
  given: Readonly<Record<string, string | undefined>>,
  work: (sources: Sources) => Promise<T>,
): Promise<T> {
  const environment = readEnvironment(given);
  const { databaseUrl, temporal, pushgatewayUrl } = environment.configuration;
  const database = openDatabase({ url: databaseUrl, poolSize, applicationName: 'tidewatch-doctor' });
  let connecting: Promise<TemporalClient> | undefined;
  try {
    return await work({
      environment,
      database,
      temporal: async () => (await (connecting ??= connectTemporal(temporal))).client,
      pushgateway: pushgatewayUrl === undefined ? undefined : openPushgateway(pushgatewayUrl),
      now: Date.now,
    });
  } finally {
    // What never answered keeps its connection, and is not waited for.
    void database.close();
    await connecting?.then((temporal) => temporal.close()).catch(() => {});
  }
}
