/** What becomes of the rows, wherever it ends; Temporal and the Pushgateway are a list here. */

import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import type { HeldGroup } from '../../../activities/metrics/pushgateway.ts';
import { listWithRows } from '../../../activities/storage/forget-store.ts';
import { fates, listForgottenTables, listModelTables } from '../../../activities/storage/forgotten-tables.ts';
import { openClient } from '../../../client/tidewatch-client.ts';
import type { Elsewhere } from '../../../cli/forget/elsewhere.ts';
import { forgetModel } from '../../../cli/forget/forget-model.ts';
import type { Forgotten } from '../../../cli/forget/forget-text.ts';
import { TidewatchError } from '../../../core/errors.ts';
import type { ModelRun } from '../../../schedules/of-model.ts';
import { tryWhileLocked, type Database } from '../../../sql/database.ts';
import { contents } from '../../setup/checksums.ts';
import { emptyTables } from '../../setup/database-snapshot.ts';
import { dyingDatabase } from '../../setup/dying-database.ts';
import { Died, openFate, type Fate } from '../../setup/fate.ts';
import { fillModel, fillStatements } from '../../setup/filled-model.ts';
import { at, load } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';

const test = useDatabase('empty for each test');
const [model, other] = ['forgotten', 'remembered'];
/** So small that each table takes several. */
const sizes = { rows: 2, results: 2 };

/** What there is besides, which outlives whoever deletes it. */
function openElsewhere(fate?: Fate): Elsewhere & { readonly left: () => unknown } {
  let schedules = ['drift-detection', 'actuals-backfill'];
  let runs: ModelRun[] = [
    { workflowId: `alert-lifecycle:drift:${model}:x`, runId: '1', type: 'alertLifecycle' },
  ];
  let groups: HeldGroup[] = ['drift-detection', 'retraining'].map((process) => ({
    process,
    model,
    pushedAt: 0,
    refusedAt: null,
  }));
  let now = fate;
  const step = async <T>(work: () => T): Promise<T> => {
    await now?.pass();
    const result = work();
    await now?.pass();
    return result;
  };
  return {
    listSchedules: () => step(() => schedules.map((scheduleId) => ({ scheduleId, paused: true }))),
    deleteSchedules: () =>
      step(() => {
        const { length } = schedules;
        schedules = [];
        return length;
      }),
    listRuns: () => step(() => runs),
    endRuns: (ended) =>
      step(() => {
        runs = runs.filter(({ runId }) => !ended.some((run) => run.runId === runId));
      }),
    listGroups: () => step(() => groups),
    deleteGroup: ({ process }) =>
      step(() => {
        groups = groups.filter((group) => group.process !== process);
      }),
    left: () => {
      now = undefined;
      return { schedules, runs, groups };
    },
  };
}
const nothing = { schedules: [], runs: [], groups: [] };

const forget = (
  database: Database = test.database,
  elsewhere: Elsewhere = openElsewhere(),
  onProgress?: (deleted: number, table: string) => void,
): Promise<Forgotten> =>
  forgetModel(
    database,
    elsewhere,
    { model, rows: new Map() },
    { by: 'ann', sizes, ...(onProgress && { onProgress }) },
  );

/** The same command again: Postgres may take a moment to notice that the one before is gone. */
const goOn = (elsewhere: Elsewhere): Promise<Forgotten> =>
  forget(test.database, elsewhere).catch((error: unknown) => {
    if (error instanceof TidewatchError && error.code === 'FORGETTING_UNDER_WAY') return goOn(elsewhere);
    throw error;
  });

/** Every row but what says who has done it when. */
async function stored(): Promise<Record<string, readonly string[]>> {
  const { audit_events: _, ...all } = await contents(test.database, ['as_of', 'window_end', 'run_id']);
  return all;
}

const account = (): Promise<Record<string, unknown>[]> =>
  test.database.query(
    `select table_name as table, row_count as rows from removals where reason = 'forgotten' order by table_name`,
  );

async function rowsOf(of: string): Promise<string[]> {
  const tables = await listForgottenTables(test.database);
  return [...new Set((await listWithRows(test.database, tables, of)).map(({ table }) => table))];
}

describe('the tables', () => {
  it('are all decided about: those with a model are deleted or kept', async () => {
    const tables = await listModelTables(test.database);
    expect(Object.keys(fates).sort()).toEqual(tables.map(({ name }) => name));
  });

  it('lose their rows before those that they refer to, and a table of somebody else none', async () => {
    await test.database.execute('create table scores (model text, score int)');
    const names = (await listForgottenTables(test.database)).map(({ name }) => name);
    await test.database.execute('drop table scores');
    expect(names).not.toContain('scores');
    expect(names).toHaveLength(Object.values(fates).filter((fate) => fate === 'deleted').length);
    expect(names.slice(0, 5)).toEqual([
      'dirty_windows',
      'predictions',
      'actuals',
      'outcomes',
      'rolled_up_days',
    ]);
    for (const { name, parents } of await listModelTables(test.database))
      for (const parent of parents.filter((parent) => names.includes(parent)))
        expect(names.indexOf(parent), `${name} refers to ${parent}`).toBeGreaterThan(names.indexOf(name));
  });
});

describe('forgetting', () => {
  it('deletes every row of the model and none of another, and says how many', async () => {
    await fillModel(test.database, other, 3);
    const before = await stored();
    await fillModel(test.database, model, 3);
    expect(await rowsOf(model)).toHaveLength(
      Object.values(fates).filter((fate) => fate === 'deleted').length,
    );
    const elsewhere = openElsewhere();
    const progress = new Map<string, number>();
    const { rows, ...besides } = await forget(test.database, elsewhere, (deleted, table) => {
      progress.set(table, (progress.get(table) ?? 0) + deleted);
    });
    expect(await rowsOf(model)).toEqual([]);
    const { removals, ...after } = await stored();
    expect(removals).toHaveLength(rows.size);
    expect({ ...after, removals: [] }).toEqual({ removals: [], ...before });
    expect(elsewhere.left()).toEqual(nothing);
    expect(besides).toEqual({ model, schedules: 2, groups: 2 });
    // One message tells of both models.
    expect(rows).toEqual(new Map((await account()).map(({ table, rows }) => [table, rows])));
    expect(Object.fromEntries(rows)).toMatchObject({ predictions: 3, monitors: 1, alert_messages: 2 });
    for (const [table, count] of progress) expect(rows.get(table), table).toBe(count);
    expect(
      await test.database.query('select actor, action, subject, outcome, said from audit_events'),
    ).toEqual([
      {
        actor: 'ann',
        action: 'model.forget',
        subject: model,
        outcome: 'done',
        said: expect.stringMatching(/^deleted \d+ rows of \d+ tables, 2 schedules, 2 groups/) as string,
      },
    ]);
  });

  it('is one whatever it dies of, with the same account', { timeout: 600_000 }, async () => {
    const kept = [
      'predictions',
      'monitors',
      'alerts',
      'alert_events',
      'alert_deliveries',
      'profiles',
      'rolled_up_days',
      'profile_days',
      'profile_weeks',
    ];
    const fill = [
      ...(await fillStatements(test.database, other, 3)),
      ...(await fillStatements(test.database, model, 3)),
    ].filter(
      (text) =>
        !text.startsWith('insert into') || kept.some((table) => text.startsWith(`insert into ${table} `)),
    );
    const begin = async (): Promise<void> => {
      await emptyTables(test.database);
      await test.database.transaction((connection) => connection.execute(fill.join(';')));
    };
    await begin();
    await forget();
    const whole = await stored();
    let deaths = 0;
    for (let point = 1; ; point += 1) {
      await begin();
      const fate = openFate({ kind: 'dies', at: point });
      const elsewhere = openElsewhere(fate);
      await forget(dyingDatabase(test.database, fate), elsewhere).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error;
      });
      if (!fate.isMet()) break;
      deaths += 1;
      elsewhere.left();
      await goOn(elsewhere);
      expect(await stored(), `died at point ${point}`).toEqual(whole);
      expect(elsewhere.left(), `died at point ${point}`).toEqual(nothing);
    }
    expect(deaths).toBeGreaterThan(60);
  });

  it('waits for nobody who writes rows of other models, and keeps nobody waiting', async () => {
    await load(test.database, model, { from: 1, to: 4 });
    await load(test.database, other, { from: 1, to: 4 });
    const client = openClient({ database: test.database });
    const row = { version: '2', entity: 'new', features: { x: 1, c: 'a' }, prediction: 1 };
    await test.database.transaction(async (connection) => {
      await connection.execute(
        `insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
         values ($1, '2', 'open', $2, $2, '{}', 1)`,
        [other, at(2)],
      );
      let logged: Promise<unknown> | undefined;
      await forget(test.database, openElsewhere(), () => {
        logged ??= client.logPredictions(other, [{ ...row, eventTime: at(3) }]);
      });
      expect(await logged).toMatchObject({ stored: 1 });
    });
    expect(await rowsOf(model)).toEqual([]);
    expect(
      await test.database.query('select model, count(*) as rows from predictions group by model'),
    ).toEqual([{ model: other, rows: 74 }]);
  });

  it('marks no hour of any model', async () => {
    await load(test.database, model, { from: 1, to: 3 });
    await load(test.database, other, { from: 1, to: 3 });
    await test.database.execute('delete from dirty_windows');
    await forget();
    expect(await test.database.query('select model from dirty_windows')).toEqual([]);
  });

  it('lets rows of the model be stored again as of a new one, also of days whose rows were removed', async () => {
    await load(test.database, model, { from: 1, to: 3 });
    await test.database.execute(
      `insert into removed_ranges (model, window_start, window_end, is_empty) values ($1, $2, $3, true)`,
      [model, at(1), at(5)],
    );
    await forget();
    await load(test.database, model, { from: 3, to: 4 });
    expect(await rowsOf(model)).toEqual(['dirty_windows', 'predictions', 'actuals']);
  });

  it('refuses to be done twice at once', async () => {
    await fillModel(test.database, model, 1);
    await tryWhileLocked(test.database, `forget:${model}`, async () => {
      await expect(forget()).rejects.toMatchObject({ code: 'FORGETTING_UNDER_WAY' });
    });
    expect(await rowsOf(model)).not.toEqual([]);
  });

  it('says so where a run begins meanwhile, and deletes nothing', async () => {
    await fillModel(test.database, model, 1);
    const runs = [{ workflowId: `drift-detection:${model}`, runId: '1', type: 'driftDetection' }];
    await expect(
      forget(test.database, { ...openElsewhere(), listRuns: async () => runs }),
    ).rejects.toMatchObject({ code: 'MODEL_IN_USE' });
    expect(await account()).toEqual([]);
    expect(await test.database.query('select outcome, said from audit_events')).toEqual([
      { outcome: 'failed', said: expect.stringContaining(`drift-detection:${model}`) as string },
    ]);
  });

  it('gives up where somebody holds a row for long, and goes on afterwards', async () => {
    await fillModel(test.database, model, 1);
    await test.database.transaction(async (connection) => {
      await connection.query('select from reports where model = $1 for update', [model]);
      await expect(forget()).rejects.toMatchObject({ code: 'MODEL_BUSY' });
    });
    expect(await rowsOf(model)).toContain('reports');
    await forget();
    expect(await rowsOf(model)).toEqual([]);
  });

  describe('where rows come as fast as they go', () => {
    afterAll(async () => {
      await test.database.execute('drop function come_again cascade');
    });
    it('says which tables are written', async () => {
      await test.database.execute(`
        create function come_again() returns trigger language plpgsql as $$
        begin
          insert into rejected_rows (model, stream, reason, content)
          values ('${model}', 'actuals', 'again', jsonb_build_object('at', clock_timestamp()));
          return null;
        end $$;
        create trigger come_again after insert on removals for each statement execute function come_again()`);
      await fillModel(test.database, model, 1);
      await expect(forget()).rejects.toMatchObject({
        code: 'MODEL_STILL_WRITTEN',
        details: { model, tables: 'rejected_rows' },
      });
    });
  });
});

beforeEach(() => test.database.execute(`select ensure_partitions('2024-01-01', '2024-01-31')`));
