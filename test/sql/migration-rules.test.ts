import { describe, expect, it } from 'vitest';

import { listMigrations } from '../../sql/migrator.ts';
import { dangersIn } from './migration-rules.ts';

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
