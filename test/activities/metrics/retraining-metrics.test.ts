import { expect, it } from 'vitest';

import { toTimestamp } from '../../../sql/database.ts';
import { day, watchedModel } from './watched-model.ts';

const watched = watchedModel('retraining-metrics');

it('counts the retrainings, however they ended', async () => {
  for (const [index, state] of ['kept', 'rejected', 'failed', 'training'].entries()) {
    await watched.database.execute(
      `insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end,
           holdout_start, holdout_end, workflow_id, run_id, finished_at)
         values ($1, $2, $3, '', $4, $4, $4, $4, $4, 'w', 'r', case when $3 <> 'training' then now() end)`,
      [watched.model, String(index), state, toTimestamp(day(20))],
    );
  }
  expect(await watched.pushed('retraining')).toEqual({ model_retrainings_total: 4 });
});
