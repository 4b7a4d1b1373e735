/** The world that the activities of these tests touch, and what they leave in it. */

import type { Activities } from '../../activities/index.ts';
import { openEmail } from '../../activities/alerts/email.ts';
import { openSlack } from '../../activities/alerts/slack.ts';
import { openPushgateway } from '../../activities/metrics/pushgateway.ts';
import type { Process } from '../../activities/processes/watermarks.ts';
import type { Mlflow } from '../../activities/retraining/mlflow.ts';
import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import { startSlackEndpoint } from '../../demo/stack/slack-endpoint.ts';
import { startSmtpEndpoint } from '../../demo/stack/smtp-endpoint.ts';
import type { Database } from '../../sql/database.ts';
import { activitiesOn } from '../setup/activities.ts';
import { startFakeTrainer } from '../setup/fake-trainer.ts';
import type { FakeTrainer } from '../setup/fake-trainer.ts';
import { testServers } from '../setup/servers.ts';

export const model = 'idempotent';
export const processes: readonly Process[] = [
  'actuals-backfill',
  'drift-detection',
  'performance-evaluation',
  'degradation-check',
  'retraining',
  'weekly-report',
];

const training: TrainingAnswer = { state: 'succeeded', version: '2', lineage: { rows: 168 } };

/** What is outside of the database: said once, it is the same however often an activity was repeated. */
export interface Traces {
  readonly slack: readonly string[];
  /** Message ids: a mail server that gets one twice delivers it once. */
  readonly emails: readonly string[];
  readonly trainings: readonly TrainingRequest[];
  readonly cancelled: readonly string[];
  readonly woken: readonly string[];
  /** What MLflow was told of each retraining last. */
  readonly recorded: readonly string[];
  /** The series of the model as the Pushgateway shows them, without its own push times. */
  readonly gauges: readonly string[];
}

export interface World {
  readonly trainer: FakeTrainer;
  activities(database: Database, runId?: string): Activities;
  /** Forgets what has happened; `gauges` says whether there may be any. */
  reset(gauges: 'gauges' | 'no gauges'): Promise<void>;
  traces(gauges: 'gauges' | 'no gauges'): Promise<Traces>;
  stop(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const trainer = await startFakeTrainer(async () => training);
  const pushgateway = openPushgateway(testServers().pushgatewayUrl);
  const slack = await startSlackEndpoint();
  const smtp = await startSmtpEndpoint();
  const channels = {
    slack: openSlack({ webhookUrl: slack.url }),
    email: openEmail({ smtpUrl: smtp.url, from: 'Tidewatch <tidewatch@example.org>' }),
  };
  const forgotten = { slack: 0, emails: 0 };
  const woken = new Set<string>();
  const recorded = new Map<string, string>();
  const mlflow: Mlflow = {
    record: async (_, record) => void recorded.set(record.run.key, JSON.stringify(record)),
  };

  return {
    trainer,
    activities: (database, runId = 'run') =>
      activitiesOn(database, {
        runId,
        channels,
        mlflow,
        wakeAlert: async ({ alertKey }) => void woken.add(alertKey),
      }),
    reset: async (gauges) => {
      trainer.reset();
      woken.clear();
      recorded.clear();
      forgotten.slack = slack.messages().length;
      forgotten.emails = smtp.messages().length;
      if (gauges === 'no gauges') return;
      for (const process of processes) await pushgateway.deleteGroup({ model, process });
    },
    // Messages to different recipients, and wakings of different alerts, go out side by side: their order is nobody's promise.
    traces: async (gauges) => ({
      slack: slack
        .messages()
        .slice(forgotten.slack)
        .map(({ body }) => JSON.stringify(body))
        .sort(),
      emails: [
        ...new Set(
          smtp
            .messages()
            .slice(forgotten.emails)
            .map(({ messageId }) => messageId),
        ),
      ].sort(),
      trainings: trainer.trainings(),
      cancelled: trainer.cancelled(),
      woken: [...woken].sort(),
      recorded: [...recorded.values()].sort(),
      gauges: gauges === 'gauges' ? await readGauges() : [],
    }),
    stop: async () => {
      await Promise.all([trainer.stop(), slack.stop(), smtp.stop()]);
    },
  };
}

async function readGauges(): Promise<string[]> {
  const metrics = await (await fetch(`${testServers().pushgatewayUrl}/metrics`)).text();
  return metrics.split('\n').filter((line) => line.includes(`model="${model}"`) && !line.startsWith('push_'));
}
