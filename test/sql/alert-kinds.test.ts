/** 0010: alerts of drift that are there keep their life under the names that they have now. */

import { afterAll, beforeAll, expect, it } from 'vitest';

import { migrate } from '../../sql/migrator.ts';
import { migrateTo } from './migrate-to.ts';
import type { TestDatabase } from '../setup/servers.ts';
import { createTestDatabase } from '../setup/servers.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase('empty');
  await migrateTo(test.database, 9);
});
afterAll(() => test.drop());

async function insertAlert(
  kind: string,
  subject: string,
  episode: number,
  state: 'acknowledged' | 'resolved' = 'resolved',
): Promise<void> {
  const key = [`m`, `${kind}:m:${subject}`, episode];
  await test.database.execute(
    `insert into alerts (model, alert_key, episode, kind, subject, severity, state, state_by, summary, opened_as_of,
       observed_as_of, latest)
     values ($1, $2, $3, $4, $5, 'critical', $6, 'anna', '', '2024-01-01', '2024-01-02', '{}')`,
    [...key, kind, subject, state],
  );
  await test.database.execute(
    `insert into alert_events (model, alert_key, episode, event, severity, as_of, summary, facts, workflow_id, run_id)
     values ($1, $2, $3, 'opened', 'critical', '2024-01-01', '', '[]', '', '')`,
    key,
  );
  await test.database.execute(
    `insert into alert_deliveries (model, alert_key, episode, event, channel, recipient, state)
     values ($1, $2, $3, 'opened', 'slack', 'default', 'delivered')`,
    key,
  );
}

it('renames drift of datasets and what is of the last 24 hours, with all that was said of it', async () => {
  await insertAlert('drift', 'dataset', 1);
  await insertAlert('drift', 'dataset', 2, 'acknowledged');
  await insertAlert('drift', 'dataset/season=1', 1);
  await insertAlert('drift', 'dataset-24h/season=1', 1);
  await insertAlert('data-quality', 'dataset', 1);
  await insertAlert('data-quality', 'dataset-24h', 1);
  await insertAlert('degradation', 'performance', 1);
  await migrate(test.database);
  expect(
    await test.database.query(
      `select alert.alert_key as key, alert.kind, alert.subject, episode, alert.state, count(delivery) as told
       from alerts alert
       left join alert_events event using (model, alert_key, episode)
       left join alert_deliveries delivery using (model, alert_key, episode, event)
       group by alert.alert_key, alert.kind, alert.subject, episode, alert.state
       order by 1, 4`,
    ),
  ).toEqual(
    [
      ['data-quality', '24h/dataset', 1, 'resolved'],
      ['data-quality', 'dataset', 1, 'resolved'],
      ['dataset-drift', '24h/dataset/season=1', 1, 'resolved'],
      ['dataset-drift', 'dataset', 1, 'resolved'],
      ['dataset-drift', 'dataset', 2, 'acknowledged'],
      ['dataset-drift', 'dataset/season=1', 1, 'resolved'],
      ['degradation', 'performance', 1, 'resolved'],
    ].map(([kind, subject, episode, state]) => {
      return { key: `${kind}:m:${subject}`, kind, subject, episode, state, told: 1 };
    }),
  );
});
