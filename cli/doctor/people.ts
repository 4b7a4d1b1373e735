/** Do alerts reach people, and does anything wait for one? */

import { formatInstant } from '../../core/window.ts';
import { listRetrainings, type ShownRetraining } from '../../sql/read-retrainings.ts';
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

export function readRetrainings({ database }: Sources): Promise<readonly ShownRetraining[]> {
  return listRetrainings(database, { state: 'awaiting-approval', most: 100 });
}

export function judgeRetrainings(
  waiting: readonly Pick<ShownRetraining, 'model' | 'challenger' | 'waitsUntil'>[],
): Finding {
  const [first] = waiting;
  if (first === undefined) return { level: 'ok', words: 'none waits for a person' };
  return {
    level: 'warning',
    words: `${waiting.length === 1 ? 'one waits' : `${waiting.length} wait`} for a person`,
    details: waiting.map(
      ({ model, challenger, waitsUntil }) =>
        `${model}: version ${challenger ?? '?'} waits for approval${waitsUntil === null ? '' : ` until ${waitsUntil}`}`,
    ),
    fix: `tidewatch retrainings show ${first.model}, then approve or reject`,
  };
}
