/** Features that a monitor names and no stored prediction has: most are misspelt. */

import type { Monitor } from '../core/monitor/schema.ts';
import type { Queryable } from '../sql/database.ts';
import type { MonitorChange } from './monitor-plan.ts';
import { nearest } from './nearest.ts';
import { quoted } from './quoted.ts';
import { listed } from './unknown-column.ts';

/** Read first, and enough where nothing is misspelt. */
const fewRows = 1_000;
/** A feature that is not in so many of the newest rows is in none that a run will judge. */
const manyRows = 10_000;

/** Adds to the monitors with a file the features that they name and that no stored row has. Reads at most 10,000 rows of each. */
export async function withFeatureWarnings(
  connection: Queryable,
  changes: readonly MonitorChange[],
): Promise<readonly MonitorChange[]> {
  const warned: MonitorChange[] = [];
  for (const change of changes)
    warned.push(
      'monitor' in change
        ? {
            ...change,
            warnings: [...change.warnings, ...(await featureWarnings(connection, change.monitor))],
          }
        : change,
    );
  return warned;
}

async function featureWarnings(connection: Queryable, monitor: Monitor): Promise<readonly string[]> {
  // Rows of a source stay where they are, and what is wrong with its columns is said already.
  if (monitor.source !== undefined) return [];
  const names = Object.keys(monitor.features);
  const lacks = ({ features }: Stored): readonly string[] => names.filter((name) => !features.has(name));
  const first = await storedFeatures(connection, monitor.model, fewRows);
  if (first.rows === 0 || lacks(first).length === 0) return [];
  const stored = first.rows < fewRows ? first : await storedFeatures(connection, monitor.model, manyRows);
  const unwatched = [...stored.features].filter((name) => !names.includes(name)).sort();
  return lacks(stored).map((name) => {
    const meant = nearest(name, unwatched);
    const instead =
      meant !== undefined
        ? `did you mean ${quoted(meant)}?`
        : unwatched.length === 0
          ? 'what your service or `ingest` stores under another name is not watched'
          : `the rows have besides: ${listed(unwatched)}`;
    return `feature ${quoted(name)}: none of the newest ${stored.rows} predictions has it; ${instead}`;
  });
}

interface Stored {
  readonly rows: number;
  readonly features: ReadonlySet<string>;
}

async function storedFeatures(connection: Queryable, model: string, most: number): Promise<Stored> {
  const [row] = await connection.query<{ readonly rows: number; readonly names: readonly string[] | null }>(
    `with newest as materialized (
       select features from predictions where model = $1 order by event_time desc limit $2
     )
     select (select count(*)::int from newest) as rows,
       (select array_agg(distinct name) from newest, jsonb_object_keys(features) as name) as names`,
    [model, most],
  );
  return { rows: row?.rows ?? 0, features: new Set(row?.names) };
}
