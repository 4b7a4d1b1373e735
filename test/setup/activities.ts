/** The activities without Temporal around them: called as functions, on a database. */

import type { ActivityDependencies } from '../../activities/dependencies.ts';
import type { Activities } from '../../activities/index.ts';
import { createActivities } from '../../activities/index.ts';
import { runCommand } from '../../activities/commands/run-command.ts';
import { openPushgateway } from '../../activities/metrics/pushgateway.ts';
import { openMlflow } from '../../activities/retraining/mlflow.ts';
import { openCallbackTokens } from '../../activities/retraining/callback-tokens.ts';
import { openHttpTrainer } from '../../activities/retraining/trainers/http.ts';
import type { Database } from '../../sql/database.ts';
import { testServers } from './servers.ts';

/** All tries of one run, `run`; another `runId` makes it another run. `overrides` replaces dependencies. */
export function activitiesOn(
  database: Database,
  { runId = 'run', ...overrides }: Partial<ActivityDependencies> & { readonly runId?: string } = {},
): Activities {
  return createActivities({
    database,
    pushgateway: openPushgateway(testServers().pushgatewayUrl),
    channels: {},
    mlflow: openMlflow(),
    promotionWebhook: undefined,
    trainer: openHttpTrainer(),
    trainerSecrets: {},
    callbackTokens: openCallbackTokens(['secret of the tests']),
    runCommand,
    wakeAlert: async () => undefined,
    temporalUi: 'http://127.0.0.1:8233/namespaces/default',
    pagesUrl: 'http://127.0.0.1:9464',
    runbooksUrl: 'http://127.0.0.1:9464/runbooks',
    codeVersion: 'test',
    context: () => ({
      workflowId: 'workflow',
      runId,
      heartbeat: () => undefined,
      resumePoint: undefined,
      cancelled: new AbortController().signal,
    }),
    ...overrides,
  });
}
