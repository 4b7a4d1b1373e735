import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { ensureImportances } from '../../../activities/importance/ensure-importances.ts';
import {
  readDriftAndError,
  readImportances,
  storeImportances,
} from '../../../activities/importance/store.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import { correlateDriftAndError } from '../../../core/importance/drift-and-error.ts';
import type { Monitor } from '../../../core/monitor/schema.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { createTestDatabase } from '../../setup/servers.ts';
import type { TestDatabase } from '../../setup/servers.ts';
import { at, day, watch } from '../../setup/synthetic.ts';

const model = 'important';
const window = { start: day(1), end: day(15) };

let test: TestDatabase;
let monitor: Monitor;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());
beforeEach(async () => {
  await emptyTables(test.database);
  monitor = await watch(test.database, { model });
});

/** Two weeks in which the prediction is x, whatever c says. */
async function logPredictions(): Promise<void> {
  const rows = Array.from({ length: 336 }, (_, i) => ({
    version: '1',
    entity: 'station',
    eventTime: day(1) + i * 3_600_000,
    features: { x: (i * 37) % 101, c: i % 2 === 0 ? 'a' : 'b' },
    prediction: (i * 37) % 101,
  }));
  await openClient({ database: test.database }).logPredictions(model, rows);
}
const register = (lineage: unknown) =>
  test.database.execute(
    `insert into model_versions (model, version, stage, lineage, registered_at) values ($1, '1', 'champion', $2, $3)`,
    [model, JSON.stringify(lineage), at(1)],
  );

describe('ensureImportances', () => {
  it('stores what the trainer reported, as shares', async () => {
    await register({ featureImportances: { x: 6, c: 2 } });
    const found = { version: '1', source: 'trainer', asOf: day(1), importances: { x: 0.75, c: 0.25 } };
    expect(await ensureImportances(test.database, monitor, '1', window)).toEqual(found);
    expect(await readImportances(test.database, model)).toEqual([found]);
  });

  it('asks trees that imitate the predictions where the trainer said nothing that can be used', async () => {
    await logPredictions();
    await register({ featureImportances: { x: 'a lot' } });
    const found = await ensureImportances(test.database, monitor, '1', window);
    expect(found).toMatchObject({ version: '1', source: 'surrogate', asOf: window.end });
    if ('notComputable' in found) throw new Error(found.notComputable);
    expect(found.importances['x']).toBeGreaterThan(0.99);
    expect(await readImportances(test.database, model, '1')).toEqual([found]);
    expect(await ensureImportances(test.database, monitor, '1', window)).toEqual(found);
    expect(await readImportances(test.database, model)).toHaveLength(1);
  });

  it('imitates the probabilities of a classification', async () => {
    const classifier = await watch(test.database, {
      model,
      task: 'classification',
      classes: ['no', 'yes'],
      performance: {},
    });
    const rows = Array.from({ length: 336 }, (_, i) => {
      const yes = i % 2 === 0 ? 0.8 : 0.3;
      return {
        version: '1',
        entity: 'station',
        eventTime: day(1) + i * 3_600_000,
        features: { x: (i * 37) % 101, c: i % 2 === 0 ? 'a' : 'b' },
        prediction: yes > 0.5 ? 'yes' : 'no',
        probabilities: { yes, no: 1 - yes },
      };
    });
    await openClient({ database: test.database }).logPredictions(model, rows);
    const found = await ensureImportances(test.database, classifier, '1', window);
    expect(found).toMatchObject({ importances: { c: 1 } });
  });

  it('says why importances are not known, and stores nothing', async () => {
    expect(await ensureImportances(test.database, monitor, '1', window)).toEqual({
      notComputable: 'there are 0 predictions, 200 are needed',
    });
    expect(await readImportances(test.database, model)).toEqual([]);
  });
});

describe('storeImportances', () => {
  it('replaces what was stored for the same source and instant, and keeps earlier ones', async () => {
    const first = {
      version: '1',
      source: 'surrogate',
      asOf: day(1),
      importances: { x: 0.5, old: 0.5 },
    } as const;
    const later = { ...first, asOf: day(8), importances: { x: 1 } };
    await storeImportances(test.database, model, first);
    await storeImportances(test.database, model, later);
    const corrected = { ...first, importances: { x: 0.9, y: 0.1 } };
    await storeImportances(test.database, model, corrected);
    expect(await readImportances(test.database, model)).toEqual([corrected, later]);
  });
});

/** A drift run with the deciding effect of each feature, a method that does not decide, and another question. */
async function storeDrift(
  segment: string,
  [start, end]: readonly string[],
  effects: Readonly<Record<string, number | null>>,
): Promise<void> {
  await test.database.execute(
    `with run as (
       insert into drift_runs (model, segment, window_start, window_end, reference_id, as_of, verdict, reason, judged_features,
         drifted_features, row_count, reference_row_count, configuration_hash, code_version, workflow_id, run_id)
       values ($1, $2, $3, $4, '', $4, 'ok', '', 2, '{}', 1, 1, '', '', '', '')
       returning drift_run_id
     )
     insert into drift_results (model, drift_run_id, subject, column_name, method, question, effect, deciding, verdict, reason,
       reference_rows, current_rows)
     select $1, drift_run_id, 'feature', feature, method, question, effect, deciding, 'ok', '', 1, 1
     from run, unnest($5::text[], $6::float8[]) as found (feature, effect),
       (values ('wasserstein', 'reference', true), ('energy', 'reference', false), ('wasserstein', 'recent', true))
         as decided (method, question, deciding)`,
    [model, segment, start, end, Object.keys(effects), Object.values(effects)],
  );
}

async function storeErrors(
  [start, end]: readonly string[],
  versions: readonly { version: string; rmse: number; rows: number }[],
): Promise<void> {
  for (const { version, rmse, rows } of versions) {
    await test.database.execute(
      `insert into performance_evaluations (model, version, window_start, window_end, revision, as_of, state, verdict, reason, metrics,
         details, sample_size, prediction_count, content_hash, configuration_hash, code_version, workflow_id, run_id)
       values ($1, $2, $3, $4, 1, $4, 'final', 'ok', '', $5, '{}', $6, $6, '', '', '', '', '')`,
      [model, version, start, end, JSON.stringify({ rmse }), rows],
    );
  }
}

describe('readDriftAndError', () => {
  it('reads the deciding effects of each feature beside the metric of the same windows', async () => {
    for (let week = 1; week <= 9; week += 1) {
      const window = [at(7 * week), at(7 * week + 7)];
      await storeDrift('', window, { x: week / 10, c: null });
      await storeDrift('c=a', window, { x: 9 });
      await storeErrors(window, [
        { version: '1', rmse: week, rows: 30 },
        { version: '2', rmse: week + 4, rows: 10 },
      ]);
    }
    await storeErrors([at(1), at(2)], [{ version: '1', rmse: 1, rows: 10 }]);
    const series = await readDriftAndError(test.database, model, 'rmse');
    expect([...series.keys()].sort()).toEqual(['x']);
    const ofX = series.get('x')!;
    expect(ofX).toHaveLength(9);
    // 30 outcomes of one version and 10 of another.
    expect(ofX[0]).toEqual({ window: { start: day(7), end: day(14) }, drift: 0.1, error: 2 });
    expect(correlateDriftAndError(ofX)).toMatchObject({ correlation: expect.closeTo(1), windows: 9 });
    expect(await readDriftAndError(test.database, model, 'f1')).toEqual(new Map());
  });
});
