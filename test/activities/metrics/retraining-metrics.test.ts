import { expect, it } from 'vitest';

import { toTimestamp } from '../../../sql/database.ts';
import { day, watchedModel } from './watched-model.ts';

const watched = watchedModel('retraining-metrics');

it('counts the retrainings, however they ended, and the promotions by whether they have helped', async () => {
  for (const [index, state] of ['kept', 'rolled-back', 'rejected', 'failed', 'training'].entries()) {
    await watched.database.execute(
      `insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end,
           holdout_start, holdout_end, workflow_id, run_id, finished_at, promoted_as_of, helped)
         values ($1, $2, $3, '', $4, $4, $4, $4, $4, 'w', 'r', case when $3 <> 'training' then now() end,
           case when $3 in ('kept', 'rolled-back') then $4::timestamptz end, case when $3 = 'kept' then 'yes' end)`,
      [watched.model, String(index), state, toTimestamp(day(20))],
    );
  }
  expect(await watched.pushed('retraining')).toEqual({
    model_retrainings_total: 5,
    model_retraining_under_way: 1,
    model_retrainings_rolled_back_total: 1,
    'model_retrainings_promoted_total{helped="unclear"}': 1,
    'model_retrainings_promoted_total{helped="yes"}': 1,
  });
});
