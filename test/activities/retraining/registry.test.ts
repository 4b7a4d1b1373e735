/** By which names a serving system finds the versions of a model. */

import { beforeEach, describe, expect, it } from 'vitest';

import { addLineage, findLineage, listAliases } from '../../../activities/retraining/registry.ts';
import type { Explained } from '../../setup/explained.ts';
import { explaining } from '../../setup/explained.ts';
import { useActivities } from '../../setup/world.ts';

const model = 'served';
const test = useActivities('empty for each test');

const version = (name: string, stage: string) =>
  test.database.execute(
    `insert into model_versions (model, version, stage, registered_at) values ($1, $2, $3, now())
     on conflict (model, version) do update set stage = excluded.stage`,
    [model, name, stage],
  );
/** The n-th retraining, of version n against another. */
const retraining = (
  n: number,
  champion: string,
  state: string,
  { share = 0, promoted = false }: { readonly share?: number; readonly promoted?: boolean } = {},
) =>
  test.database.execute(
    `insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end, holdout_start,
       holdout_end, champion_version, challenger_version, traffic_share, promoted_as_of, finished_at, workflow_id, run_id)
     values ($1, $2, $3, '', now(), now(), now(), now(), now(), $4, $2, $5, $6, $7, '', '')`,
    [
      model,
      String(n),
      state,
      champion,
      share,
      promoted ? `2024-01-0${n}` : null,
      ['kept', 'rolled-back', 'rejected'].includes(state) ? '2024-02-01' : null,
    ],
  );

/** Models with a champion and a challenger each. */
async function others(from: number, to: number): Promise<void> {
  await test.database.execute(`
    insert into model_versions (model, version, stage, registered_at)
    select 'other-' || n, version, stage, now()
    from generate_series(${from}, ${to}) as n, (values ('1', 'champion'), ('2', 'shadow')) as one (version, stage);
    insert into retraining_runs (model, retraining_id, state, reason, as_of, training_start, training_end, holdout_start,
      holdout_end, champion_version, challenger_version, traffic_share, workflow_id, run_id)
    select 'other-' || n, '2', 'shadow', '', now(), now(), now(), now(), now(), '1', '2', 0, '', ''
    from generate_series(${from}, ${to}) as n`);
  await test.database.execute('vacuum analyze model_versions, retraining_runs');
}

async function plansOf(of: string): Promise<Explained> {
  const { connection, plans } = explaining(test.database);
  await listAliases(connection, of);
  return plans[0]!;
}

beforeEach(() => version('1', 'champion'));

describe('model_aliases', () => {
  it('gives all traffic to the champion while nothing else is rolled out', async () => {
    await version('2', 'shadow');
    await retraining(2, '1', 'validating');
    expect(await listAliases(test.database, model)).toEqual([
      { alias: 'champion', version: '1', trafficShare: 1 },
    ]);
  });

  it.each([
    ['shadow', 0],
    ['canary', 0.1],
  ])('names the challenger of a %s, with its share', async (state, share) => {
    await version('2', 'shadow');
    await retraining(2, '1', state, { share });
    expect(await listAliases(test.database, model)).toEqual([
      { alias: 'challenger', version: '2', trafficShare: share },
      { alias: 'champion', version: '1', trafficShare: 1 - share },
    ]);
  });

  it.each(['verifying', 'kept'])(
    'names the version to go back to once another is promoted: %s',
    async (state) => {
      await version('1', state === 'kept' ? 'archived' : 'shadow');
      await version('2', 'champion');
      await retraining(2, '1', state, { promoted: true });
      expect(await listAliases(test.database, model)).toEqual([
        { alias: 'champion', version: '2', trafficShare: 1 },
        { alias: 'previous', version: '1', trafficShare: 0 },
      ]);
    },
  );

  it('never names one to go back to that was taken back itself', async () => {
    await version('1', 'archived');
    await version('2', 'champion');
    await version('3', 'archived');
    await retraining(2, '1', 'kept', { promoted: true });
    await retraining(3, '2', 'rolled-back', { promoted: true });
    expect(await listAliases(test.database, model)).toMatchObject([
      { alias: 'champion', version: '2' },
      { alias: 'previous', version: '1' },
    ]);
  });

  it('knows nothing of a model without a champion', async () => {
    await version('1', 'shadow');
    expect(await listAliases(test.database, model)).toEqual([]);
  });

  it('looks for one model in the indexes of models, and reads as many pages beside thousands of others', async () => {
    await version('2', 'shadow');
    await retraining(1, '0', 'kept', { promoted: true });
    await retraining(2, '1', 'canary', { share: 0.1 });
    await others(1, 300);
    const few = await plansOf(model);
    await others(301, 3000);
    const many = await plansOf(model);
    expect(many.scans.map(({ relation }) => relation).sort()).toEqual([
      'model_versions',
      'model_versions',
      'retraining_runs',
      'retraining_runs',
      'retraining_runs',
    ]);
    expect(many.scans.filter(({ by }) => !/^(Index|Bitmap)/.test(by))).toEqual([]);
    // An index may have a level more.
    expect(many.pages).toBeLessThanOrEqual(few.pages + many.scans.length);
  });
});

describe('lineage', () => {
  it('grows by facts, and replaces one of the same name', async () => {
    await addLineage(test.database, model, '1', { rows: 48, holdout: { rmse: 2 } });
    await addLineage(test.database, model, '1', { holdout: { rmse: 3 } });
    expect(await findLineage(test.database, model, '1')).toEqual({ rows: 48, holdout: { rmse: 3 } });
    expect(await findLineage(test.database, model, 'unknown')).toEqual({});
  });
});
