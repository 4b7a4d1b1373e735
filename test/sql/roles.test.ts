/** What each role of the database may do, on the real server. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openClient } from '../../client/tidewatch-client.ts';
import { until } from '../../demo/stack/until.ts';
import { openDatabase, type Database } from '../../sql/database.ts';
import { migrate } from '../../sql/migrator.ts';
import { grantRoles, grants, renewGrants, roles, roleStatements } from '../../sql/roles.ts';
import { activitiesOn } from '../setup/activities.ts';
import { createLogin, urlAs } from '../setup/login.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../setup/servers.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

const logins: string[] = [];
const opened: Database[] = [];
afterAll(async () => {
  for (const one of opened) await one.close();
  const admin = openDatabase({ url: testServers().postgresAdminUrl, poolSize: 1 });
  // A session that ends takes its temporary tables with it a moment later.
  const sessions = (): Promise<object[]> =>
    admin.query('select from pg_stat_activity where usename = any ($1)', [logins]);
  await until(async () => (await sessions()).length === 0, 30_000);
  for (const login of logins) await admin.execute(`drop role if exists ${login}`);
  await admin.close();
});

/** A login of its own that is a member of a role, as an installation has it. */
async function login(
  options: string,
  url = test.url,
): Promise<{ name: string; database: Database; url: string }> {
  const name = await createLogin(test.database, options);
  logins.push(name);
  const its = urlAs(name, url);
  const database = openDatabase({ url: its, poolSize: 2 });
  opened.push(database);
  return { name, database, url: its };
}
const memberOf = (part: keyof typeof roles) => login(`in role ${roles[part]}`);

describe('grants', () => {
  it('say of each table and view who may do what with it', async () => {
    const relations = await test.database.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
         and not relispartition`,
    );
    expect(relations.map(({ name }) => name).sort()).toEqual(Object.keys(grants).sort());
  });

  it('leave nothing to be granted by somebody else: functions of the owner have a schema of their own', async () => {
    expect(
      await test.database.query(
        `select proname as name, proconfig as settings from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by 1`,
      ),
    ).toEqual(
      [
        'drop_removed_partition',
        'ensure_partitions',
        'is_removed_partition',
        'mark_dirty',
        'move_strays',
        'remove_rows',
        'removed_partitions',
        'set_aside_late_rows',
        'stray_days',
      ].map((name) => ({
        name,
        settings: expect.arrayContaining(['search_path=public, pg_temp']),
      })),
    );
  });
});

describe('tidewatch_ingest', () => {
  it('logs predictions and actuals, those of a month without a partition and those that are rejected among them', async () => {
    const { database } = await memberOf('ingest');
    const client = openClient({ database });
    const row = { version: '1', entity: 'a', features: { temp: 1 }, prediction: 2 };
    expect(
      await client.logPredictions('bikes', [
        { ...row, eventTime: '2019-05-20T08:00:00Z' },
        { ...row, eventTime: 'never' },
      ]),
    ).toMatchObject({ stored: 1, rejected: [{ reason: expect.any(String) as string }] });
    await client.recordActuals('bikes', [
      { entity: 'a', eventTime: '2019-05-20T08:00:00Z', value: 3, recordedAt: '2019-05-21T06:00:00Z' },
    ]);
    expect(await test.database.query('select count(*) as rows from predictions_2019_05')).toEqual([
      { rows: 1 },
    ]);
    expect(await test.database.query('select stage from dirty_windows order by stage')).not.toEqual([]);
  });

  it('marks hours in the table of the owner, whatever table of that name it makes itself', async () => {
    const { database } = await memberOf('ingest');
    await test.database.execute('delete from dirty_windows');
    await database.transaction(async (connection) => {
      await connection.execute(
        'create temporary table dirty_windows (model text, stage text, window_start timestamptz, window_end timestamptz)',
      );
      await connection.execute(
        `insert into actuals (model, entity, event_time, value, recorded_at) values ('bikes', 'b', '2019-05-20', 1, now())`,
      );
      expect(await connection.query('select * from pg_temp.dirty_windows')).toEqual([]);
    });
    expect(await test.database.query('select stage from dirty_windows')).toEqual([{ stage: 'outcomes' }]);
  });
});

it('tidewatch_worker moves rows out of a default partition, and owns no table', async () => {
  await test.database.execute(
    `insert into actuals (model, entity, event_time, value, recorded_at) values ('bikes', 'c', '2017-05-20', 1, now())`,
  );
  const { database } = await memberOf('worker');
  const activities = activitiesOn(database);
  const result = await activities.makePartitions({ asOf: '2026-01-01T00:00:00Z' });
  expect(result.made).toBeGreaterThan(0);
  expect(result.moved).toMatchObject([{ table: 'actuals', rows: 1 }]);
  expect(await database.query('select entity from actuals_2017_05')).toEqual([{ entity: 'c' }]);
});

const refused: readonly [keyof typeof roles, string][] = [
  ['ingest', 'delete from predictions'],
  ['ingest', 'update monitors set configuration_hash = null'],
  ['ingest', 'select * from outcomes'],
  ['ingest', 'select * from alert_messages'],
  ['ingest', 'select * from audit_events'],
  ['ingest', 'delete from rejected_rows'],
  ['worker', 'update monitors set configuration_hash = null'],
  ['worker', 'delete from actuals'],
  ['worker', 'select * from audit_events'],
  ['worker', 'insert into schema_migrations (id, name, hash) values (9999, $$a$$, $$b$$)'],
  ['console', 'update alerts set state = $$resolved$$'],
  ['console', 'delete from drift_runs'],
  ['console', 'update monitors set configuration_hash = null'],
  ['console', 'delete from predictions'],
  ['console', 'select ensure_partitions(now(), now())'],
  ['ingest', 'select move_strays($$actuals$$, now(), now())'],
  ['reader', 'select * from audit_events'],
  ['reader', 'select * from alert_messages'],
  ['reader', 'delete from reports'],
  ['reader', 'select ensure_partitions(now(), now())'],
];

it.each(refused)('tidewatch_%s is refused: %s', async (part, statement) => {
  const { database } = await memberOf(part);
  await expect(database.execute(statement)).rejects.toThrow(/^permission denied for/);
});

it.each(Object.keys(roles) as (keyof typeof roles)[])('tidewatch_%s changes no schema', async (part) => {
  const { database } = await memberOf(part);
  await expect(database.execute('create table mine (id int)')).rejects.toThrow('permission denied');
  await expect(database.execute('drop table predictions')).rejects.toThrow('must be owner');
  await expect(database.execute('create role mine')).rejects.toThrow('permission denied');
});

it('lets a reader read what dashboards show', async () => {
  const { database } = await memberOf('reader');
  for (const name of [
    'monitors',
    'predictions',
    'model_performance',
    'data_drift_metrics',
    'predictions_with_actuals',
  ])
    expect(await database.query(`select * from ${name} limit 0`)).toEqual([]);
});

describe('grantRoles', () => {
  it('can be done by the owner once somebody else has made the roles, and says what is missing until then', async () => {
    const empty = await createTestDatabase('empty');
    const owner = await login('', empty.url);
    await empty.database.execute(
      `alter database ${new URL(empty.url).pathname.slice(1)} owner to ${owner.name}`,
    );
    await empty.database.execute(`grant create on schema public to ${owner.name}`);
    await migrate(owner.database);
    expect(await renewGrants(owner.database)).toBe('no roles');
    await grantRoles(owner.database);
    expect(await renewGrants(owner.database)).toBe('granted');
    const statements = await roleStatements(owner.database);
    expect(statements.slice(0, 2)).toEqual([
      'create role tidewatch_ingest nologin',
      'create role tidewatch_worker nologin',
    ]);
    // The roles are of the whole server: another user that owns no table of it.
    const stranger = await login('', empty.url);
    await expect(grantRoles(stranger.database)).rejects.toMatchObject({
      code: 'ROLES_REFUSED',
      message: expect.stringContaining(`"${owner.name}", who owns the tables`) as string,
    });
    await owner.database.close();
    opened.splice(opened.indexOf(owner.database), 1);
    await empty.database.execute(`drop owned by ${stranger.name}`);
    await empty.drop();
  });

  it('takes back what was granted by hand, and lets partitions that are made later be read by a worker', async () => {
    await test.database.execute('grant delete on actuals to tidewatch_worker');
    await grantRoles(test.database);
    const { database } = await memberOf('worker');
    await expect(database.execute('delete from actuals')).rejects.toThrow('permission denied');
    await database.execute(`select ensure_partitions('2018-01-01', '2018-01-01')`);
    expect(await database.query('select * from predictions_2018_01')).toEqual([]);
  });
});
