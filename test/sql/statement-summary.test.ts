import { describe, expect, it } from 'vitest';

import { statementSummary } from '../../sql/statement-summary.ts';

describe('the summary of a statement', () => {
  it.each([
    ['select * from predictions where model = $1', 'select predictions'],
    ['select 1', 'select'],
    ['select pg_advisory_xact_lock(hashtextextended($1, 0))', 'select pg_advisory_xact_lock'],
    ['begin isolation level repeatable read, read only', 'begin isolation'],
    ['commit', 'commit'],
    ["set local statement_timeout = '5s'", 'set local'],
    ['insert into outcomes (value) values ($1) on conflict (id) do update set value = $2', 'insert outcomes'],
    [
      'with old as (select * from alerts for update) update alerts set state = $1 from old',
      'update alerts select alerts',
    ],
    [
      'with new as (select * from predictions p join actuals a using (entity)) insert into outcomes select * from new',
      'insert outcomes select predictions actuals',
    ],
    ['delete from only dirty_windows where generation = $1', 'delete dirty_windows'],
    ['copy pg_temp.staged (row_number, features) from stdin', 'copy pg_temp.staged select stdin'],
    ['copy (select x from predictions) to stdout (format binary)', 'select predictions'],
    ['select * from unnest($1::text[]) as name cross join lateral (select 1) x', 'select'],
    ['select extract(epoch from event_time) from actuals', 'select actuals'],
    ['select a is distinct from b from drift_runs', 'select drift_runs'],
    ['', 'statement'],
  ])('of %j', (text, summary) => {
    expect(statementSummary(text)).toBe(summary);
  });

  it.each([
    `select * from predictions where c = 'from secret'`,
    `select * from predictions where c = 'it''s from secret'`,
    String.raw`select * from predictions where c = E'it\'s from secret'`,
    String.raw`select * from predictions where c = 'back\' and d <> 'join secret'`,
    `select * from predictions where c = $$ from secret $$`,
    `select * from predictions where c = $tag$ join secret's $tag$`,
    `select * from predictions -- from secret`,
    `/* from secret */ select * from predictions`,
    `select "from secret" from predictions`,
  ])('has nothing of what may be a value: %s', (text) => {
    expect(statementSummary(text)).toBe('select predictions');
  });

  it('is at most 100 characters long', () => {
    const tables = Array.from({ length: 50 }, (_, i) => `join table_${i} using (id)`).join(' ');
    expect(statementSummary(`select * from t ${tables}`)).toHaveLength(100);
  });
});
