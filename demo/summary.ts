/** What a replay has led to, read from where it is stored: Postgres, the Temporal server, the Slack and SMTP endpoints. */

import type { Client } from '@temporalio/client';

import { formatDay } from '../core/window.ts';
import type { Database } from '../sql/database.ts';
import type { Scenario } from './scenarios.ts';
import { unescapeSlack } from './stack/slack-text.ts';
import type { ReceivedEmail } from './stack/smtp-endpoint.ts';
import type { Stack } from './stack/stack.ts';

export interface Summary {
  readonly model: string;
  /** What the rules of its monitor limit. */
  readonly metric: Scenario['metric'];
  readonly weeks: readonly Week[];
  readonly retrainings: readonly Retraining[];
  readonly alerts: { readonly slack: readonly string[]; readonly email: readonly string[] };
  /** The subjects of the weekly performance reports. */
  readonly reports: readonly string[];
  readonly workflows: Readonly<Record<string, { readonly completed: number; readonly failed: number }>>;
}

export interface Week {
  /** First day, UTC. */
  readonly start: string;
  /** The version that served most of it. */
  readonly version: string;
  /** The metric of the summary, of the served predictions. */
  readonly value: number | null;
  /** Of the first model on the same rows. */
  readonly frozenValue: number | null;
  /** At the end of the week. */
  readonly driftedFeatures: readonly string[];
  readonly verdict: string;
}

export interface Retraining {
  readonly asOf: string;
  readonly state: string;
  /** Null where nothing was promoted. */
  readonly helped: string | null;
  readonly champion: string | null;
  readonly challenger: string | null;
  readonly reason: string;
}

interface Sources {
  readonly database: Database;
  readonly stack: Stack;
  readonly temporal: Client;
  readonly scenario: Scenario;
}

const workflowTypes = [
  'actualsBackfill',
  'driftDetection',
  'performanceEvaluation',
  'degradationCheck',
  'weeklyReport',
  'retraining',
  'alertLifecycle',
];

export async function summarize(sources: Sources): Promise<Summary> {
  const { database, stack, scenario } = sources;
  const { model, metric } = scenario;
  await untilDelivered(database, model);
  const emails = stack.smtp?.messages() ?? [];
  // A report comes with its page, an alert with a picture at most.
  const isReport = ({ attachments }: ReceivedEmail): boolean =>
    attachments.some(({ mimeType }) => mimeType === 'text/html');
  const [reports, alerts] = [true, false].map((report) =>
    emails.filter((email) => isReport(email) === report).map(({ subject }) => subject),
  ) as [string[], string[]];
  return {
    model,
    metric,
    weeks: await readWeeks(sources),
    retrainings: await readRetrainings(database, model),
    alerts: {
      slack: (stack.slack?.messages() ?? []).map(({ body }) =>
        typeof body['text'] === 'string' ? unescapeSlack(body['text']) : '',
      ),
      email: alerts,
    },
    reports,
    workflows: await countWorkflows(sources.temporal),
  };
}

/** Messages go out beside the replay: the last ones may still be on their way. */
async function untilDelivered(database: Database, model: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const [{ waiting } = { waiting: 0 }] = await database.query<{ waiting: number }>(
      `select count(*) as waiting from alert_deliveries where model = $1 and state = 'pending'`,
      [model],
    );
    if (waiting === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface WeekRow extends Record<string, unknown> {
  readonly week_start: number;
  readonly version: string;
  readonly value: number | null;
  readonly frozen_value: number | null;
  readonly drifted_features: readonly string[] | null;
  readonly verdict: string | null;
}

/** What each row adds to a metric, and the metric of their mean; `$2` is the positive class. */
const metrics: Readonly<Record<Scenario['metric'], { readonly loss: string; readonly ofMean: string }>> = {
  rmse: { loss: '(outcome.actual - outcome.prediction) ^ 2', ofMean: 'sqrt' },
  log_loss: {
    loss: `-ln(greatest(2.220446e-16,
      case when outcome.actual_class = $2 then share else 1 - share end))`,
    ofMean: '',
  },
};

async function readWeeks({ database, scenario: { model, positiveClass, metric } }: Sources): Promise<Week[]> {
  const { loss, ofMean } = metrics[metric];
  const rows = await database.query<WeekRow>(
    `with first_version as (
       select version from model_versions where model = $1 order by registered_at limit 1
     ),
     scored as (
       select entity, event_time, outcome.version, outcome.role, ${loss} as loss
       from outcomes outcome
       join predictions using (model, event_time, prediction_id)
       cross join lateral (select (outcome.probabilities ->> $2)::float8 as share) positive
       where model = $1
     ),
     bounds as (select min(date_trunc('day', event_time)) as first_day from predictions where model = $1 and role = 'serving'),
     served as (
       select served.*, frozen.loss as frozen_loss,
         first_day + floor(extract(epoch from served.event_time - first_day) / 604800) * interval '7 days' as week_start
       from scored served
       cross join bounds
       left join scored frozen
         on frozen.entity = served.entity and frozen.event_time = served.event_time
         and frozen.version = (select version from first_version)
       where served.role = 'serving'
     ),
     weeks as (
       select week_start, mode() within group (order by version) as version,
         ${ofMean}(avg(loss)) as value, ${ofMean}(avg(frozen_loss)) as frozen_value
       from served group by week_start
     )
     select weeks.*, drift.drifted_features, check_.verdict
     from weeks
     left join drift_runs drift on drift.model = $1 and drift.window_end = week_start + interval '7 days'
       and drift.window_end - drift.window_start = interval '7 days'
     left join degradation_checks check_ on check_.model = $1 and check_.window_end = week_start + interval '7 days'
     order by week_start`,
    [model, positiveClass],
  );
  return rows.map((row) => ({
    start: formatDay(row.week_start),
    version: row.version,
    value: row.value,
    frozenValue: row.frozen_value,
    driftedFeatures: row.drifted_features ?? [],
    verdict: row.verdict ?? 'insufficient-data',
  }));
}

async function readRetrainings(database: Database, model: string): Promise<Retraining[]> {
  const rows = await database.query<{
    as_of: number;
    state: string;
    helped: string | null;
    champion_version: string | null;
    challenger_version: string | null;
    reason: string;
  }>(
    `select as_of, state, helped, champion_version, challenger_version, reason
     from retraining_runs where model = $1 order by as_of`,
    [model],
  );
  return rows.map((row) => ({
    asOf: formatDay(row.as_of),
    state: row.state,
    helped: row.helped,
    champion: row.champion_version,
    challenger: row.challenger_version,
    reason: row.reason,
  }));
}

async function countWorkflows(client: Client): Promise<Summary['workflows']> {
  const count = async (type: string, status: string): Promise<number> =>
    (await client.workflow.count(`WorkflowType = '${type}' and ExecutionStatus = '${status}'`)).count;
  const counts = await Promise.all(
    workflowTypes.map(async (type) => {
      const failed = await Promise.all(
        ['Failed', 'TimedOut', 'Terminated'].map((status) => count(type, status)),
      );
      return [
        type,
        { completed: await count(type, 'Completed'), failed: failed.reduce((a, b) => a + b, 0) },
      ] as const;
    }),
  );
  return Object.fromEntries(counts);
}
