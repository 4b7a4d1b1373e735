/** The world that the activities of these tests touch, and what they leave in it. */

import type { Activities } from '../../activities/index.ts';
import { runCommand } from '../../activities/commands/run-command.ts';
import { openEmail } from '../../activities/alerts/email.ts';
import { openSlack } from '../../activities/alerts/slack.ts';
import { openPushgateway } from '../../activities/metrics/pushgateway.ts';
import type { Process } from '../../activities/processes/watermarks.ts';
import { openMlflow } from '../../activities/retraining/mlflow.ts';
import { openPromotionWebhook } from '../../activities/retraining/promotion-webhook.ts';
import { openHttpTrainer } from '../../activities/retraining/trainers/http.ts';
import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import { startSlackEndpoint } from '../../demo/stack/slack-endpoint.ts';
import { startSmtpEndpoint } from '../../demo/stack/smtp-endpoint.ts';
import type { Database } from '../../sql/database.ts';
import { activitiesOn } from '../setup/activities.ts';
import { dyingDatabase } from '../setup/dying-database.ts';
import { startFakeMlflow } from '../setup/fake-mlflow.ts';
import { startFakeTrainer } from '../setup/fake-trainer.ts';
import type { FakeTrainer } from '../setup/fake-trainer.ts';
import type { Fate } from '../setup/fate.ts';
import { startHttpGate, startSmtpGate } from '../setup/gates.ts';
import { startHttpEndpoint } from '../setup/http-endpoint.ts';
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
  /** What MLflow knows. */
  readonly recorded: readonly string[];
  /** What the serving system was asked for; it does what has one id once. */
  readonly hooked: readonly string[];
  /** The series of the model as the Pushgateway shows them, without its own push times. */
  readonly gauges: readonly string[];
}

/** One process of Tidewatch, as long as it lives. */
export interface TestProcess {
  readonly activities: Activities;
  /** What its last heartbeat said. */
  readonly resumePoint: () => unknown;
  readonly close: () => Promise<void>;
}

export interface World {
  readonly trainer: FakeTrainer;
  readonly mlflowUrl: string;
  readonly hookUrl: string;
  /** A process to which nothing happens. */
  activities(database: Database, runId?: string): Activities;
  /** A process whose every statement and request may be its last; `resumePoint` is of the try before. */
  start(
    database: Database,
    fate: Fate,
    run?: { readonly runId?: string; readonly resumePoint?: unknown },
  ): Promise<TestProcess>;
  /** Forgets what has happened; `gauges` says whether there may be any. */
  reset(gauges: 'gauges' | 'no gauges'): Promise<void>;
  traces(gauges: 'gauges' | 'no gauges'): Promise<Traces>;
  stop(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const trainer = await startFakeTrainer(async () => training);
  const pushgatewayUrl = testServers().pushgatewayUrl;
  const pushgateway = openPushgateway(pushgatewayUrl);
  const slack = await startSlackEndpoint();
  const smtp = await startSmtpEndpoint();
  const mlflow = await startFakeMlflow();
  const hook = await startHttpEndpoint(() => ({ status: 200 }));
  const gate = await startHttpGate();
  const forgotten = { slack: 0, emails: 0, hooked: 0 };
  const woken = new Set<string>();

  const from = 'Tidewatch <tidewatch@example.org>';
  const promotionWebhook = openPromotionWebhook({ secrets: [`whsec_${btoa('a secret of the tests')}`] });
  const wakeAlert = async ({ alertKey }: { readonly alertKey: string }): Promise<void> =>
    void woken.add(alertKey);
  const httpTrainer = openHttpTrainer();
  const record = openMlflow();

  return {
    trainer,
    mlflowUrl: mlflow.url,
    hookUrl: hook.origin,
    activities: (database, runId = 'run') =>
      activitiesOn(database, {
        runId,
        channels: {
          slack: openSlack({ webhookUrl: slack.url }),
          email: openEmail({ smtpUrl: smtp.url, from }),
        },
        promotionWebhook,
        wakeAlert,
      }),
    start: async (database, fate, { runId = 'run', resumePoint } = {}) => {
      const through = (url: string): string => gate.through(fate, url);
      const smtpGate = await startSmtpGate(fate, smtp.url);
      async function call<T>(work: () => Promise<T>): Promise<T> {
        await fate.pass();
        const result = await work();
        await fate.pass();
        return result;
      }
      let last: unknown = resumePoint;
      const activities = activitiesOn(dyingDatabase(database, fate), {
        channels: {
          slack: openSlack({ webhookUrl: through(slack.url) }),
          email: openEmail({ smtpUrl: smtpGate.url, from }),
        },
        pushgateway: openPushgateway(through(pushgatewayUrl)),
        mlflow: {
          record: (target, about) => record.record({ ...target, url: through(target.url) }, about),
        },
        trainer: {
          start: (at, request) => httpTrainer.start({ ...at, url: through(at.url) }, request),
          read: (at, key) => httpTrainer.read({ ...at, url: through(at.url) }, key),
          cancel: (at, key) => httpTrainer.cancel({ ...at, url: through(at.url) }, key),
        },
        promotionWebhook: (url, request) => promotionWebhook(through(url), request),
        runCommand: (request) => call(() => runCommand(request)),
        countPollers: () => call(async () => 1),
        tellProgress: () => call(async () => undefined),
        whyFailing: () => call(async () => undefined),
        wakeAlert: (alert) => call(() => wakeAlert(alert)),
        context: () => ({
          workflowId: 'workflow',
          runId,
          heartbeat: (point) => {
            last = point;
          },
          resumePoint,
          cancelled: new AbortController().signal,
        }),
      });
      return { activities, resumePoint: () => last, close: () => smtpGate.stop() };
    },
    reset: async (gauges) => {
      gate.forget();
      trainer.reset();
      mlflow.reset();
      woken.clear();
      forgotten.slack = slack.messages().length;
      forgotten.emails = smtp.messages().length;
      forgotten.hooked = hook.requests().length;
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
      recorded: mlflow.known(),
      hooked: [
        ...new Set(
          hook
            .requests()
            .slice(forgotten.hooked)
            .map(({ headers, body }) => `${String(headers['webhook-id'])} ${body}`),
        ),
      ].sort(),
      gauges: gauges === 'gauges' ? await readGauges() : [],
    }),
    stop: async () => {
      await Promise.all([trainer.stop(), slack.stop(), smtp.stop(), mlflow.stop(), hook.stop(), gate.stop()]);
    },
  };
}

async function readGauges(): Promise<string[]> {
  const metrics = await (await fetch(`${testServers().pushgatewayUrl}/metrics`)).text();
  return metrics.split('\n').filter((line) => line.includes(`model="${model}"`) && !line.startsWith('push_'));
}
