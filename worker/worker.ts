/** One process: configuration -> runtime -> dependencies -> worker -> shutdown. */

import { Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import getPort from 'get-port';

import { createActivities } from '../activities/index.ts';
import { noPushgateway } from '../activities/metrics/pushgateway.ts';
import { findReport, listReportGroups, listReports } from '../activities/reports/store.ts';
import { findRetraining } from '../activities/retraining/store.ts';
import { noteTraining, slowPause } from '../activities/retraining/training-note.ts';
import { reasonOf } from '../core/errors.ts';
import { trainingText } from '../core/retraining/retraining-words.ts';
import type { OpenConsole } from '../console/server/listen.ts';
import { dataConverterOf } from '../schedules/payload-codec.ts';
import { createAttributes } from '../schedules/search-attributes.ts';
import { checkSchema, newerText } from '../sql/migrator.ts';
import { openCodecEndpoint, type CodecEndpoint } from './codec-endpoint.ts';
import { activityErrors } from './activity-errors.ts';
import type { Configuration } from './configuration.ts';
import { startConsole } from './console.ts';
import { openDependencies, type WorkerDependencies } from './dependencies.ts';
import { deploymentOptions } from './deployment.ts';
import { limitHeapGrowth } from './heap-growth.ts';
import { openHttpEndpoint } from './http.ts';
import { activityFields } from './activity-fields.ts';
import { guardOutgoing } from './outgoing-guard.ts';
import { openLogger, sdkLogger, type Logger } from './logger.ts';
import { nextStep } from './next-step.ts';
import { unconfiguredRoutes } from './route-check.ts';
import { slotsOf } from './task-queue-configuration.ts';
import type { Tracing } from './tracing/start.ts';
import { unconfiguredTrainers } from './trainer-check.ts';
import { userName } from './user-name.ts';
import { workflowBundle } from './workflow-bundle.ts';

/**
 * Runs a worker until SIGINT or SIGTERM, then lets running activities end within the grace time.
 *
 * @throws TidewatchError `POSTGRES_UNREACHABLE`, `TEMPORAL_UNREACHABLE`, `SCHEMA_BEHIND`, `SCHEMA_AHEAD` before it takes a task
 */
export async function runWorker(configuration: Configuration): Promise<void> {
  limitHeapGrowth();
  const logger = openLogger(configuration.logLevel, configuration.secrets);
  const sdkMetricsPort = await getPort({ host: '127.0.0.1' });
  Runtime.install({
    logger: sdkLogger(logger),
    telemetryOptions: {
      metrics: { prometheus: { bindAddress: `127.0.0.1:${sdkMetricsPort}` } },
      logging: { forward: {}, filter: 'temporalio_sdk_core=WARN,temporalio_client=WARN' },
    },
  });
  const { outgoing } = configuration;
  guardOutgoing({ ...outgoing, exempt: new Set([...outgoing.exempt, `127.0.0.1:${sdkMetricsPort}`]) });
  const tracing = await openTracing(configuration, logger);
  const dependencies = await openDependencies(configuration).catch(async (error: unknown) => {
    await tracing?.close();
    throw error;
  });
  const { activities } = dependencies;
  try {
    const newer = await checkSchema(activities.database);
    if (newer.length > 0) logger.warn(newerText(newer));
    if (activities.pushgateway === undefined) logger.info(noPushgateway);
    // Only said: what is computed meanwhile is stored, and pushed once it answers.
    await activities.pushgateway?.check().catch((error: unknown) => logger.warn(reasonOf(error)));
    for (const problem of await unconfiguredRoutes(activities.database, activities.channels))
      logger.warn(problem);
    if (dependencies.missingAttributes.length > 0)
      logger.warn(attributesMissing(configuration.temporal.namespace, dependencies.missingAttributes));
    for (const problem of await unconfiguredTrainers(activities.database, configuration))
      logger.warn(problem);
    let workers: readonly Worker[] = [];
    // Before the worker: one that never runs would keep its connection, and the process, from ending.
    const endpoint = await openHttpEndpoint(configuration.http.host, configuration.http.port, {
      workerState: () => stateOf(workers),
      checkDatabase: () => activities.database.query('select 1'),
      sdkMetrics: async () => (await fetch(`http://127.0.0.1:${sdkMetricsPort}/metrics`)).text(),
      reports: {
        find: (key) => findReport(activities.database, key),
        list: (list) => listReports(activities.database, list),
        groups: () => listReportGroups(activities.database),
      },
      codec: codecEndpoint(configuration),
      completions: {
        tokens: activities.callbackTokens,
        find: ({ model, retrainingId }) => findRetraining(activities.database, model, retrainingId),
        note: (training, running) =>
          noteTraining(activities.database, training, trainingText(running), slowPause),
        tell: dependencies.passOnAnswer,
      },
    });
    let console: OpenConsole | undefined;
    try {
      if (configuration.console.inWorker) console = await startConsole(configuration, userName(), logger);
      const pagesUrl = configuration.pagesUrl ?? endpoint.url;
      const runbooksUrl = configuration.runbooksUrl ?? `${pagesUrl}/runbooks`;
      const withPages = createActivities({
        ...activities,
        pagesUrl,
        runbooksUrl,
        consoleUrl: configuration.console.url,
      });
      const next = await nextStep(activities.database);
      workers = await createWorkers(configuration, dependencies, withPages, tracing);
      const { namespace } = configuration.temporal;
      const taskQueue = workers.map(({ options }) => options.taskQueue).join(', ');
      logger.info(
        { http: endpoint.url, console: console?.url, taskQueue, namespace, next },
        'worker started',
      );
      // Ends at SIGINT or SIGTERM, which the runtime listens for.
      await runAll(workers);
    } finally {
      await console?.close();
      await endpoint.close();
    }
    logger.info('worker stopped');
  } finally {
    await dependencies.close();
    await tracing?.close();
  }
}

function codecEndpoint({ temporal: { payloadKeys, codecOrigin } }: Configuration): CodecEndpoint | undefined {
  return payloadKeys === undefined || codecOrigin === undefined
    ? undefined
    : openCodecEndpoint(payloadKeys, codecOrigin);
}

async function openTracing(
  { tracing, secrets }: Configuration,
  logger: Logger,
): Promise<Tracing | undefined> {
  if (tracing === undefined) return undefined;
  const { startTracing } = await import('./tracing/start.ts');
  return startTracing(tracing, { warn: (text) => logger.warn(text), secrets });
}

function attributesMissing(namespace: string, names: readonly string[]): string {
  return (
    `the namespace "${namespace}" has no search attributes ${names.join(', ')}: its list of runs does not show what each is about; ` +
    `run \`tidewatch apply\`, which makes them; where it may not, \`${createAttributes(names)}\` before it`
  );
}

/** `RUNNING` where all of them run; else how the first is that does not. */
function stateOf(workers: readonly Worker[]): string {
  if (workers.length === 0) return 'STARTING';
  return workers.map((worker) => worker.getState()).find((state) => state !== 'RUNNING') ?? 'RUNNING';
}

/** Where one fails, the others end in good order, too. */
async function runAll(workers: readonly Worker[]): Promise<void> {
  const runs = workers.map((worker) => worker.run());
  await Promise.race([Promise.all(runs), ...runs]).catch(() => {});
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await Promise.all(runs);
}

/** One worker of the SDK for each task queue that this process takes from; the workflows come from the bundle. */
async function createWorkers(
  { temporal, queues, maxConcurrentActivities, shutdownGrace, secrets }: Configuration,
  { connection, activities: { codeVersion } }: WorkerDependencies,
  activities: object,
  tracing: Tracing | undefined,
): Promise<Worker[]> {
  const spans = tracing === undefined ? [] : [tracing.activitySpans];
  const slots = slotsOf(queues, maxConcurrentActivities);
  const { activitiesPerSecond } = queues;
  const common: Omit<WorkerOptions, 'taskQueue'> = {
    connection,
    namespace: temporal.namespace,
    ...dataConverterOf(temporal.payloadKeys),
    workerDeploymentOptions: deploymentOptions(temporal.versioning ?? 'off', codeVersion),
    activities,
    interceptors: { activity: [...spans, activityFields, () => ({ inbound: activityErrors(secrets) })] },
    ...(activitiesPerSecond !== undefined && { maxTaskQueueActivitiesPerSecond: activitiesPerSecond }),
    // The SDK's default of 0 cuts activities off at once.
    shutdownGraceTime: shutdownGrace,
  };
  const workers: Worker[] = [];
  if (slots.common > 0)
    workers.push(
      await Worker.create({
        ...common,
        taskQueue: temporal.taskQueue,
        workflowBundle: await workflowBundle(
          tracing === undefined ? 'plain' : 'traced',
          queues.heavy?.taskQueue,
        ),
        ...(tracing !== undefined && { sinks: tracing.sinks }),
        // The pool has a connection for each.
        maxConcurrentActivityTaskExecutions: slots.common,
        maxConcurrentWorkflowTaskExecutions: 20,
        // The SDK would keep a thousand. An open alert sleeps for hours: waking it replays a short history, so that the memory of a worker
        // does not depend on how many are open (measured with 5,600 open). A round of 1,000 models is no faster with 400.
        maxCachedWorkflows: 100,
      }),
    );
  if (slots.heavy > 0)
    workers.push(
      await Worker.create({
        ...common,
        taskQueue: queues.heavy!.taskQueue,
        maxConcurrentActivityTaskExecutions: slots.heavy,
      }),
    );
  return workers;
}
