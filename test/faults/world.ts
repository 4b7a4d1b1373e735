/** What one round happens in: a database, servers, endpoints, workers, and whoever drives it, all of it its own. */

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, Connection } from '@temporalio/client';

import { openClient, type TidewatchClient } from '../../client/tidewatch-client.ts';
import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import type { Pushgateway } from '../../demo/stack/pushgateway.ts';
import { startSlackEndpoint, type SlackEndpoint } from '../../demo/stack/slack-endpoint.ts';
import { startSmtpEndpoint, type SmtpEndpoint } from '../../demo/stack/smtp-endpoint.ts';
import { openDatabase, type Database } from '../../sql/database.ts';
import { startFakeTrainer, type FakeTrainer } from '../setup/fake-trainer.ts';
import { skewClock } from '../setup/skewed-clock.ts';
import type { Arena } from './arena.ts';
import { openGate } from './gates/gate.ts';
import { openHttpGate, type HttpGate } from './gates/http-gate.ts';
import { openPostgresGate, type PostgresGate } from './gates/postgres-gate.ts';
import { openSmtpGate, type SmtpGate } from './gates/smtp-gate.ts';
import { startPushgatewayServer, startTemporalServer, type TemporalServer } from './servers.ts';
import { startFaultyWorker, type Build, type FaultyWorker } from './workers.ts';

export interface World {
  readonly arena: Arena;
  readonly databaseName: string;
  /** Of the one who drives, not of the workers. */
  readonly database: Database;
  readonly client: Client;
  readonly temporal: TemporalServer;
  readonly pushgateway: Pushgateway;
  readonly slack: SlackEndpoint;
  readonly smtp: SmtpEndpoint;
  readonly trainer: FakeTrainer;
  readonly gates: {
    readonly pushgateway: HttpGate;
    readonly slack: HttpGate;
    readonly smtp: SmtpGate;
  };
  /** What logs predictions and actuals, and the gate between it and Postgres. */
  readonly service: { readonly client: TidewatchClient; readonly gate: PostgresGate };
  readonly workers: readonly FaultyWorker[];
  /** How long each process of a worker took until it took tasks. */
  readonly workerStartsMs: readonly number[];
  /** How many activities have been reported by all workers, also by those that are gone. */
  reported(): number;
  /** The workflows of retrainings that were started. */
  readonly retrainings: Set<string>;
  /** Workflow id of a run whose end is awaited -> starts the same once more, under an id that ends with this. */
  readonly underWay: Map<string, (suffix: string) => Promise<unknown>>;
  /** Those that were started once more. */
  readonly twins: Promise<unknown>[];
  addWorker(): Promise<FaultyWorker>;
  /** From now on workers start with the next build, under this revision. */
  deploy(revision: string): void;
  /** Ends the workers that were added beyond the first. */
  removeWorkers(keep: number): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  readonly name: string;
  readonly workers: number;
  /** How many of them are kept from being ended. All begin with the next build then, so that none is left with an older one. */
  readonly spared?: number;
  /** Activities that a worker is at, at once. */
  readonly concurrency: number;
  readonly train: (world: World, request: TrainingRequest) => Promise<TrainingAnswer>;
}

export const taskQueue = 'faults';

/** Does it again until nothing is in its way: what drives the workload never gives up. */
export async function persist<T>(
  work: () => Promise<T>,
  isFinal: (error: unknown) => boolean = () => false,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      // Minutes of it are no fault any more.
      if (isFinal(error) || tries > 1_200) throw error;
      await pause(250);
    }
  }
}

export async function openWorld(arena: Arena, options: WorldOptions): Promise<World> {
  const { name, concurrency, spared = 0 } = options;
  const directory = join(arena.directory, name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const databaseName = `round_${name.replaceAll(/\W/g, '_')}`;
  await arena.admin.execute(`drop database if exists ${databaseName} with (force)`);
  await arena.admin.execute(`create database ${databaseName} template ${arena.template}`);

  const [temporal, pushgateway, slack, smtp] = await Promise.all([
    startTemporalServer(directory),
    startPushgatewayServer(directory),
    startSlackEndpoint(),
    startSmtpEndpoint(),
  ]);
  const [toPostgres, toTemporal, serviceGate, pushgatewayGate, slackGate, smtpGate] = await Promise.all([
    openGate(),
    openGate(),
    openPostgresGate(),
    openHttpGate(),
    openHttpGate(),
    openSmtpGate(),
  ]);
  arena.postgres.lead(toPostgres);
  arena.postgres.lead(serviceGate);
  temporal.lead(toTemporal);
  pushgatewayGate.leadTo(pushgateway.url);
  slackGate.leadTo(new URL(slack.url).origin);
  smtpGate.leadTo(Number(new URL(smtp.url).port));
  const urlBy = (gate: { readonly port: number }): string => {
    const url = new URL(arena.postgres.url(databaseName));
    url.port = String(gate.port);
    return url.href;
  };
  const database = openDatabase({ url: urlBy(toPostgres), poolSize: 10, applicationName: 'driver' });
  await skewClock(database, '0 s');
  const connection = await Connection.connect({ address: `127.0.0.1:${toTemporal.port}` });
  const trainer = await startFakeTrainer((request) => options.train(world, request));
  arena.trainerGate.leadTo(trainer.url);

  const service = openClient({ databaseUrl: urlBy(serviceGate) });

  const workers: FaultyWorker[] = [];
  const workerStartsMs: number[] = [];
  let started = 0;
  let retired = 0;
  let build: Build = {
    program: spared > 0 ? arena.programs.second : arena.programs.first,
    revision: 'first',
  };
  const environment = {
    TEMPORAL_TASK_QUEUE: taskQueue,
    PUSHGATEWAY_URL: pushgatewayGate.origin,
    SLACK_WEBHOOK_URL: `${slackGate.origin}${new URL(slack.url).pathname}`,
    SMTP_URL: `smtp://127.0.0.1:${smtpGate.port}`,
    TIDEWATCH_URL: 'http://tidewatch.example.org',
    TIDEWATCH_MAX_CONCURRENT_ACTIVITIES: String(concurrency),
    TIDEWATCH_SHUTDOWN_GRACE: '5s',
  };
  const addWorker = async (): Promise<FaultyWorker> => {
    started += 1;
    const worker = await startFaultyWorker({
      name: `worker-${started}`,
      isSpared: started <= spared,
      build: () => build,
      directory: join(directory, 'workers'),
      postgres: arena.postgres,
      temporal,
      database: databaseName,
      environment,
      onReady: (milliseconds) => workerStartsMs.push(milliseconds),
    });
    workers.push(worker);
    return worker;
  };
  const removeWorkers = async (keep: number): Promise<void> => {
    const gone = workers.splice(keep);
    await Promise.all(gone.map((worker) => worker.stop()));
    retired += gone.reduce((sum, { temporal }) => sum + temporal.reported(), 0);
  };
  const world: World = {
    arena,
    databaseName,
    database,
    client: new Client({ connection }),
    temporal,
    pushgateway,
    slack,
    smtp,
    trainer,
    gates: { pushgateway: pushgatewayGate, slack: slackGate, smtp: smtpGate },
    service: { client: service, gate: serviceGate },
    workers,
    workerStartsMs,
    reported: () => workers.reduce((sum, worker) => sum + worker.temporal.reported(), retired),
    deploy: (revision) => {
      build = { program: arena.programs.second, revision };
    },
    retrainings: new Set(),
    underWay: new Map(),
    twins: [],
    addWorker,
    removeWorkers,
    stop: async () => {
      await removeWorkers(0);
      await Promise.all([
        connection.close(),
        database.close(),
        service.close(),
        trainer.stop(),
        slack.stop(),
        smtp.stop(),
      ]);
      await Promise.all(
        [toPostgres, toTemporal, serviceGate, pushgatewayGate, slackGate, smtpGate].map((gate) =>
          gate.stop(),
        ),
      );
      await Promise.all([temporal.stop(), pushgateway.stop()]);
      await arena.admin.execute(`drop database if exists ${databaseName} with (force)`);
    },
  };
  await Promise.all(Array.from({ length: options.workers }, addWorker));
  await Promise.all(workers.map((worker) => worker.ready()));
  return world;
}
