/** What the readers of statements find, on small ones: those that a list could hide behind are refused. */

import { describe, expect, it } from 'vitest';

import { unboundTables } from './bound-statement.ts';
import { partsForNoNode, partsForOneNode, type Volatility } from './refused-parts.ts';

const placed = new Set(['actuals', 'alerts', 'monitors', 'outcomes', 'predictions']);
const ofOne = (text: string): readonly string[] => unboundTables(text, placed, 'to one model');
const byModel = (text: string): readonly string[] => unboundTables(text, placed, 'by model');

describe('a statement is about one model', () => {
  it.each([
    ['a value', 'select from alerts where model = $1 and state = $2'],
    ['a value of a type', `select from alerts where 'm'::text = alerts.model`],
    ['a join', 'select from alerts join monitors using (model) where model = $1'],
    [
      'a join of three',
      'select from alerts a, monitors b, outcomes c where a.model = b.model and c.model = b.model and c.model = $1',
    ],
    ['a row', 'select from alerts a join monitors b on (a.model, a.kind) = (b.model, $2) where a.model = $1'],
    ['an outer join', 'select from alerts left join monitors using (model) where alerts.model = $1'],
    [
      'each query',
      'with a as (select from alerts where model = $1) select from a, outcomes where model = $1',
    ],
    ['rows of it', 'insert into alerts (kind, model) values ($2, $1), ($3, $1)'],
    ['a query of it', 'insert into alerts (model, kind) select $1, kind from unnest($2::text[]) as kind'],
    ['rows of its own', 'insert into alerts (model, kind) select model, $2 from monitors where model = $1'],
    ['a write', 'update alerts set kind = $2 from monitors where alerts.model = $1 and monitors.model = $1'],
    ['no table', 'select from installation_settings'],
  ])('by %s', (_, text) => expect(ofOne(text)).toEqual([]));

  it.each([
    ['nothing', 'select from alerts', ['alerts']],
    ['one of several', 'select from alerts where model = any($1)', ['alerts']],
    ['either', 'select from alerts where model = $1 or $1 is null', ['alerts']],
    ['another column', 'select from alerts where kind = $1', ['alerts']],
    [
      'one side of a join',
      'select from alerts a join monitors b on a.kind = b.kind where a.model = $1',
      ['monitors'],
    ],
    [
      'the side of an outer join that chooses nothing',
      'select from alerts a left join monitors b on a.model = b.model and b.model = $1',
      ['alerts'],
    ],
    [
      'the query around it',
      'select (select from outcomes where outcomes.model = a.model) from alerts a where a.model = $1',
      ['outcomes'],
    ],
    [
      'rows that are drawn before',
      'with a as (select model from alerts where model = $1 limit 1) select from a join outcomes using (model)',
      ['outcomes'],
    ],
    ['one part of a union', 'select from alerts where model = $1 union select from monitors', ['monitors']],
    [
      'rows with theirs',
      'insert into alerts (model) select model from unnest($1::text[]) as model',
      ['alerts'],
    ],
    ['a default', 'insert into alerts (kind) values ($1)', ['alerts']],
    [
      'a delete',
      'delete from alerts where ctid = any (array(select ctid from alerts where model = $1))',
      ['alerts'],
    ],
  ])('not by %s', (_, text, unbound) => expect(ofOne(text)).toEqual(unbound));
});

describe('a statement about several models joins its tables by model', () => {
  it.each([
    ['one table', 'select from alerts'],
    ['a join', 'select from alerts left join monitors using (model)'],
    ['a query of each row', 'select (select from outcomes where outcomes.model = a.model) from alerts a'],
    ['a query of its own', 'select from alerts where kind in (select kind from outcomes where model = $1)'],
  ])('where it has %s', (_, text) => expect(byModel(text)).toEqual([]));

  it.each([
    ['all with all', 'select from alerts, monitors', ['monitors']],
    ['another column', 'select from alerts a join monitors b on a.kind = b.kind', ['monitors']],
    [
      'a query of each row',
      'select (select from outcomes where outcomes.kind = a.kind) from alerts a',
      ['outcomes'],
    ],
  ])('and not where that is %s', (_, text, unbound) => expect(byModel(text)).toEqual(unbound));
});

it.each([
  ['for update', 'select from alerts for update skip locked'],
  ['with recursive', 'with recursive a as (select 1 union all select 2 from a) select from a'],
  ['a write in with', 'with gone as (delete from alerts returning 1) select from gone'],
  ['grouping sets', 'select from alerts group by rollup (model, kind)'],
  ['tablesample', 'select from alerts tablesample system (1)'],
])('finds what one node has to do: %s', (part, text) => expect(partsForOneNode(text)).toEqual([part]));

it.each([
  ['another model of a row', 'update alerts set model = $1'],
  ['clock_timestamp', 'update alerts set told_at = clock_timestamp()'],
  ['now in a choice', 'update alerts set told_at = coalesce(told_at, now())'],
  ['an interval of a column', `delete from alerts where told_at + interval '1 day' < $1`],
  [
    'now where rows conflict',
    'insert into alerts values ($1) on conflict (model) do update set told_at = now()',
  ],
])('finds what no row is changed by: %s', (part, text) => {
  const volatilities: Readonly<Record<string, Volatility>> = { clock_timestamp: 'volatile', now: 'stable' };
  const found = partsForNoNode(text, (name) => volatilities[name] ?? 'immutable');
  expect(found).toEqual([part]);
  expect(partsForNoNode('update alerts set told_at = now() where model = $1', () => 'stable')).toEqual([]);
});
