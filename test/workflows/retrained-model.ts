/** A model that is retrained, one for each test: what its trainer does, what days and people do, and what is there afterwards. */

import { randomBytes } from 'node:crypto';

import type { WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { afterEach, beforeEach, expect } from 'vitest';

import type { MonitorInput } from '../../core/monitor/schema.ts';
import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import { until } from '../../demo/stack/until.ts';
import type { Database } from '../../sql/database.ts';
import type { RetrainingProgress } from '../../workflows/retraining-conversation.ts';
import type { FakeTrainer } from '../setup/fake-trainer.ts';
import { startFakeTrainer } from '../setup/fake-trainer.ts';
import type { BothPredict } from '../setup/retrained.ts';
import { daysPass, predictHoldout } from '../setup/retrained.ts';
import { at, load, watch } from '../setup/synthetic.ts';
import { useWorkerWithChannels } from '../setup/worker-world.ts';
import type { TestWorker } from '../setup/worker.ts';

/** The holdout is days 3 to 9; version 1 serves with an error of 5. */
export const asOf = at(10, 3, 40);

export interface RetrainingAnswer {
  readonly state: string;
  readonly reason: string;
  readonly helped?: string | null;
  readonly metrics?: string;
}

type Policy = Omit<Partial<NonNullable<MonitorInput['retraining']>>, 'trainer'> & {
  /** Beside its address. */
  readonly trainer?: { readonly timeout?: string; readonly url?: string };
};

interface RetrainedModel {
  readonly model: string;
  readonly trainer: FakeTrainer;
  /** How the trainer fits the challenger; by default well. */
  train: (request: TrainingRequest) => Promise<TrainingAnswer>;
  readonly database: Database;
  readonly worker: TestWorker;
  watch(policy?: Policy): Promise<void>;
  /** A challenger that predicts the holdout with this error, logged as a shadow, as the contract asks for. */
  fit(error: number): Promise<TrainingAnswer>;
  run(input?: Readonly<Record<string, unknown>>, workflowId?: string): Promise<RetrainingAnswer>;
  handle(): WorkflowHandle;
  /** Until it waits for this, in this state. */
  untilWaiting(state: string, asOf?: string): Promise<RetrainingProgress>;
  /** Days go by, and the degradation check tells of it. */
  pass(days: BothPredict): Promise<void>;
  /** Asks for an update. */
  change(
    name: string,
    request: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly state: string; readonly waitsUntil?: string }>;
  /** Version -> stage. */
  stages(): Promise<Readonly<Record<string, string>>>;
  /** The texts of Slack about this model, once the life cycle of its retraining has ended. */
  told(): Promise<readonly string[]>;
  /** What people were to be told of its retrainings, as it is stored. */
  events(): Promise<readonly string[]>;
  stored(): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** In a file of tests that share a database and a worker. */
export function useRetrainedModel(): RetrainedModel {
  const test = useWorkerWithChannels('shared by all tests');
  const now = {} as { model: string; trainer: FakeTrainer; train: RetrainedModel['train'] };
  const workflowId = (): string => `retraining:${now.model}`;
  const handle = (): WorkflowHandle => test.worker.client.workflow.getHandle(workflowId());

  async function watchRetrained({ trainer, ...policy }: Policy = {}): Promise<void> {
    await watch(test.database, {
      model: now.model,
      retraining: {
        trainingWindow: '2d',
        holdout: '7d',
        verify: { for: '2d' },
        ...policy,
        trainer: { url: now.trainer.url, poll: '100ms', ...trainer },
      },
      alerts: { routes: [{ slack: true, groupWait: '0s', groupInterval: '0s' }] },
    });
  }

  async function fit(error: number): Promise<TrainingAnswer> {
    await predictHoldout(test.database, now.model, { from: 3, to: 10, error });
    return { state: 'succeeded', version: '2', featureImportances: { x: 3, c: 1 }, lineage: { rows: 48 } };
  }

  // Files that run at once share the server, on which an id is the name of a model.
  const file = randomBytes(3).toString('hex');
  let count = 0;
  beforeEach(async () => {
    now.model = `retrained-${file}-${(count += 1)}`;
    now.train = () => fit(1);
    now.trainer = await startFakeTrainer((request) => now.train(request));
    await watchRetrained();
    await load(test.database, now.model, { from: 1, to: 10, error: 5 });
  });
  afterEach(() => now.trainer.stop());

  return {
    get model() {
      return now.model;
    },
    get trainer() {
      return now.trainer;
    },
    get train() {
      return now.train;
    },
    set train(train) {
      now.train = train;
    },
    get database() {
      return test.database;
    },
    get worker() {
      return test.worker;
    },
    watch: watchRetrained,
    fit,
    run: (input = {}, id = workflowId()) =>
      test.worker.run('retraining', { model: now.model, asOf, ...input }, id),
    handle,
    async untilWaiting(state, reached) {
      let progress: RetrainingProgress | undefined;
      const isThere = await until(async () => {
        progress = await handle()
          .query<RetrainingProgress>('progress')
          .catch(() => undefined);
        const isSo = progress?.state === state && progress.waitsFor !== null;
        return isSo && (reached === undefined || progress?.asOf === reached);
      }, 60_000);
      expect(isThere, JSON.stringify(progress)).toBe(true);
      return progress!;
    },
    async pass(days) {
      await daysPass(test.database, now.model, days);
      await handle().signal('dayChecked');
    },
    change: (name, request) => handle().executeUpdate(name, { args: [request] }),
    async stages() {
      const rows = await test.database.query<{ version: string; stage: string }>(
        'select version, stage from model_versions where model = $1',
        [now.model],
      );
      return Object.fromEntries(rows.map(({ version, stage }) => [version, stage]));
    },
    async told() {
      await test.worker.client.workflow.getHandle(`alert-lifecycle:retraining:${now.model}:${asOf}`).result();
      return test.channels.told().slack.filter((text) => text.includes(` ${now.model} `));
    },
    async events() {
      const rows = await test.database.query<{ event: string; severity: string; summary: string }>(
        `select event, severity, summary from alert_events
         where model = $1 and alert_key like 'retraining:%' order by recorded_at`,
        [now.model],
      );
      return rows.map(({ event, severity, summary }) => `${severity} ${event}: ${summary}`);
    },
    async stored() {
      const [run] = await test.database.query(
        `select run.state, run.reason, champion_version as champion, challenger_version as challenger, version.stage, helped
         from retraining_runs run
         left join model_versions version on version.model = run.model and version.version = challenger_version
         where run.model = $1`,
        [now.model],
      );
      return run;
    },
  };
}

/** What whoever sent an update was told that was not carried out. */
export async function refusalOf(changing: Promise<unknown>): Promise<string> {
  const error = (await changing.then(
    () => expect.unreachable('it was not refused'),
    (thrown: unknown) => thrown,
  )) as WorkflowUpdateFailedError;
  return String((error.cause?.cause as Error | undefined)?.message ?? error.cause?.message);
}
