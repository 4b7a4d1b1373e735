/** Configuration in, dependencies out; closed in reverse order. */

import { Client, Connection, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';

import { temporalContext } from '../activities/activity-context.ts';
import { openChannels } from '../activities/alerts/channels.ts';
import { runCommand } from '../activities/commands/run-command.ts';
import type { ActivityDependencies } from '../activities/dependencies.ts';
import { openPushgateway } from '../activities/metrics/pushgateway.ts';
import { openMlflow } from '../activities/retraining/mlflow.ts';
import { openCallbackTokens } from '../activities/retraining/callback-tokens.ts';
import { openPromotionWebhook } from '../activities/retraining/promotion-webhook.ts';
import { openHttpTrainer } from '../activities/retraining/trainers/http.ts';
import { openSources } from '../activities/sources/sources.ts';
import { lifecycleId } from '../core/alert/alert.ts';
import { TidewatchError } from '../core/errors.ts';
import { alertWords } from '../core/process/run-words.ts';
import { secondMs } from '../core/window.ts';
import { clientSpans } from '../schedules/client-spans.ts';
import { dataConverterOf } from '../schedules/payload-codec.ts';
import { missingAttributes, modelKey, startShown } from '../schedules/search-attributes.ts';
import {
  clientOptions,
  connectionOptions,
  connectionProblem,
  type TemporalTarget,
} from '../schedules/temporal-connection.ts';
import { whyFailing } from '../schedules/why-failing.ts';
import { openDatabase } from '../sql/database.ts';
import type { Configuration } from './configuration.ts';
import { codeVersion } from './code-version.ts';
import { connectionsOf } from './task-queue-configuration.ts';
import type { Completions } from './training-completions.ts';

export interface WorkerDependencies {
  /** All but the address of the pages, which is known once they are served. */
  readonly activities: Omit<ActivityDependencies, 'pagesUrl' | 'runbooksUrl'>;
  readonly connection: NativeConnection;
  /** Passes what a trainer has called on to the workflow that waits for it. */
  readonly passOnAnswer: Completions['tell'];
  /** Search attributes that the namespace lacks. */
  readonly missingAttributes: readonly string[];
  close(): Promise<void>;
}

/**
 * Connects to Temporal and prepares everything that activities touch.
 *
 * @throws TidewatchError `TEMPORAL_UNREACHABLE`, `INVALID_CONFIGURATION` for an unknown namespace; Postgres and the Pushgateway are asked only when they are needed
 */
export async function openDependencies(configuration: Configuration): Promise<WorkerDependencies> {
  const { secrets, callbackSecrets, mayRunCommands } = configuration.trainers;
  const { promotionHookSecrets, mlflowToken } = configuration.registry;
  const { namespace, taskQueue, uiUrl, traced = false } = configuration.temporal;
  const { connection, clientConnection } = await connectTemporal(configuration.temporal, namespace);
  const interceptors = traced ? await clientSpans() : {};
  const client = new Client({
    connection: clientConnection,
    namespace,
    interceptors,
    ...dataConverterOf(configuration.temporal.payloadKeys),
  });
  const channels = openChannels(configuration.channels, { pagesUrl: configuration.pagesUrl });
  const database = openDatabase({
    url: configuration.databaseUrl,
    poolSize: connectionsOf(configuration.queues, configuration.maxConcurrentActivities),
    applicationName: 'tidewatch-worker',
    observe: traced ? (await import('./tracing/statement-spans.ts')).statementSpans : undefined,
  });

  const sources = openSources(configuration.sources);

  return {
    connection,
    missingAttributes: (await missingAttributes(client)) ?? [],
    passOnAnswer: passOnAnswerThrough(client),
    activities: {
      database,
      pushgateway:
        configuration.pushgatewayUrl === undefined
          ? undefined
          : openPushgateway(configuration.pushgatewayUrl),
      channels: traced ? (await import('./tracing/channel-spans.ts')).channelsWithSpans(channels) : channels,
      sources,
      mlflow: openMlflow({ token: mlflowToken }),
      promotionWebhook:
        promotionHookSecrets === undefined
          ? undefined
          : openPromotionWebhook({ secrets: promotionHookSecrets }),
      trainer: openHttpTrainer(),
      trainerSecrets: secrets,
      callbackTokens: callbackSecrets === undefined ? undefined : openCallbackTokens(callbackSecrets),
      runCommand: mayRunCommands ? runCommand : undefined,
      tellProgress: passOnAnswerThrough(client),
      countPollers: countPollersThrough(client),
      whyFailing: whyFailingThrough(client),
      wakeAlert: wakeAlertThrough(client, taskQueue),
      partitionWidth: configuration.partitionWidth,
      retention: configuration.retention,
      listReprocessed: listReprocessedThrough(client),
      fanOut: configuration.queues.fanOut,
      temporalUi: uiUrl,
      codeVersion: await codeVersion(),
      context: temporalContext,
    },
    close: async () => {
      await sources.close();
      await database.close();
      await clientConnection.close();
      await connection.close();
    },
  };
}

/** By their search attribute, or by the id that `tidewatch reprocess` gives. */
export function listReprocessedThrough(client: Client): ActivityDependencies['listReprocessed'] {
  return async () => {
    const models = new Set<string>();
    for await (const { workflowId, typedSearchAttributes } of client.workflow.list({
      query: `WorkflowType = 'reprocessing' AND ExecutionStatus = 'Running'`,
    })) {
      const [prefix, named] = workflowId.split(':');
      const model = typedSearchAttributes.get(modelKey) ?? (prefix === 'reprocessing' ? named : undefined);
      if (model === undefined) return 'all';
      models.add(model);
    }
    return [...models];
  };
}

/** Signals the life cycle of an alert, and starts it where it does not run. */
export function wakeAlertThrough(client: Client, taskQueue: string): ActivityDependencies['wakeAlert'] {
  return async ({ model, alertKey }) => {
    await startShown({ model }, (typedSearchAttributes) =>
      client.workflow.signalWithStart('alertLifecycle', {
        workflowId: lifecycleId(alertKey),
        taskQueue,
        args: [{ model, alertKey }],
        signal: 'alertChanged',
        signalArgs: [],
        ...alertWords({ model, alertKey }),
        typedSearchAttributes,
      }),
    );
  };
}

const taskQueueTypes = { workflow: 1, activity: 2 } as const;

/** Asks the server. */
export function countPollersThrough({
  workflowService,
  options: { namespace },
}: Client): ActivityDependencies['countPollers'] {
  return async ({ taskQueue, of }) => {
    const { pollers } = await workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: taskQueueTypes[of],
    });
    return pollers.length;
  };
}

/** An alert waits no longer than this for its reason. */
const whyMs = 4 * secondMs;

/** Asks Temporal; what keeps it from answering is no reason to keep an alert back. */
export function whyFailingThrough(client: Client): ActivityDependencies['whyFailing'] {
  return async (scheduleId) => {
    try {
      return await client.withDeadline(Date.now() + whyMs, () => whyFailing(client, scheduleId));
    } catch {
      return undefined;
    }
  };
}

/** Signals the workflow of a retraining. */
export function passOnAnswerThrough(client: Client): Completions['tell'] {
  return async (workflowId, answer) => {
    const signal = answer.state === 'running' ? 'trainingProgressed' : 'trainingFinished';
    try {
      await client.workflow.getHandle(workflowId).signal(signal, answer);
      return 'told';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'gone';
      throw error;
    }
  };
}

async function connectTemporal(
  target: TemporalTarget,
  namespace: string,
): Promise<{ connection: NativeConnection; clientConnection: Connection }> {
  // The native one first: closing it ends the SDK's runtime, which would keep the process from ending.
  const connection = await reach(target, () => NativeConnection.connect(connectionOptions(target)));
  let clientConnection: Connection | undefined;
  try {
    clientConnection = await reach(target, () =>
      Connection.connect({ ...clientOptions(target), connectTimeout: '10s' }),
    );
    await requireNamespace(clientConnection, namespace);
    return { connection, clientConnection };
  } catch (error) {
    await clientConnection?.close();
    await connection.close();
    throw error;
  }
}

// https://grpc.io/docs/guides/status-codes
const notFoundCodes = new Set([5]);

/** Asked before a worker is made: one that cannot be made leaves threads behind that keep the process from ending. */
async function requireNamespace(connection: Connection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (!isGrpcServiceError(error) || !notFoundCodes.has(error.code)) throw error;
    const problem = `  TEMPORAL_NAMESPACE: the server has no namespace "${namespace}"`;
    throw new TidewatchError('INVALID_CONFIGURATION', { count: 1, problems: problem }, { cause: error });
  }
}

async function reach<T>(target: TemporalTarget, connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    throw await connectionProblem(target, error);
  }
}
