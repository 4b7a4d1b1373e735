/**
 * What does each step in the life of an alert ask of the database, when there are many?
 *
 *     npx tsx bench/alerts/queries.ts [--open 10000] [--over 100000] [--repetitions 50] [--url postgres://...] [--json]
 *
 * Fills the tables with alerts of 100 models: over and told of twice, open and told of, and as many that are open and wait to be told; then
 * calls the activities as functions, without Temporal. Beside the time of each: the rows that it read, as Postgres counts them. A
 * statement that finds no index reads thousands.
 */

import { cpus, loadavg } from 'node:os';

import Table from 'cli-table3';

import { createChangeAlert } from '../../activities/alerts/change-alert.ts';
import { createDeliverAlerts } from '../../activities/alerts/deliver-alerts.ts';
import { createFollowAlert } from '../../activities/alerts/follow-alert.ts';
import { listPendingAlerts } from '../../activities/alerts/store.ts';
import { TidewatchError } from '../../core/errors.ts';
import { listAlerts } from '../../sql/read-alerts.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import type { Database } from '../../sql/database.ts';
import { readOptions } from '../options.ts';
import { idleContext, withBenchDatabase } from '../performance/database.ts';
import { machineText } from '../profiles/timing.ts';
import { observeDrift, watchModel } from './world.ts';

const {
  open,
  over,
  repetitions,
  url: server,
  json,
} = readOptions({ open: 10_000, over: 100_000, repetitions: 50, url: String, json: false });
const models = 100;

interface Stock {
  /** What their subjects begin with. */
  readonly word: string;
  readonly count: number;
  readonly state: 'open' | 'resolved';
  readonly events: readonly string[];
  readonly delivery: 'delivered' | 'pending';
}

async function fill(database: Database, { word, count, state, events, delivery }: Stock): Promise<void> {
  await database.execute(
    `insert into alerts
       (model, alert_key, episode, kind, subject, severity, state, summary, opened_as_of, resolved_as_of, observed_as_of, due_at, latest)
     select model, 'drift:' || model || ':' || subject, 1, 'drift', subject, 'warning', $4, 'above 0.1', now(),
       case $4 when 'resolved' then now() end, now(), case $4 when 'open' then now() + interval '1 day' end,
       '{"summary": "above 0.1", "facts": [], "links": [], "workflowId": "", "runId": ""}'
     from generate_series(0, $1 - 1) as n, lateral (select 'model-' || n % $2 as model, $3 || '_' || n / $2 as subject) named`,
    [count, models, word, state],
  );
  for (const event of events) {
    await database.execute(
      `insert into alert_events (model, alert_key, episode, event, severity, as_of, summary, facts, workflow_id, run_id)
       select model, alert_key, episode, $2, severity, observed_as_of, summary, '[]', '', ''
       from alerts
       where starts_with(subject, $1)`,
      [word, event],
    );
    await database.execute(
      `insert into alert_deliveries
         (model, alert_key, episode, event, channel, recipient, route, group_key, terms, state, delivered_at)
       select model, alert_key, episode, event, 'webhook', 'default', model || '/1', 'alert=' || alert_key,
         '{"waitMs": 86400000, "intervalMs": 0, "fallback": []}', $3, case $3 when 'delivered' then now() end
       from alert_events join alerts using (model, alert_key, episode)
       where starts_with(subject, $1) and event = $2`,
      [word, event, delivery],
    );
  }
}

async function fillAll(database: Database): Promise<Monitor[]> {
  const monitors: Monitor[] = [];
  for (let i = 0; i < models; i += 1) {
    const route = { groupBy: ['model', 'kind', 'subject'], groupWait: '0s', groupInterval: '0s' };
    monitors.push(await watchModel(database, `model-${i}`, route));
  }
  const told = { delivery: 'delivered' } as const;
  await fill(database, {
    word: 'over',
    count: over,
    state: 'resolved',
    events: ['opened', 'resolved'],
    ...told,
  });
  await fill(database, { word: 'open', count: open, state: 'open', events: ['opened'], ...told });
  await fill(database, {
    word: 'waiting',
    count: open,
    state: 'open',
    events: ['opened'],
    delivery: 'pending',
  });
  await database.execute(
    `with numbered as (
       select model, alert_key, episode, event, group_id, mailbox_id, row_number() over (order by recorded_at) as message_id
       from alert_deliveries
       where state = 'delivered'
     ), told as (
       insert into alert_messages (message_id, group_id, mailbox_id, is_summary, state, sent_at)
       overriding system value
       select message_id, group_id, mailbox_id, false, 'delivered', now() from numbered
     )
     update alert_deliveries set message_id = numbered.message_id
     from numbered
     where (alert_deliveries.model, alert_deliveries.alert_key, alert_deliveries.episode, alert_deliveries.event)
       = (numbered.model, numbered.alert_key, numbered.episode, numbered.event)`,
  );
  await database.query(
    `select setval(pg_get_serial_sequence('alert_messages', 'message_id'), (select max(message_id) from alert_messages))`,
  );
  for (const table of ['alerts', 'alert_events', 'alert_deliveries', 'alert_messages', 'monitors'])
    await database.execute(`vacuum analyze ${table}`);
  return monitors;
}

/** Rows that were read of the tables of alerts, by an index or without one. */
async function rowsRead(database: Database): Promise<number> {
  // What a connection has counted is shown after a while, or when it is asked to.
  await database.query('select pg_stat_force_next_flush()');
  const [row] = await database.query<{ rows: number }>(
    `select sum(seq_tup_read + idx_tup_fetch) as rows from pg_stat_user_tables where relname like 'alert%'`,
  );
  return row!.rows;
}

interface Step {
  readonly step: string;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly rows: number;
}

const load = loadavg()[0]!;
const steps = await withBenchDatabase(server, async (database) => {
  const monitors = await fillAll(database);
  const wake = async (): Promise<void> => {};
  const dependencies = {
    database,
    context: idleContext,
    wakeAlert: wake,
    temporalUi: 'http://127.0.0.1:8233',
    pagesUrl: 'http://127.0.0.1:9464',
    runbooksUrl: 'http://127.0.0.1:9464/runbooks',
  };
  let answer: () => Promise<{ notice?: string }> = async () => ({});
  const channels = { webhook: { sends: 'message', send: async () => answer() } } as const;
  const followAlert = createFollowAlert(dependencies);
  const deliverAlerts = createDeliverAlerts({ ...dependencies, channels });
  const changeAlert = createChangeAlert(dependencies);
  const named = (i: number) => ({
    model: `model-${i % models}`,
    alertKey: `drift:model-${i % models}:open_${Math.floor(i / models)}`,
  });
  const fresh = (i: number) => ({
    model: `model-${i % models}`,
    alertKey: `drift:model-${i % models}:fresh_${i}`,
  });
  const observe = async (i: number, level: 'warning' | 'ok', subject: string): Promise<void> =>
    observeDrift({ database, wake }, monitors[i % models]!, level, [subject]);

  const measured: Step[] = [];
  async function measure(
    step: string,
    work: (i: number) => Promise<unknown>,
    prepare: (i: number) => Promise<unknown> = async () => {},
  ): Promise<void> {
    const times: number[] = [];
    let rows = 0;
    for (let i = 0; i < repetitions; i += 1) {
      await prepare(i);
      const before = await rowsRead(database);
      const started = performance.now();
      await work(i);
      times.push(performance.now() - started);
      rows += (await rowsRead(database)) - before;
    }
    times.sort((a, b) => a - b);
    const quantile = (share: number): number => times[Math.ceil(share * times.length) - 1]!;
    measured.push({
      step,
      medianMs: quantile(0.5),
      p95Ms: quantile(0.95),
      rows: rows / repetitions,
    });
  }

  await measure('a run opens an alert', (i) => observe(i, 'warning', `fresh_${i}`));
  await measure('its life cycle follows it', (i) => followAlert(fresh(i)));
  await measure('and tells of it', (i) => deliverAlerts(fresh(i)));
  await measure('a run sees what is known', (i) => observe(i, 'warning', `fresh_${i}`));
  await measure('an open alert is looked at, nothing due', (i) => followAlert(named(i)));
  await measure('and has nothing to tell', (i) => deliverAlerts(named(i)));
  await measure('a run lists whom to wake', (i) => listPendingAlerts(database, `model-${i % models}`));
  await measure('a person acknowledges it', (i) =>
    changeAlert({ ...named(i), updateId: `update-${i}`, change: 'acknowledge', by: 'anna' }),
  );
  await measure('and that is told', (i) => deliverAlerts(named(i)));
  await measure(
    'a message that was not taken is told again',
    async (i) => {
      answer = async () => ({});
      return deliverAlerts(fresh(i));
    },
    async (i) => {
      answer = async () => {
        throw new TidewatchError('DELIVERY_FAILED', {
          channel: 'The webhook',
          alertKey: '',
          reason: 'HTTP 503',
        });
      };
      await observe(i, 'ok', `fresh_${i}`);
      await deliverAlerts(fresh(i));
      await database.execute(`update alert_messages set retry_at = now() where state = 'waiting'`);
    },
  );
  await measure('tidewatch alerts list', () => listAlerts(database, {}, { most: 100 }));
  return measured;
});

const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
if (json) console.log(JSON.stringify({ machine, load, open, over, steps }, undefined, 2));
else {
  const head = [`${2 * open} alerts open, ${over} over`, 'median, ms', 'p95, ms', 'rows read'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { step, medianMs, p95Ms, rows } of steps)
    table.push([step, medianMs.toFixed(1), p95Ms.toFixed(1), rows.toFixed(0)]);
  console.log(`${machine}; load before ${load.toFixed(2)}`);
  console.log(table.toString());
}
