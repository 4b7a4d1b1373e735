/** A table of the user's with a column a feature, and models that watch it: what the benchmarks of an hourly cycle work on. */

import { configurationHash } from '../../activities/monitors/configuration.ts';
import { upsertMonitor } from '../../activities/monitors/store.ts';
import { monitorSchema } from '../../core/monitor/schema.ts';
import { formatInstant, hourMs, parseInstant } from '../../core/window.ts';
import type { Database } from '../../sql/database.ts';

/** `typed`: rows are in a table of the user's; `jsonb`: the same rows were logged. */
export type Way = 'typed' | 'jsonb';

export interface Scores {
  readonly database: Database;
  readonly features: number;
  /** How far before the newest change a run reads again. */
  readonly overlap: string;
}

const referenceStart = parseInstant('2026-03-01T00:00:00Z');
/** The first hour after the reference. */
export const firstHour = parseInstant('2026-03-02T00:00:00Z');

function namesOf({ features }: Scores): readonly string[] {
  return Array.from({ length: features }, (_, i) => `f${i}`);
}

/** Makes the table, with an index on the event time and one on the time of change, and the partitions of its month. */
export async function makeTables(scores: Scores): Promise<void> {
  const { database } = scores;
  await database.execute(`
    create schema scoring;
    create table scoring.scores (
      entity text not null, scored_at timestamptz not null, guess float8 not null, actual float8,
      ${namesOf(scores)
        .map((name) => `${name} float8`)
        .join(', ')}, updated_at timestamptz not null)`);
  await database.execute('create index on scoring.scores (scored_at)');
  await database.execute('create index on scoring.scores (updated_at)');
  await database.query(`select ensure_partitions('2026-03-01', '2026-04-01')`);
}

/** A model whose rows come by this way, compared with the day before the first hour. */
export async function watch(scores: Scores, model: string, way: Way): Promise<void> {
  const columns = { entity: 'entity', event_time: 'scored_at' } as const;
  const table = { table: 'scoring.scores', changed: 'updated_at', overlap: scores.overlap } as const;
  const monitor = monitorSchema.parse({
    model,
    task: 'regression',
    features: Object.fromEntries(namesOf(scores).map((name) => [name, { kind: 'continuous' }])),
    reference: { kind: 'fixed', start: '2026-03-01', end: '2026-03-02' },
    current: '1h',
    ...(way === 'typed' && {
      source: {
        predictions: { ...table, columns: { ...columns, version: { value: '1' }, prediction: 'guess' } },
        actuals: { ...table, columns: { ...columns, actual: 'actual', recorded_at: 'updated_at' } },
      },
    }),
  });
  await upsertMonitor(scores.database, monitor, configurationHash(monitor));
}

/** The day of the reference, so many rows an hour. */
export async function scoreReference(scores: Scores, rows: number, ways: readonly Way[]): Promise<void> {
  for (let hour = referenceStart; hour < firstHour; hour += hourMs) await score(scores, hour, rows, ways);
  await scores.database.execute('vacuum analyze');
}

/** The rows of an hour, spread over it, in the table, and as logged rows of the model `jsonb` where that is asked for. */
export async function score(scores: Scores, hour: number, rows: number, ways: readonly Way[]): Promise<void> {
  const { database } = scores;
  const names = namesOf(scores);
  await database.execute(
    `insert into scoring.scores
     select 'entity-' || i, at, guess, guess + random() - 0.5, ${names.map((_, i) => `random() * ${i + 1}`).join(', ')}, at + interval '5 minutes'
     from generate_series(1, $2::int) as i,
       lateral (select $1::timestamptz + (i::float8 / $2::float8) * interval '59 minutes 59 seconds' as at, random() * 100 as guess) as made`,
    [formatInstant(hour), rows],
  );
  await database.execute('vacuum analyze scoring.scores');
  if (!ways.includes('jsonb')) return;
  // A function takes a hundred arguments.
  const objects = Array.from({ length: Math.ceil(names.length / 50) }, (_, i) => {
    const some = names.slice(i * 50, (i + 1) * 50);
    return `jsonb_build_object(${some.map((name) => `'${name}', ${name}`).join(', ')})`;
  });
  await database.execute(
    `insert into predictions (model, version, entity, event_time, issued_at, features, prediction)
     select 'jsonb', '1', entity, date_trunc('milliseconds', scored_at), date_trunc('milliseconds', scored_at),
       ${objects.join(' || ')}, guess
     from scoring.scores where scored_at >= $1::timestamptz and scored_at < $1::timestamptz + interval '1 hour'`,
    [formatInstant(hour)],
  );
  await database.execute(
    `insert into actuals (model, entity, event_time, value, recorded_at)
     select 'jsonb', entity, date_trunc('milliseconds', scored_at), actual, updated_at
     from scoring.scores where scored_at >= $1::timestamptz and scored_at < $1::timestamptz + interval '1 hour'`,
    [formatInstant(hour)],
  );
}
