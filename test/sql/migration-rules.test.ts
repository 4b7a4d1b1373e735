import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import type { Database } from '../../sql/database.ts';
import { listMigrations } from '../../sql/migrator.ts';
import { createTestDatabase } from '../setup/servers.ts';
import { migrateTo } from './migrate-to.ts';
import { dangersIn, obstaclesIn, replacementsIn } from './migration-rules.ts';
import { contracting, expanding, migrateUpTo } from './newer-migrations.ts';

/** Those of before there was a release that could be upgraded while it works. */
const lastFree = 22;

it('no migration hurts the workers of the release before', async () => {
  const found = (await listMigrations())
    .filter(({ id }) => id > lastFree)
    .flatMap(({ name, text }) =>
      dangersIn(text).map(({ rule, statement }) => `${name} ${rule}: ${statement}`),
    );
  expect(found, 'see docs/upgrade-workflows.md for what to write instead').toEqual([]);
});

/** From the first on that may say so. */
const firstThatSays = 43;

it('each migration says, once and in a line of its own, whether older code works with it or is refused', async () => {
  const unclear = (await listMigrations())
    .filter(({ id }) => id >= firstThatSays)
    .filter(({ text, olderCode }) => {
      const said = text.match(/^.*older code:.*$/gim) ?? [];
      return said.length !== 1 || said[0] !== `-- older code: ${olderCode}`;
    });
  expect(unclear.map(({ name }) => name)).toEqual([]);
});

it('one that says that older code works with it has nothing that older code could stumble over', async () => {
  const migrations = await listMigrations();
  const textBefore = (id: number): string =>
    migrations
      .filter((migration) => migration.id < id)
      .map(({ text }) => text)
      .join('\n');
  const found = migrations
    .filter(({ olderCode }) => olderCode === 'works')
    .flatMap(({ id, name, text }) =>
      obstaclesIn(text, textBefore(id)).map(({ rule, statement }) => `${name} ${rule}: ${statement}`),
    );
  expect(found, 'write `-- older code: refused`, see docs/upgrade-workflows.md').toEqual([]);
});

describe('what takes the place of a view or function and gives the same', () => {
  it('leaves all of it as it is but its text', async () => {
    const replacing = (await listMigrations()).flatMap(({ id, text }) =>
      replacementsIn(text).map((replacement) => ({ id, ...replacement })),
    );
    expect(replacing.length).toBeGreaterThan(0);
    for (const id of new Set(replacing.map((one) => one.id))) {
      const { database, drop } = await createTestDatabase('empty');
      const read = () =>
        Promise.all(
          replacing.flatMap((one) => (one.id === id ? [outsideOf(database, one.kind, one.name)] : [])),
        );
      await migrateTo(database, id - 1);
      const before = await read();
      await migrateUpTo(database, id);
      expect(await read()).toEqual(before);
      await drop();
    }
  });

  it('is held against what it takes the place of by the test that it names', async () => {
    for (const { text } of await listMigrations())
      for (const { name, shownBy } of replacementsIn(text))
        expect(await readFile(new URL(`../../${shownBy}`, import.meta.url), 'utf8')).toContain(name);
  });
});

/** All that the catalog says of a view or function, but how it finds its result. */
async function outsideOf(database: Database, kind: 'view' | 'function', name: string): Promise<unknown> {
  const found = await database.query(
    kind === 'view'
      ? `select relowner, relacl::text, reloptions, obj_description(pg_class.oid) as comment,
           (select json_agg(json_build_array(attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum)) order by attnum)
            from pg_attribute where attrelid = pg_class.oid) as columns
         from pg_class where pg_class.oid = $1::regclass`
      : `select proowner, proacl::text, prosecdef, provolatile, proisstrict, proleakproof, proparallel, procost, prorows,
           pg_get_function_arguments(oid) as arguments, pg_get_function_result(oid) as result, obj_description(oid) as comment,
           array(select setting from unnest(proconfig) as setting order by 1) as settings
         from pg_proc where oid = $1::regproc`,
    [name],
  );
  expect(found).toHaveLength(1);
  return found[0];
}

describe('what is dangerous', () => {
  it.each([
    ['alter table alerts drop column title', 'drops what old workers use'],
    ['drop view model_performance', 'drops what old workers use'],
    ['DROP FUNCTION ensure_partitions(timestamptz, timestamptz)', 'drops a function that old workers call'],
    ['alter table alerts rename column title to headline', 'renames what old workers use'],
    ['alter table alerts alter column title type varchar(9)', 'rewrites a table'],
    ['alter table alerts alter title set not null', 'asks for a value that old workers do not write'],
    ['alter table alerts add column team text not null', 'asks for a value that old workers do not write'],
    ['alter table alerts add team text\nnot null', 'asks for a value that old workers do not write'],
    ['create index by_team on predictions (model)', 'locks a big table while it builds an index'],
    [
      'create unique index if not exists x\n on only public.actuals using btree (a)',
      'locks a big table while it builds an index',
    ],
    ['alter table profiles add constraint c check (a > 0)', 'locks a big table while it checks every row'],
    ['update predictions set role = 1', 'changes every row of a big table at once'],
    ['lock table alerts in exclusive mode', 'takes a lock for as long as it runs'],
    ['create table a (b int); truncate alerts', 'takes a lock for as long as it runs'],
    ["comment on table a is '-- safe: no'; drop table a", 'drops what old workers use'],
  ])('%s', (sql, rule) => {
    expect(dangersIn(`${sql};`).map((danger) => danger.rule)).toEqual([rule]);
  });

  it.each([
    'alter table alerts add column team text',
    "alter table alerts add column team text not null default ''",
    'create table fresh (a int not null constraint fresh_pkey primary key)',
    'create index by_team on alerts (model)',
    'create index concurrently by_team on predictions (model)',
    'alter table profiles add constraint c check (a > 0) not valid',
    'alter table profiles validate constraint c',
    "comment on column alerts.title is 'never drop column; lock it'",
    'create function f() returns void language sql as $$ delete from predictions; drop table x; $$',
    '-- drop table alerts\nselect 1',
    '-- safe: nothing reads it since 0.3\nalter table alerts drop column title',
  ])('not: %s', (sql) => {
    expect(dangersIn(`${sql};`)).toEqual([]);
  });

  it('a reason counts for its own statement only', () => {
    expect(dangersIn('-- safe: unused since 0.3\ndrop table a;\ndrop table b;')).toHaveLength(1);
    expect(dangersIn('-- safe:\ndrop table a;')).toHaveLength(1);
  });
});

describe('what older code could stumble over', () => {
  const more = 'does more than add';
  const constraint = 'holds older code to a constraint';
  it.each([
    ['drop table alerts', more],
    ['-- safe: unused since 0.3\ndrop index alerts_one_open', more],
    ['-- safe: unused since 0.3\nalter table alerts drop column title', more],
    ['alter table alerts rename column title to headline', more],
    ['alter table alerts alter column title type varchar(9)', more],
    ['alter table alerts alter column title set not null', more],
    ["alter table alerts alter column title set default 'none'", more],
    ['alter table alerts add column team text, drop column title', more],
    ['create or replace view model_performance as select 1', more],
    ['create or replace function mark_dirty() returns trigger language sql as $$ $$', more],
    ['-- same result: it is plain to see\ncreate or replace view model_performance as select 1', more],
    ['-- same result: test/sql/teams.test.ts\ndrop view model_performance', more],
    ['-- same result: test/sql/teams.test.ts\n\ncreate or replace view model_performance as select 1', more],
    [
      '-- same result: test/sql/teams.test.ts\ncreate or replace view loud as select 1; create or replace view loud as select 2',
      more,
    ],
    ['create trigger alerts_told after insert on alerts for each row execute function tell()', more],
    ['create unique index alerts_one on alerts (model)', more],
    ['create table one (a int); create unique index alerts_one on alerts (model)', more],
    ['update alerts set title = model where id = 1', more],
    ['insert into monitors (model) values (1)', more],
    ['delete from alerts where id = 1', more],
    ['revoke select on alerts from tidewatch_worker', more],
    ['alter type level add value $$more$$', more],
    ['do $$ begin drop table alerts; end $$', more],
    ['select mark_dirty()', more],
    [
      'alter table alerts add column team text check (team is not null)',
      'asks for a value that older code does not write',
    ],
    ['alter table alerts add column team text not null', 'asks for a value that older code does not write'],
    ['alter table alerts add constraint c check (a > 0) not valid', constraint],
    ['alter table alerts add check (a > 0)', constraint],
    ['alter table alerts add primary key (a)', constraint],
    ['alter table alerts add foreign key (a) references b on delete cascade', constraint],
    ['alter table alerts add column team text unique', constraint],
    ['alter table alerts add column team text check(team <> title)', constraint],
    ['alter table alerts add column team text references teams', 'holds rows that older code deletes'],
    ['create table notes (model text references monitors (model))', 'holds rows that older code deletes'],
    [
      'create table notes (a int, foreign key (a) references monitors on delete restrict)',
      'holds rows that older code deletes',
    ],
    ['create table more partition of predictions default', 'gives a table of older code other rows'],
    ['create table more () inherits (alerts)', 'gives a table of older code other rows'],
  ])('%s', (sql, rule) => {
    expect(obstaclesIn(`${sql};`).map((obstacle) => obstacle.rule)).toEqual([rule]);
  });

  it.each([
    'alter table alerts add column team text',
    "alter table alerts add column team text not null default '', add if not exists size numeric(5, 2)",
    "alter table alerts add column kind text constraint alerts_kind check (kind in ('a', 'b'))",
    'alter table alerts add column day date generated always as (opened_at::date) stored not null',
    'create index by_team on alerts (model)',
    'create view loud as select model from alerts',
    'create function f() returns void language sql as $$ delete from predictions; $$',
    "comment on column alerts.title is 'never drop it'",
    'grant select on notes to tidewatch_worker',
    'create table notes (model text references monitors (model) on delete cascade)',
    `create table notes (a int); alter table notes add constraint c check (a > 0); create unique index n on notes (a);
     create trigger t after insert on notes for each row execute function f(); insert into notes values (1);
     create table lines (a int references notes (a))`,
    '-- older code: works\n',
    '-- same result: test/sql/teams.test.ts\ncreate or replace view loud as select 1',
    '-- same result: test/sql/teams.test.ts\ncreate or replace function f() returns void language sql as $$ delete from notes; $$',
  ])('not: %s', (sql) => {
    expect(obstaclesIn(`${sql};`)).toEqual([]);
  });

  it('is a name that older code has given something else', () => {
    const earlier = `create table reports (headline text, day date); -- of a team
      create function sum_up(a int) returns int language sql as $$ select a as total $$; select 'size'`;
    const second = (sql: string): readonly string[] =>
      obstaclesIn(`${sql};`, earlier).map(({ rule }) => rule);
    for (const name of ['headline', 'day', 'total'])
      expect(second(`alter table alerts add column ${name} text`)).toEqual(['gives a name a second meaning']);
    expect(second('create function sum_up(a text) returns int language sql as $$ $$')).toHaveLength(1);
    for (const name of ['team', 'size', 'urgency'])
      expect(second(`alter table alerts add column ${name} text`)).toEqual([]);
    expect(second('create table notes (day date); alter table notes add column total int')).toEqual([]);
  });

  it('is in the examples of this folder where they say so', () => {
    expect(obstaclesIn(expanding)).toEqual([]);
    expect(obstaclesIn(contracting)).not.toEqual([]);
  });
});
