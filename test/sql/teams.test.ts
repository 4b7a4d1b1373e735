/** Teams that are kept apart by row-level security: each sees and writes rows of its own models only, in every table, on the real server. */

import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openClient } from '../../client/tidewatch-client.ts';
import { judgePrivileges, readPrivileges } from '../../cli/doctor/postgres.ts';
import type { Sources } from '../../cli/doctor/sources.ts';
import { openDatabase, type Database } from '../../sql/database.ts';
import { grantRoles, roles } from '../../sql/roles.ts';
import { areTeamsApart, bringTeamsTogether, keepTeamsApart, teamRole } from '../../sql/teams.ts';
import { activitiesOn } from '../setup/activities.ts';
import { createTestDatabase, testServers, type TestDatabase } from '../setup/servers.ts';
import { createLogin, urlAs } from '../setup/login.ts';
import { actualsOf, at, load, predictionsOf, watch } from '../setup/synthetic.ts';

/** Of this file: roles are of the whole server. */
const own = randomBytes(3).toString('hex');
const [fraud, pricing] = [`fraud-${own}`, `pricing-${own}`];
const models = { [fraud]: 'cards', [pricing]: 'houses', nobody: 'weather' } as const;
let test: TestDatabase;
const opened: Database[] = [];
const logins: string[] = [];

async function login(role: string): Promise<Database> {
  const name = await createLogin(test.database, `in role "${role}"`);
  logins.push(name);
  const database = openDatabase({ url: urlAs(name, test.url), poolSize: 2 });
  opened.push(database);
  return database;
}

beforeAll(async () => {
  test = await createTestDatabase();
  for (const [team, model] of Object.entries(models)) {
    await watch(test.database, { model, ...(team !== 'nobody' && { team }), segments: ['c'] });
    await load(test.database, model, { from: 1, to: 20 });
    await load(test.database, model, { from: 20, to: 22, shift: 9, error: 9 });
  }
  const asOf = at(22, 4);
  const activities = activitiesOn(test.database);
  for (const model of Object.values(models)) {
    for (const run of [
      'attachActuals',
      'profileHours',
      'calibrateDrift',
      'summarizeOutcomes',
      'evaluatePerformance',
    ] as const)
      await activities[run]({ model, asOf });
    await activities.detectDrift({ model, asOf, act: true });
    await activities.estimatePerformance({ model, asOf });
    await activities.comparePerformance({ model, asOf });
    await activities.checkDegradation({ model, asOf, act: true });
    await activities.writeReport({ model, asOf, send: 'no' });
    await openClient({ database: test.database }).logPredictions(model, [
      { ...predictionsOf({ from: 1, to: 2 })[0]!, prediction: Number.NaN },
    ]);
  }
});
afterAll(async () => {
  for (const one of opened) await one.close();
  await test.drop();
  const admin = openDatabase({ url: testServers().postgresAdminUrl, poolSize: 1 });
  for (const role of [...logins, ...[fraud, pricing].map((team) => `"${teamRole(team)}"`)])
    await admin.execute(`drop role if exists ${role}`);
  await admin.close();
});

interface Relation {
  readonly name: string;
  readonly kind: string;
}
/** Tables and views with a column `model`. */
const relations = (): Promise<Relation[]> =>
  test.database.query<Relation & Record<string, unknown>>(
    `select relname as name, relkind::text as kind from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') and not relispartition
       and exists (select from pg_attribute where attrelid = pg_class.oid and attname in ('model', 'model_name') and attnum > 0)
     order by 1`,
  );
async function seenBy(
  database: Database,
  { name }: Relation,
): Promise<readonly string[] | 'permission denied'> {
  const column = name === 'model_performance' ? 'model_name' : 'model';
  return database
    .query<{ model: string }>(
      `select distinct ${column} as model from ${name} where ${column} is not null order by 1`,
    )
    .then(
      (rows) => rows.map(({ model }) => model),
      (error: unknown) => {
        expect(String(error)).toContain('permission denied');
        return 'permission denied' as const;
      },
    );
}

describe('teams', () => {
  it('are together at first: no table has policies, and a monitor may name a team all the same', async () => {
    expect(await areTeamsApart(test.database)).toBe(false);
    expect(await test.database.query('select * from pg_policies')).toEqual([]);
    const reader = await login(roles.reader);
    expect(await seenBy(reader, { name: 'predictions', kind: 'p' })).toEqual(['cards', 'houses', 'weather']);
  });

  it('that are kept apart each see their models only, in every table and view of the catalog', async () => {
    await grantRoles(test.database);
    expect(await keepTeamsApart(test.database)).toEqual([fraud, pricing]);
    expect(await areTeamsApart(test.database)).toBe(true);
    const [member, other, reader] = [
      await login(teamRole(fraud)),
      await login(teamRole(pricing)),
      await login(roles.reader),
    ];
    const all = await relations();
    let filled = 0;
    for (const relation of all) {
      const everything = await seenBy(test.database, relation);
      const seen = await seenBy(member, relation);
      const allowed = seen !== 'permission denied';
      // What a reader does not see, a team does not; but its own loads.
      if (relation.name !== 'ingest_progress')
        expect(allowed, relation.name).toBe((await seenBy(reader, relation)) !== 'permission denied');
      if (!allowed || everything === 'permission denied') continue;
      expect(seen, relation.name).toEqual(everything.filter((model) => model === models[fraud]));
      expect(await seenBy(other, relation), relation.name).toEqual(
        everything.filter((model) => model === models[pricing]),
      );
      if (everything.length === 3) filled += 1;
      else expect(everything.length, relation.name).toBeLessThan(4);
    }
    // Otherwise nothing was shown.
    expect(filled).toBeGreaterThan(15);
  });

  it('write rows of their models only, whatever the way in, and change none of others', async () => {
    const member = await login(teamRole(fraud));
    // Doctor finds nothing missing.
    const privileges = await readPrivileges({ database: member } as Sources);
    expect(judgePrivileges(privileges)).toMatchObject({
      level: 'ok',
      words: expect.stringMatching(/, as a team$/),
    });
    const client = openClient({ database: member });
    const rows = predictionsOf({ from: 40, to: 41 });
    expect(
      await client.logPredictions('cards', [...rows, { ...rows[0]!, prediction: Number.NaN }]),
    ).toMatchObject({ stored: 24 });
    expect(await client.recordActuals('cards', actualsOf({ from: 40, to: 41 }))).toMatchObject({
      stored: 24,
    });
    for (const model of ['houses', 'weather', 'nobody-watches-this']) {
      await expect(client.logPredictions(model, rows)).rejects.toMatchObject({
        code: 'MODEL_OF_ANOTHER_TEAM',
      });
      await expect(client.recordActuals(model, actualsOf({ from: 40, to: 41 }))).rejects.toMatchObject({
        code: 'MODEL_OF_ANOTHER_TEAM',
      });
    }
    expect(await member.execute(`update predictions set prediction = 0 where model = 'houses'`)).toBe(0);
    await expect(
      member.execute(`update predictions set model = 'houses' where model = 'cards'`),
    ).rejects.toThrow('row-level security');
    const [partition] = await test.database.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'predictions'::regclass and inhrelid::regclass::text like '%_2024_02'`,
    );
    await expect(member.query(`select * from ${partition!.name}`)).rejects.toThrow('permission denied');
    for (const statement of [
      'delete from predictions',
      'delete from outcomes',
      'update monitors set configuration_hash = null',
      'truncate actuals',
      'set row_security = off; select * from predictions',
    ])
      await expect(member.query(statement)).rejects.toThrow(/permission denied|row-level security/);
    expect(
      await test.database.query(
        `select count(*) as rows from predictions where model <> 'cards' and event_time > '2024-02-01'`,
      ),
    ).toEqual([{ rows: 0 }]);
  });

  it('do not keep worker, console and owner from doing what they do for all models', async () => {
    const worker = await login(roles.worker);
    const asOf = at(23, 4);
    await load(test.database, 'houses', { from: 22, to: 23 });
    const activities = activitiesOn(worker);
    await activities.attachActuals({ model: 'houses', asOf });
    await activities.profileHours({ model: 'houses', asOf });
    expect(await activities.detectDrift({ model: 'houses', asOf, act: true })).toMatchObject({
      verdict: expect.any(String) as string,
    });
    await activities.makePartitions({ asOf });
    const looking = await login(roles.console);
    expect(await seenBy(looking, { name: 'drift_runs', kind: 'r' })).toEqual(['cards', 'houses', 'weather']);
    // Who looks at the console as one of a team.
    const shown = await looking.snapshot(async (connection) => {
      await connection.query(`select set_config('tidewatch.teams', $1, true)`, [fraud]);
      return connection.query('select distinct model from drift_runs');
    });
    expect(shown).toEqual([{ model: 'cards' }]);
    const nobody = await looking.snapshot(async (connection) => {
      await connection.query(`select set_config('tidewatch.teams', 'fraud', true)`);
      return connection.query('select model from monitors');
    });
    expect(nobody).toEqual([]);
  });

  it('take in who is new the next time, and are together again when it is ended', async () => {
    const late = `late-${own}`;
    await watch(test.database, { model: 'weather', team: late });
    expect(await keepTeamsApart(test.database)).toEqual([fraud, late, pricing]);
    const member = await login(teamRole(late));
    expect(await seenBy(member, { name: 'outcomes', kind: 'p' })).toEqual(['weather']);
    await bringTeamsTogether(test.database);
    expect(await areTeamsApart(test.database)).toBe(false);
    expect(await test.database.query('select * from pg_policies')).toEqual([]);
    await expect(member.query('select * from outcomes')).rejects.toThrow('permission denied');
    await member.close();
    opened.splice(opened.indexOf(member), 1);
    await test.database
      .execute(`drop owned by "${teamRole(late)}"; drop role "${teamRole(late)}"`)
      .catch(() => {});
  });
});

describe('what it costs', () => {
  const asked = [
    `select * from predictions where model = 'cards' and event_time >= '2024-01-02' and event_time < '2024-01-03'`,
    `select count(*) from outcomes where model = 'cards' and event_time >= '2024-01-02' and event_time < '2024-01-03' and role = 'serving'`,
    `select * from model_performance where model_name = 'cards'`,
    `select * from data_drift_metrics where model = 'cards' order by timestamp desc limit 1`,
    `select * from predictions_with_actuals where model = 'cards' and event_time >= '2024-01-02' and event_time < '2024-01-03'`,
  ];
  const plansOf = async (database: Database): Promise<readonly string[]> => {
    const plans: string[] = [];
    for (const statement of asked) {
      const rows = await database.query(`explain (costs off) ${statement}`);
      plans.push(JSON.stringify(rows));
    }
    return plans;
  };
  it('is nothing for a worker, on or off: the plans are the same', async () => {
    const worker = await login(roles.worker);
    await test.database.execute('analyze');
    const off = await plansOf(worker);
    expect(await plansOf(test.database)).toEqual(off);
    await keepTeamsApart(test.database);
    expect(await plansOf(worker)).toEqual(off);
    // A team looks its models up once a statement.
    const member = await login(teamRole(fraud));
    const [plan] = await plansOf(member);
    expect(plan).toContain('hashed SubPlan');
    await bringTeamsTogether(test.database);
  });
});
