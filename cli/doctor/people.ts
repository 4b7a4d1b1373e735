/** Do alerts reach people, and does anything wait for one? */

import { oneLine } from '../../core/alert/message.ts';
import { formatInstant } from '../../core/window.ts';
import { listNewestFailed, listRetrainings, type ShownRetraining } from '../../sql/read-retrainings.ts';
import type { Finding } from './check.ts';
import type { Sources } from './sources.ts';

/** What is not done by then is stuck. */
const patience = '15 minutes';

interface Deliveries {
  /** Alerts of which something has been due for long: their life cycles do not run. */
  readonly overdue: readonly { readonly alertKey: string; readonly since: number }[];
  /** Messages that were not taken, or that a process has claimed and never sent. */
  readonly stuck: readonly {
    readonly state: string;
    readonly count: number;
    readonly since: number;
    readonly lastError: string | null;
  }[];
  /** Open alerts about channels that refuse messages. */
  readonly failing: readonly { readonly subject: string; readonly summary: string }[];
}

export async function readDeliveries({ database }: Sources): Promise<Deliveries> {
  return database.snapshot(async (connection) => ({
    overdue: await connection.query(
      `select alert_key as "alertKey", due_at as since from alerts
       where due_at < now() - interval '${patience}' order by due_at limit 100`,
    ),
    stuck: await connection.query(
      `select state, count(*) as count, min(claimed_at) as since, max(last_error) as "lastError" from alert_messages
       where state in ('waiting', 'sending') and claimed_at < now() - interval '${patience}'
       group by state order by state`,
    ),
    failing: await connection.query(
      `select distinct subject, summary from alerts
       where kind = 'delivery-failing' and state <> 'resolved' order by subject limit 100`,
    ),
  }));
}

export function judgeDeliveries({ overdue, stuck, failing }: Deliveries): Finding {
  const details = [
    ...failing.map(({ subject, summary }) => `${subject} refuses messages: ${summary}`),
    ...stuck.map(
      ({ state, count, since, lastError }) =>
        `${count} ${state === 'sending' ? 'claimed and never sent' : 'not taken'} since ${formatInstant(since)}${lastError === null ? '' : `: ${lastError}`}`,
    ),
    ...overdue.map(({ alertKey, since }) => `${alertKey} has something due since ${formatInstant(since)}`),
  ];
  if (details.length === 0) return { level: 'ok', words: 'nothing that is due waits' };
  return {
    level: failing.length + overdue.length > 0 ? 'critical' : 'warning',
    words: 'alerts do not reach people',
    details,
    fix: [
      ...(failing.length + stuck.length > 0
        ? ['mend the channel; `tidewatch alerts route --help` says how to see who is told']
        : []),
      ...(overdue.length > 0
        ? ['tidewatch worker, where none runs; else the next degradation check wakes them']
        : []),
    ].join('; '),
  };
}

interface Retrainings {
  readonly waiting: readonly Pick<ShownRetraining, 'model' | 'challenger' | 'waitsUntil'>[];
  /** Of the models whose newest retraining has failed. */
  readonly failed: readonly Pick<ShownRetraining, 'model' | 'retrainingId' | 'reason'>[];
}

export async function readRetrainings({ database }: Sources): Promise<Retrainings> {
  return database.snapshot(async (connection) => ({
    waiting: await listRetrainings(connection, { state: 'awaiting-approval', most: 100 }),
    failed: await listNewestFailed(connection, 100),
  }));
}

export function judgeRetrainings({ waiting, failed }: Retrainings): Finding {
  const waitingModel = waiting[0]?.model;
  const failedModel = failed[0]?.model;
  const words = [
    ...(waiting.length === 0
      ? []
      : [`${waiting.length === 1 ? 'one waits' : `${waiting.length} wait`} for a person`]),
    ...(failed.length === 0
      ? []
      : [`the last one of ${failed.length === 1 ? failedModel : `${failed.length} models`} has failed`]),
  ];
  if (words.length === 0)
    return { level: 'ok', words: 'none waits for a person, and none of the last ones has failed' };
  return {
    level: 'warning',
    words: words.join(', and '),
    details: [
      ...waiting.map(
        ({ model, challenger, waitsUntil }) =>
          `${model}: version ${challenger ?? '?'} waits for approval${waitsUntil === null ? '' : ` until ${waitsUntil}`}`,
      ),
      ...failed.map(
        ({ model, retrainingId, reason }) => `${model} as of ${retrainingId}: ${oneLine(reason)}`,
      ),
    ],
    fix: [
      ...(waitingModel === undefined
        ? []
        : [`tidewatch retrainings show ${waitingModel}, then approve or reject`]),
      ...(failedModel === undefined
        ? []
        : [
            `tidewatch retrainings show ${failedModel}; mend it, then tidewatch retrain --model ${failedModel}`,
          ]),
    ].join('; '),
  };
}
