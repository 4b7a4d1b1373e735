import { expect, it } from 'vitest';

import { storeImportances } from '../../../activities/importance/store.ts';
import type { VersionImportances } from '../../../core/importance/importances.ts';
import { toTimestamp } from '../../../sql/database.ts';
import { day, watchedModel } from './watched-model.ts';

const watched = watchedModel('importance-metrics');

const store = (
  version: string,
  source: VersionImportances['source'],
  asOf: number,
  importances: VersionImportances['importances'],
) => storeImportances(watched.database, watched.model, { version, source, asOf, importances });

const insertVersion = (version: string, stage: string) =>
  watched.database.execute(
    `insert into model_versions (model, version, stage, registered_at) values ($1, $2, $3, $4)`,
    [watched.model, version, stage, toTimestamp(day(1))],
  );

const pushed = () => watched.pushed('drift-detection');

it('shows nothing where nothing is known of the champion', async () => {
  await insertVersion('2', 'champion');
  await store('1', 'trainer', day(1), { temp: 1 });
  expect(await pushed()).toEqual({});
});

it('shows what the trainer of the champion reported', async () => {
  await insertVersion('1', 'archived');
  await insertVersion('2', 'champion');
  await store('1', 'trainer', day(1), { temp: 1 });
  await store('2', 'trainer', day(2), { temp: 0.7, hum: 0.3 });
  await store('2', 'surrogate', day(9), { temp: 0.6, hum: 0.4 });
  expect(await pushed()).toEqual({
    'model_feature_importance{feature="hum",version="2"}': 0.3,
    'model_feature_importance{feature="temp",version="2"}': 0.7,
  });
});

it('or else what was learned of it last, of a version that nobody registered too', async () => {
  await store('1', 'surrogate', day(2), { temp: 1, hum: 0 });
  await store('2', 'surrogate', day(9), { temp: 0.6, hum: 0.4 });
  expect(await pushed()).toEqual({
    'model_feature_importance{feature="hum",version="2"}': 0.4,
    'model_feature_importance{feature="temp",version="2"}': 0.6,
  });
});
