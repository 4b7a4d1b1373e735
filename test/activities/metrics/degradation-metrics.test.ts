import { expect, it } from 'vitest';

import { toTimestamp } from '../../../sql/database.ts';
import { day, watchedModel } from './watched-model.ts';

const watched = watchedModel('degradation-metrics');

const insertCheck = (end: number, verdict: string) =>
  watched.database.execute(
    `insert into degradation_checks (model, window_end, as_of, verdict, reason, findings, configuration_hash,
       code_version, workflow_id, run_id)
     values ($1, $2, $2, $3, '', '[]', 'h', 'v', 'w', 'r')`,
    [watched.model, toTimestamp(end), verdict],
  );

it.each([
  ['critical', 1],
  ['warning', 1],
  ['ok', 0],
  ['insufficient-data', 0],
])('shows %s of the newest check as %d', async (verdict, degraded) => {
  await insertCheck(day(20), verdict);
  await insertCheck(day(19), degraded === 1 ? 'ok' : 'critical');
  expect(await watched.pushed('degradation-check')).toEqual({ model_degraded: degraded });
});
