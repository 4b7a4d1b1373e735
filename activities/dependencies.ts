import type { TrainingRunning } from '../core/retraining/trainer-contract.ts';
import type { RetentionDefaults } from '../core/storage/retention.ts';
import type { PartitionWidth } from '../core/storage/settings.ts';
import type { Database } from '../sql/database.ts';
import type { ActivityContext } from './activity-context.ts';
import type { Channels } from './alerts/channels.ts';
import type { Pushgateway } from './metrics/pushgateway.ts';
import type { Mlflow } from './retraining/mlflow.ts';
import type { RunCommand } from './commands/run-command.ts';
import type { CallbackTokens } from './retraining/callback-tokens.ts';
import type { PromotionWebhook } from './retraining/promotion-webhook.ts';
import type { HttpTrainer } from './retraining/trainers/http.ts';
import type { Sources } from './sources/sources.ts';

export interface FanOut {
  /** Windows of so many rows are worth it. */
  readonly rows: number;
  /** So many columns are worth a part of their own; absent: columns are not divided. */
  readonly columns?: number;
  /** Parts of a model that are computed at once, by all workers together. */
  readonly atOnce: number;
}

/** Everything of the world that activities touch; made once in worker/dependencies.ts. */
export interface ActivityDependencies {
  readonly database: Database;
  /** Absent where none is configured: then gauges are shown nowhere. */
  readonly pushgateway: Pushgateway | undefined;
  /** Tables and files that monitors name as the source of their rows. */
  readonly sources: Sources;
  /** A channel that is not configured is absent: its deliveries wait, and say so. */
  readonly channels: Channels;
  readonly mlflow: Mlflow;
  /** Absent where no secret to sign with is configured. */
  readonly promotionWebhook: PromotionWebhook | undefined;
  readonly trainer: HttpTrainer;
  /** Values of the environment that a monitor may send to its trainer: variables that begin with `TRAINER_`. */
  readonly trainerSecrets: Readonly<Record<string, string>>;
  /** Absent where no secret to sign with is configured: then no trainer can call back. */
  readonly callbackTokens: CallbackTokens | undefined;
  /** Absent where monitors may not run programs on this machine. */
  readonly runCommand: RunCommand | undefined;
  /** Tells the workflow of a retraining how its training is getting on. */
  readonly tellProgress: (workflowId: string, running: TrainingRunning) => Promise<unknown>;
  /** How many workers have asked a task queue for work in the last minutes. */
  readonly countPollers: (queue: {
    readonly taskQueue: string;
    readonly of: 'workflow' | 'activity';
  }) => Promise<number>;
  /** Why the newest runs of a schedule do not succeed, in words; undefined where Temporal knows of no reason, or does not answer. */
  readonly whyFailing: (scheduleId: string) => Promise<string | undefined>;
  /** Wakes the `alertLifecycle` workflow of an alert key, starting it when it does not run. */
  readonly wakeAlert: (alert: { readonly model: string; readonly alertKey: string }) => Promise<void>;
  /** When a window is computed in parts; absent: never. */
  readonly fanOut?: FanOut;
  /** How wide new partitions are. */
  readonly partitionWidth: PartitionWidth;
  /** How long rows and results are kept of models whose monitor does not say. */
  readonly retention: RetentionDefaults;
  /** The models of which a range is being computed again; `all` where it cannot be told whose. */
  readonly listReprocessed: () => Promise<readonly string[] | 'all'>;
  /** The Temporal UI of this namespace, for links such as `<temporalUi>/workflows/<id>/<run id>`. */
  readonly temporalUi: string;
  /** Where people reach the pages of this worker, for links such as `<pagesUrl>/reports/drift/...`. */
  readonly pagesUrl: string;
  /** Where people find the pages of docs/runbooks: `<runbooksUrl>/DeadMan.md`. */
  readonly runbooksUrl: string;
  /** Where people reach the console, for a link to each alert; absent where it was not said. */
  readonly consoleUrl?: string | undefined;
  /** Version of this code, part of the provenance of every result. */
  readonly codeVersion: string;
  /** The run that the calling activity belongs to. */
  readonly context: () => ActivityContext;
}
