/** An alert, a retraining and a report of a model that may be called anything. */

import { toTimestamp, type Database } from '../../sql/database.ts';
import { dayMs } from '../../core/window.ts';
import { now } from './console-world.ts';

export const retrainingId = '2026-11-20T03:40:00Z';

/** Opens it as it would be two days after trouble was seen; people are not told for now. */
export async function fillAlert(database: Database, model: string, subject = 'hum'): Promise<string> {
  const key = `drift:${model}:${subject}`;
  const at = toTimestamp(now - 2 * dayMs);
  const latest = {
    summary: `PSI of ${subject} is 0.31`,
    facts: [{ name: 'PSI', value: '0.31, limit 0.2' }],
    links: [{ label: 'Open the report', path: '/reports/drift/m/2026-11-20T00:00:00Z/2026-11-27T00:00:00Z' }],
    workflowId: `drift-detection:${model}`,
    runId: 'run-1',
  };
  await database.execute(
    `insert into alerts (model, alert_key, episode, kind, subject, severity, state, summary, opened_as_of, state_since, observed_as_of, latest)
     values ($1, $2, 1, 'drift', $3, 'warning', 'open', $4, $5, $5, $5, $6)`,
    [model, key, subject, `PSI of ${subject} is 0.27`, at, JSON.stringify(latest)],
  );
  await database.execute(
    `insert into alert_events (model, alert_key, episode, event, severity, as_of, summary, facts, workflow_id, run_id, recorded_at)
     values ($1, $2, 1, 'opened', 'warning', $3, $4, '[]', 'w', 'r', $3)`,
    [model, key, at, `PSI of ${subject} is 0.27`],
  );
  await database.execute(
    `insert into alert_deliveries (model, alert_key, episode, event, channel, recipient, state, held_by)
     values ($1, $2, 1, 'opened', 'slack', 'on-call', 'held', $3),
       ($1, $2, 1, 'opened', 'email', 'a@example.org', 'delivered', null)`,
    [model, key, `maintenance: ${subject}`],
  );
  return key;
}

/** Waits for a person; its challenger was judged by one gate. */
export async function fillRetraining(
  database: Database,
  model: string,
  said = 'RMSE is high',
): Promise<void> {
  const gate = {
    gate: `better by 2% (${said})`,
    measure: 'rmse',
    segment: '',
    holds: 'yes',
    improvement: 0.31,
    low: 0.28,
    high: 0.33,
    challenger: 31.2,
    champion: 45.1,
    rows: 168,
    reason: 'better by 31%',
  };
  const validation = { verdict: 'pass', reason: 'every gate holds', rows: 168, sanity: [], gates: [gate] };
  const look = {
    helped: 'yes',
    decision: 'go on',
    gain: { value: 60, low: 55, high: 65 },
    relativeGain: 0.46,
    reason: said,
    asOf: retrainingId,
    window: { start: '2026-11-21T00:00:00Z', end: '2026-11-23T00:00:00Z' },
    day: 2,
    metric: 'rmse',
    rows: 48,
    payback: { worthPerDay: { value: 24 }, days: { value: 5 } },
  };
  await database.execute(
    `insert into model_versions (model, version, stage, lineage, registered_at)
     values ($1, '2-challenger', 'candidate', $2, $3)`,
    [model, JSON.stringify({ trainer: said, metrics: { rmse: 31.2 } }), retrainingId],
  );
  await database.execute(
    `insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end, holdout_start,
       holdout_end, champion_version, challenger_version, comparison, approval, waits_until, cost, verification, helped,
       workflow_id, run_id, started_at)
     values ($1, $2::text, 'awaiting-approval', $3, ($2::text)::timestamptz, '2026-10-01', '2026-11-10', '2026-11-10', '2026-11-17', '1',
       '2-challenger', $4, $5, '2026-11-30T00:00:00Z', 120, $6, 'yes', 'retraining:of', 'run-1', ($2::text)::timestamptz)`,
    [
      model,
      retrainingId,
      said,
      JSON.stringify(validation),
      JSON.stringify({ needed: true, reason: 'a person decides on every promotion' }),
      JSON.stringify(look),
    ],
  );
  await database.execute(
    `insert into retraining_events (model, retraining_id, event_id, event, as_of, summary, recorded_at)
     values ($1, $2::text, 'training', 'training', ($2::text)::timestamptz, $3, ($2::text)::timestamptz)`,
    [model, retrainingId, said],
  );
}

export async function fillReport(database: Database, model: string): Promise<void> {
  await database.execute(
    `insert into reports (model, kind, window_start, window_end, html, content, stored_at)
     values ($1, 'performance', '2026-11-20', '2026-11-27', '<!doctype html><title>of a test</title>', $2, '2026-11-27')`,
    [model, JSON.stringify({ verdict: { level: 'warning', reason: `of ${model}` } })],
  );
}
