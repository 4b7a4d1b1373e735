import { describe, expect, it } from 'vitest';

import { checkMonitor } from '../../../cli/monitor-problems.ts';

const monitor = {
  model: 'houses',
  task: 'classification',
  classes: ['no', 'yes'],
  features: { rooms: { kind: 'continuous' } },
  reference: { kind: 'rolling' },
};
const columns = { entity: 'house', event_time: 'at', version: { value: '7' }, prediction: 'guess' };

const problemsOf = (predictions: object): readonly string[] =>
  checkMonitor({ ...monitor, source: { predictions: { columns, ...predictions } } }).problems.map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('the source of a monitor', () => {
  it.each([
    { table: 'scores' },
    { table: 'scoring.scores', database: 'warehouse', changed: 'updated_at', since: '2026-01-01' },
    { parquet: 'scores/daily' },
    { parquet: 's3://lake/scores', store: 'lake', timeZone: 'Europe/Lisbon' },
    { table: 'scores', features: { rooms: 'n rooms' }, probabilities: { yes: 'p' } },
  ])('can be %j', (predictions) => {
    expect(problemsOf(predictions)).toEqual([]);
  });

  it.each([
    [{}, 'source.predictions: name either a table or a folder as parquet'],
    [
      { table: 'scores', parquet: 'scores' },
      'source.predictions: name either a table or a folder as parquet',
    ],
    [{ table: 'a.b.c' }, 'source.predictions.table: write a table or view, for example scoring.scores'],
    [{ table: 'pg_authid' }, 'source.predictions.table: name a table or view of your own'],
    [{ table: 'pg_catalog.pg_authid' }, 'source.predictions.table: name a table or view of your own'],
    [
      { table: 'scores', database: 'postgres://reader:secret@db' },
      'source.predictions.database: write the name in SOURCE_DATABASE_URL_<NAME> in lower-case letters, digits and "-"',
    ],
    [
      { parquet: '/etc' },
      'source.predictions.parquet: write a folder in SOURCE_DIRECTORY, for example scores, or one of a bucket, for example s3://lake/scores',
    ],
    [
      { parquet: 'http://169.254.169.254/latest' },
      'source.predictions.parquet: write a folder in SOURCE_DIRECTORY, for example scores, or one of a bucket, for example s3://lake/scores',
    ],
    [{ parquet: 'a/../../b' }, 'source.predictions.parquet: name a folder without ".."'],
    [{ parquet: 'scores', database: 'x' }, 'source.predictions.database: is for a table'],
    [
      { parquet: 'scores', changed: 'at' },
      'source.predictions.changed: is for a table; of files it is seen which have changed',
    ],
    [
      { parquet: 'scores', store: 'lake' },
      'source.predictions.store: is for a folder of a bucket (s3://bucket/folder)',
    ],
    [
      { table: 'scores', features: { room: 'n' } },
      'source.predictions.features.room: is not a feature of this monitor; write <feature>: <column>',
    ],
    [
      { table: 'scores', probabilities: { maybe: 'p' } },
      'source.predictions.probabilities.maybe: is not one of classes',
    ],
  ])('%j is refused: %s', (predictions, problem) => {
    expect(problemsOf(predictions)).toEqual([problem]);
  });

  it('names predictions or actuals', () => {
    expect(checkMonitor({ ...monitor, source: {} }).problems).toEqual([
      { path: ['source'], message: 'name where predictions or actuals are' },
    ]);
  });
});
