/** What activities are given in tests, on a database. */

import { runCommand } from '../../activities/commands/run-command.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { openPushgateway } from '../../activities/metrics/pushgateway.ts';
import { openCallbackTokens } from '../../activities/retraining/callback-tokens.ts';
import { openMlflow } from '../../activities/retraining/mlflow.ts';
import { openHttpTrainer } from '../../activities/retraining/trainers/http.ts';
import type { Sources } from '../../activities/sources/sources.ts';
import type { Database } from '../../sql/database.ts';
import { asRole, testServers } from './servers.ts';

const unused = (): never => {
  throw new Error('no source is configured');
};

/** For monitors without a source. */
export const noSources: Sources = {
  database: unused,
  bucket: unused,
  directory: unused,
  close: async () => {},
};

/** The worker's role is all that activities have. No channel is configured. Task queues, how alerts are woken, where the Temporal UI is and what runs differ from test to test. */
export function testDependencies(
  database: Database,
): Omit<
  ActivityDependencies,
  'tellProgress' | 'countPollers' | 'whyFailing' | 'wakeAlert' | 'temporalUi' | 'context'
> {
  return {
    database: asRole(database, 'worker'),
    pushgateway: openPushgateway(testServers().pushgatewayUrl),
    channels: {},
    sources: noSources,
    mlflow: openMlflow(),
    promotionWebhook: undefined,
    trainer: openHttpTrainer(),
    trainerSecrets: {},
    callbackTokens: openCallbackTokens(['secret of the tests']),
    runCommand,
    pagesUrl: 'http://127.0.0.1:9464',
    runbooksUrl: 'http://127.0.0.1:9464/runbooks',
    codeVersion: 'test',
    partitionWidth: 'month',
    retention: { rows: 'keep', results: 'keep', hourlyProfiles: 'keep', dailyProfiles: 'keep' },
    listReprocessed: async () => [],
  };
}
