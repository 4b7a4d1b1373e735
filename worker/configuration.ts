/** Everything that is configured by the environment, read once and checked at once. */

import { readFileSync } from 'node:fs';

import { z } from 'zod';

import type { ChannelSettings } from '../activities/alerts/channels.ts';
import { pagerDutyEventsUrl } from '../activities/alerts/pagerduty.ts';
import type { PayloadKeys } from '../schedules/payload-codec.ts';
import type { TemporalSecurity } from '../schedules/temporal-connection.ts';
import type { SourceConfiguration } from '../activities/sources/sources.ts';
import { reasonOf, TidewatchError } from '../core/errors.ts';
import { keepForever, retentionLength, type RetentionDefaults } from '../core/storage/retention.ts';
import {
  dailyProfilesByDefault,
  dailyProfilesProblem,
  hourlyProfilesByDefault,
} from '../core/storage/roll-up.ts';
import { partitionWidths, type PartitionWidth } from '../core/storage/settings.ts';
import { readChannels } from './channel-configuration.ts';
import { consoleVariables, readConsole, type ConsoleConfiguration } from './console-configuration.ts';
import { versioningModes, type Versioning } from './deployment.ts';
import { readOutgoing, type OutgoingRules } from './outgoing-guard.ts';
import { port } from './port.ts';
import { readRegistry, type RegistryConfiguration } from './registry-configuration.ts';
import { environmentSecrets } from './redaction.ts';
import { withSecretFiles } from './secret-files.ts';
import { tracingSettings, type TracingSettings } from './tracing/settings.ts';
import { readSources } from './source-configuration.ts';
import {
  readTaskQueues,
  taskQueueVariables,
  type TaskQueueConfiguration,
} from './task-queue-configuration.ts';
import { readPayloadKeys, readTemporal, temporalVariables } from './temporal-configuration.ts';
import { readTrainers, type TrainerConfiguration } from './trainer-configuration.ts';

const environmentSchema = z.object({
  DATABASE_URL: z
    .string('is missing; write for example postgres://tidewatch@127.0.0.1:5432/tidewatch')
    .regex(/^postgres(ql)?:\/\/.+/, 'write for example postgres://tidewatch@127.0.0.1:5432/tidewatch')
    .describe('the database; required'),
  TEMPORAL_ADDRESS: z
    .string()
    .min(1)
    .default('127.0.0.1:7233')
    .describe('host and port of the Temporal server'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default').describe('its namespace'),
  TEMPORAL_TASK_QUEUE: z.string().min(1).default('tidewatch').describe('where schedules start workflows'),
  ...temporalVariables,
  TIDEWATCH_WORKER_VERSIONING: z
    .enum(versioningModes, 'write off or pinned')
    .default('off')
    .describe('pinned: runs stay on the build (TIDEWATCH_REVISION) that began them'),
  TEMPORAL_UI_URL: z
    .url('write for example http://127.0.0.1:8233')
    .default('http://127.0.0.1:8233')
    .describe('the Temporal UI as people reach it, for links in messages'),
  PUSHGATEWAY_URL: z
    .url('write for example http://127.0.0.1:9091')
    .optional()
    .describe(
      'where to push gauges for Prometheus, for example http://127.0.0.1:9091; without it none are pushed',
    ),
  SLACK_WEBHOOK_URL: z.string().optional().describe('for alert routes with slack: true'),
  PAGERDUTY_ROUTING_KEY: z.string().optional().describe('for alert routes with pagerduty: true'),
  PAGERDUTY_EVENTS_URL: z
    .string()
    .default(pagerDutyEventsUrl)
    .describe('for the EU region https://events.eu.pagerduty.com/v2/enqueue'),
  WEBHOOK_URL: z.string().optional().describe('for alert routes with webhook: true'),
  WEBHOOK_SECRET: z.string().optional().describe('signs its requests; whsec_ and base64'),
  ALERTMANAGER_URL: z
    .string()
    .optional()
    .describe('for alert routes with alertmanager: true; all instances of a cluster, comma-separated'),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/[^\s/]+/, 'write for example smtp://user:password@mail.example.org:587')
    .optional()
    .describe('for alert routes with email'),
  SMTP_TLS: z
    .enum(['required', 'when-offered'], 'write required or when-offered')
    .optional()
    .describe(
      'required: send nothing to a server without STARTTLS; the default if SMTP_URL has a password and is not this machine',
    ),
  SMTP_CA_FILE: z
    .string()
    .optional()
    .describe("the CA that signed the mail server's certificate, beside those that the system knows"),
  ALERT_EMAIL_FROM: z
    .string()
    .min(3)
    .default('Tidewatch <tidewatch@localhost>')
    .describe('the sender of e-mails'),
  TIDEWATCH_HTTP_HOST: z.string().min(1).default('127.0.0.1').describe('where the worker listens'),
  TIDEWATCH_HTTP_PORT: port
    .default(9464)
    .describe('its port, for /reports, /runbooks, /healthz, /readyz and /metrics; 0 takes a free one'),
  TIDEWATCH_URL: z
    .url('write for example http://tidewatch.example.org:9464')
    .optional()
    .describe('that endpoint as people reach it, for links in messages; by default its host and port'),
  TIDEWATCH_RUNBOOKS_URL: z
    .url('write for example https://wiki.example.org/runbooks')
    .optional()
    .describe(
      'where you keep the pages of docs/runbooks, for links in messages; by default that endpoint serves them',
    ),
  ...consoleVariables,
  TIDEWATCH_CALLBACK_SECRET: z
    .string()
    .optional()
    .describe('issues the tokens with which trainers with completion: callback call back'),
  TIDEWATCH_ALLOW_COMMANDS: z
    .enum(['true', 'false'], 'write true or false')
    .default('false')
    .describe('whether monitors may name programs that this worker runs'),
  PROMOTION_HOOK_SECRET: z.string().optional().describe('signs promotion hooks; whsec_ and base64'),
  MLFLOW_TRACKING_URI: z.string().optional().describe('the only MLflow server that gets the token'),
  MLFLOW_TRACKING_TOKEN: z.string().optional().describe('for that server'),
  SOURCE_DATABASE_URL: z
    .string()
    .optional()
    .describe('the database of source tables named by monitors; by default DATABASE_URL'),
  SOURCE_S3_ENDPOINT: z
    .string()
    .optional()
    .describe('the store of buckets named by monitors, for example https://s3.eu-west-1.amazonaws.com'),
  SOURCE_S3_REGION: z.string().optional().describe('of that store; by default us-east-1'),
  SOURCE_S3_ACCESS_KEY_ID: z.string().optional().describe('for that store'),
  SOURCE_S3_SECRET_ACCESS_KEY: z.string().optional().describe('for that store'),
  SOURCE_DIRECTORY: z
    .string()
    .optional()
    .describe('the local directory with the folders of Parquet files named by monitors'),
  TIDEWATCH_DENIED_ADDRESSES: z
    .string()
    .optional()
    .describe(
      'where the URLs of monitors may not lead, beside link-local addresses and metadata services: loopback, private, or networks, comma-separated',
    ),
  TIDEWATCH_MAX_CONCURRENT_ACTIVITIES: z.coerce
    .number()
    .int()
    .min(1)
    .max(500)
    .default(8)
    .describe('at once; each takes a database connection'),
  ...taskQueueVariables,
  TIDEWATCH_PARTITION_WIDTH: z
    .enum(partitionWidths, 'write month, week or day')
    .default('month')
    .describe('width of new partitions of rows: month, week or day; existing ones stay'),
  TIDEWATCH_RETENTION_ROWS: retentionLength
    .default(keepForever)
    .describe(
      'how long to keep predictions, actuals, outcomes and rejected rows if the monitor does not say, such as 400d; never less than a model needs',
    ),
  TIDEWATCH_RETENTION_RESULTS: retentionLength
    .default(keepForever)
    .describe('how long to keep what was computed from rows, such as 1095d; at least as long as the rows'),
  TIDEWATCH_RETENTION_HOURLY_PROFILES: retentionLength
    .default(hourlyProfilesByDefault)
    .describe(
      'age at which the hourly profiles of a day are rolled up to their sum, such as 91d; never while schedules read them by the hour',
    ),
  TIDEWATCH_RETENTION_DAILY_PROFILES: retentionLength
    .default(dailyProfilesByDefault)
    .describe(
      'age at which the daily profiles of a week are rolled up to their sum, such as 730d; longer than TIDEWATCH_RETENTION_HOURLY_PROFILES, and by default keep if that is as long or keep',
    ),
  TIDEWATCH_SHUTDOWN_GRACE: z
    .string()
    .regex(/^\d+(ms|s|m)$/, 'write for example "30s"')
    .default('30s')
    .describe('how long running activities may take to finish'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .optional()
    .describe(
      'where to send traces by http/protobuf, such as http://127.0.0.1:4318; without it none are made',
    ),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .optional()
    .describe('headers for the collector, as name=value,name=value'),
  OTEL_SERVICE_NAME: z.string().default('tidewatch').describe('the name of this process in traces'),
  OTEL_TRACES_SAMPLER: z
    .string()
    .default('parentbased_always_on')
    .describe('parentbased_traceidratio records a share of all traces'),
  OTEL_TRACES_SAMPLER_ARG: z.string().optional().describe('that share, such as 0.1'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('trace, debug, info, warn, error or silent'),
});

/** What can be set, with its meaning and default. */
export function environmentVariables(): {
  readonly name: string;
  readonly meaning: string;
  readonly fallback: string | undefined;
}[] {
  return Object.entries(environmentSchema.shape).map(([name, schema]) => {
    const fallback = schema.safeParse(undefined).data;
    return { name, meaning: schema.description ?? '', fallback: fallback?.toString() };
  });
}

/** The same, a line each. */
export function environmentHelp(): string {
  return environmentVariables()
    .map(
      ({ name, meaning, fallback }) =>
        `  ${name.padEnd(37)}${meaning}${fallback === undefined ? '' : ` (default: ${fallback})`}`,
    )
    .concat('', environmentNotes)
    .join('\n');
}

/** What is alike for several of them. */
export const environmentNotes = `  A route with "slack: oncall" goes to SLACK_WEBHOOK_URL_ONCALL; PAGERDUTY_ROUTING_KEY, WEBHOOK_URL with WEBHOOK_SECRET, and
  ALERTMANAGER_URL take such names, too. A source with "database: warehouse" is in SOURCE_DATABASE_URL_WAREHOUSE, one with "store: lake" at
  SOURCE_S3_ENDPOINT_LAKE; so for the other SOURCE_S3_ variables. Headers of a trainer come from variables that begin with TRAINER_. Each
  of these, TEMPORAL_API_KEY, SMTP_URL, DATABASE_URL, TIDEWATCH_CALLBACK_SECRET, PROMOTION_HOOK_SECRET, MLFLOW_TRACKING_TOKEN and the
  tokens and secrets of the console may be in a file named by <VARIABLE>_FILE.`;

export interface Configuration {
  readonly databaseUrl: string;
  readonly temporal: {
    readonly address: string;
    /** Undefined: plain text. */
    readonly security?: TemporalSecurity;
    /** Undefined: the server of Temporal can read inputs and results. */
    readonly payloadKeys?: PayloadKeys;
    /** The origin whose pages the worker decrypts for. */
    readonly codecOrigin?: string;
    readonly namespace: string;
    readonly taskQueue: string;
    /** By default off. */
    readonly versioning?: Versioning;
    readonly uiUrl: string;
    /** Is what is asked of Temporal a part of traces? */
    readonly traced?: boolean;
  };
  /** Undefined where no traces are made. */
  readonly tracing: TracingSettings | undefined;
  /** Undefined where no gauges are pushed. */
  readonly pushgatewayUrl: string | undefined;
  readonly channels: ChannelSettings;
  readonly trainers: TrainerConfiguration;
  readonly registry: RegistryConfiguration;
  readonly sources: SourceConfiguration;
  readonly console: ConsoleConfiguration;
  /** Where requests may lead. */
  readonly outgoing: OutgoingRules;
  /** What no output may say. */
  readonly secrets: readonly string[];
  /** Health and scrape endpoint; port 0 takes a free one. */
  readonly http: { readonly host: string; readonly port: number };
  /** The same as people reach it; by default where it listens. */
  readonly pagesUrl: string | undefined;
  /** Where the runbooks are; by default below that. */
  readonly runbooksUrl: string | undefined;
  /** How wide new partitions are. */
  readonly partitionWidth: PartitionWidth;
  readonly retention: RetentionDefaults;
  readonly maxConcurrentActivities: number;
  /** What this worker takes, and how fast. */
  readonly queues: TaskQueueConfiguration;
  readonly shutdownGrace: string;
  readonly logLevel: string;
}

type EmailVariables = Pick<
  z.infer<typeof environmentSchema>,
  'SMTP_URL' | 'SMTP_TLS' | 'SMTP_CA_FILE' | 'ALERT_EMAIL_FROM'
>;

function readEmail(variables: EmailVariables, problems: string[]): ChannelSettings['email'] {
  const { SMTP_URL: smtpUrl, SMTP_TLS: tls, SMTP_CA_FILE: file, ALERT_EMAIL_FROM: from } = variables;
  if (smtpUrl === undefined) return undefined;
  let authorities: string | undefined;
  try {
    if (file !== undefined) authorities = readFileSync(file, 'utf8');
  } catch (error) {
    problems.push(`  SMTP_CA_FILE: the file cannot be read (${reasonOf(error)})`);
  }
  return {
    smtpUrl,
    from,
    ...(tls !== undefined && { tls: tls === 'required' ? 'required' : 'when offered' }),
    ...(authorities !== undefined && { authorities }),
  };
}

/** A default that does not go with hourly profiles that are kept for longer gives way. */
function readDailyProfiles(
  variables: Pick<
    z.infer<typeof environmentSchema>,
    'TIDEWATCH_RETENTION_HOURLY_PROFILES' | 'TIDEWATCH_RETENTION_DAILY_PROFILES'
  >,
  given: Readonly<Record<string, unknown>>,
  problems: string[],
): string {
  const daily = variables.TIDEWATCH_RETENTION_DAILY_PROFILES;
  const problem = dailyProfilesProblem(variables.TIDEWATCH_RETENTION_HOURLY_PROFILES, daily);
  if (problem === undefined) return daily;
  if (given['TIDEWATCH_RETENTION_DAILY_PROFILES'] !== undefined)
    problems.push(`  TIDEWATCH_RETENTION_DAILY_PROFILES: ${problem}`);
  return keepForever;
}

/**
 * The configuration that an environment describes. An empty variable counts as absent.
 *
 * @throws TidewatchError `INVALID_CONFIGURATION` that lists every problem
 */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const problems: string[] = [];
  const given = Object.fromEntries(
    Object.entries(withSecretFiles(environment, problems)).filter(([, value]) => value !== ''),
  );
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success)
    problems.push(...parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`));
  const dailyProfiles = parsed.success ? readDailyProfiles(parsed.data, given, problems) : keepForever;
  const email = parsed.data === undefined ? undefined : readEmail(parsed.data, problems);
  const channels = readChannels(given, email, problems);
  const trainers = readTrainers(given, problems);
  const registry = readRegistry(given, problems);
  const outgoing = readOutgoing(given, problems);
  const payloadKeys = readPayloadKeys(given, problems);
  const temporal = readTemporal(given, problems);
  const console = parsed.success ? readConsole(parsed.data, problems) : undefined;
  const sources = readSources(given, parsed.data?.DATABASE_URL ?? '', problems);
  const queues = parsed.success ? readTaskQueues(parsed.data, problems) : undefined;
  if (!parsed.success || console === undefined || queues === undefined || problems.length > 0) {
    throw new TidewatchError('INVALID_CONFIGURATION', {
      count: problems.length,
      problems: problems.join('\n'),
    });
  }
  const e = parsed.data;
  const tracing = tracingSettings(given);
  const namespace = temporal.namespace ?? e.TEMPORAL_NAMESPACE;
  return {
    databaseUrl: e.DATABASE_URL,
    tracing,
    temporal: {
      traced: tracing !== undefined,
      address: temporal.address ?? e.TEMPORAL_ADDRESS,
      namespace,
      ...(temporal.security && { security: temporal.security }),
      ...(payloadKeys && { payloadKeys }),
      ...(e.TIDEWATCH_CODEC_ENDPOINT === 'on' && { codecOrigin: new URL(e.TEMPORAL_UI_URL).origin }),
      taskQueue: e.TEMPORAL_TASK_QUEUE,
      versioning: e.TIDEWATCH_WORKER_VERSIONING,
      uiUrl: `${e.TEMPORAL_UI_URL.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}`,
    },
    pushgatewayUrl: e.PUSHGATEWAY_URL,
    channels,
    trainers,
    registry,
    sources,
    console,
    outgoing,
    secrets: environmentSecrets(given),
    http: { host: e.TIDEWATCH_HTTP_HOST, port: e.TIDEWATCH_HTTP_PORT },
    pagesUrl: e.TIDEWATCH_URL?.replace(/\/$/, ''),
    runbooksUrl: e.TIDEWATCH_RUNBOOKS_URL?.replace(/\/$/, ''),
    partitionWidth: e.TIDEWATCH_PARTITION_WIDTH,
    retention: {
      rows: e.TIDEWATCH_RETENTION_ROWS,
      results: e.TIDEWATCH_RETENTION_RESULTS,
      hourlyProfiles: e.TIDEWATCH_RETENTION_HOURLY_PROFILES,
      dailyProfiles,
    },
    maxConcurrentActivities: e.TIDEWATCH_MAX_CONCURRENT_ACTIVITIES,
    queues,
    shutdownGrace: e.TIDEWATCH_SHUTDOWN_GRACE,
    logLevel: e.LOG_LEVEL,
  };
}
