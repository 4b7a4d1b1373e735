import { expect, it } from 'vitest';

import { toTimestamp } from '../../../sql/database.ts';
import { day, watchedModel } from './watched-model.ts';

const watched = watchedModel('retraining-metrics');

it('counts the retrainings, however they ended', async () => {
  for (const [index, state] of ['promoted', 'rejected', 'failed', 'training'].entries()) {
    await watched.database.execute(
      `insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end,
           holdout_start, holdout_end, workflow_id, run_id)
         values ($1, $2, $3, '', $4, $4, $4, $4, $4, 'w', 'r')`,
      [watched.model, String(index), state, toTimestamp(day(20))],
    );
  }
  expect(await watched.pushed('retraining')).toEqual({ model_retrainings_total: 4 });
});

const insertVersion = (version: string, stage: string, lineage: unknown) =>
  watched.database.execute(
    `insert into model_versions (model, version, stage, lineage, registered_at) values ($1, $2, $3, $4, $5)`,
    [watched.model, version, stage, JSON.stringify(lineage), toTimestamp(day(1))],
  );

it('shows what the champion looks at', async () => {
  await insertVersion('1', 'archived', { featureImportances: { temp: 0.1 } });
  await insertVersion('2', 'champion', { featureImportances: { temp: 0.7, hum: 0 } });
  expect(await watched.pushed('retraining')).toEqual({
    model_retrainings_total: 0,
    'model_feature_importance{feature="temp",version="2"}': 0.7,
    'model_feature_importance{feature="hum",version="2"}': 0,
  });
});

it.each([
  [{}],
  [{ featureImportances: null }],
  [{ featureImportances: [1, 2] }],
  [{ featureImportances: { temp: 'high' } }],
])('shows nothing of the lineage %j', async (lineage) => {
  await insertVersion('1', 'champion', lineage);
  expect(await watched.pushed('retraining')).toEqual({ model_retrainings_total: 0 });
});
