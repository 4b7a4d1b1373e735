/** Stores and reads the hourly summaries of outcomes. */

import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';

export interface HourSummary {
  readonly hour: number;
  readonly segment: string;
  readonly version: string;
  readonly predictions: number;
  readonly outcomes: number;
  readonly content: Uint8Array;
}

/**
 * Makes the stored summaries of these hours the given ones, and marks the hours whose content that changed, so that what
 * was computed from them is evaluated again. Gives how many these are. The same again writes nothing.
 */
export async function replaceSummaries(
  connection: Queryable,
  model: string,
  hours: readonly number[],
  summaries: readonly HourSummary[],
  settingsHash: string,
): Promise<number> {
  return connection.execute(
    `with fresh as materialized (
       select hour, segment, version, prediction_count, outcome_count, content
       from unnest($3::timestamptz[], $4::text[], $5::text[], $6::integer[], $7::integer[], $8::bytea[])
         as fresh (hour, segment, version, prediction_count, outcome_count, content)
     ), deleted as (
       delete from outcome_summaries summary
       where model = $1 and hour = any($2::timestamptz[])
         and not exists (
           select from fresh
           where fresh.hour = summary.hour and fresh.segment = summary.segment and fresh.version = summary.version)
       returning hour
     ), written as (
       insert into outcome_summaries (
         model, hour, segment, version, prediction_count, outcome_count, content, settings_hash)
       select $1, hour, segment, version, prediction_count, outcome_count, content, $9 from fresh
       on conflict (model, hour, segment, version) do update set
         prediction_count = excluded.prediction_count, outcome_count = excluded.outcome_count,
         content = excluded.content, settings_hash = excluded.settings_hash
       where (outcome_summaries.prediction_count, outcome_summaries.outcome_count, outcome_summaries.content,
           outcome_summaries.settings_hash)
         is distinct from (excluded.prediction_count, excluded.outcome_count, excluded.content, excluded.settings_hash)
       returning hour
     )
     insert into dirty_windows (model, stage, window_start, window_end)
     select $1, 'evaluations', hour, hour + interval '1 hour'
     from (select hour from deleted union select hour from written) changed`,
    [
      model,
      hours.map(toTimestamp),
      summaries.map(({ hour }) => toTimestamp(hour)),
      summaries.map(({ segment }) => segment),
      summaries.map(({ version }) => version),
      summaries.map(({ predictions }) => predictions),
      summaries.map(({ outcomes }) => outcomes),
      summaries.map(({ content }) => Buffer.from(content)),
      settingsHash,
    ],
  );
}

/** The hours from an instant on that were summarised by other settings. */
export async function listOutdatedHours(
  connection: Queryable,
  model: string,
  from: number,
  settingsHash: string,
): Promise<number[]> {
  const rows = await connection.query<{ hour: number }>(
    `select distinct hour from outcome_summaries where model = $1 and hour >= $2 and settings_hash <> $3 order by hour`,
    [model, toTimestamp(from), settingsHash],
  );
  return rows.map(({ hour }) => hour);
}

/** The summaries of a window as they are stored: of all segments, or of all rows only; by hour. */
export function readSummaries(
  connection: Queryable,
  model: string,
  window: Window,
  segments: 'all segments' | 'all rows',
): Promise<(HourSummary & Record<string, unknown>)[]> {
  return connection.query<HourSummary & Record<string, unknown>>(
    `select hour, segment, version, prediction_count as predictions, outcome_count as outcomes, content
     from outcome_summaries
     where model = $1 and hour >= $2 and hour < $3 ${segments === 'all rows' ? `and segment = ''` : ''}
     order by hour, segment, version`,
    [model, toTimestamp(window.start), toTimestamp(window.end)],
  );
}
