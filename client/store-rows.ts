/** Stores what the client is given: good rows by key, bad rows with their reason, a batch in one transaction. */

import { monitorSchema } from '../core/monitor/schema.ts';
import type { FeatureKind } from '../core/monitor/schema.ts';
import { TidewatchError } from '../core/errors.ts';
import { floorToDay, formatDay } from '../core/window.ts';
import type { Statement } from '../sql/copy.ts';
import { copyLine, copyNewRows, mergeRows } from '../sql/copy.ts';
import { isOfAnotherTeam, type Database } from '../sql/database.ts';
import { actualColumns, copyActual, readActual } from './actual-rows.ts';
import { actualOfFeedback } from './feedback-rows.ts';
import type { Expectation, ReadRow } from './prediction-rows.ts';
import { copyPrediction, predictionColumns, readPrediction } from './prediction-rows.ts';
import { readableContent } from './rejected-content.ts';
import { describe, isRecord, RowProblem } from './row-values.ts';

/** A row that was not stored as a prediction or an actual, but as a rejected row. */
export interface Rejection {
  /** Index in the rows given. */
  readonly index: number;
  readonly reason: string;
}

export interface LogResult {
  /** Rows accepted. One that repeats the key of another row counts too, whichever of the two is the newer. */
  readonly stored: number;
  readonly rejected: readonly Rejection[];
}

/** What differs between predictions and actuals. */
export interface Stream {
  readonly name: 'predictions' | 'actuals';
  readonly call: string;
  readonly example: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly read: (row: unknown, expected: Expectation) => ReadRow;
  /** A copy of what is read, of a row that `read` has taken. */
  readonly copy: (row: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  /** The staging table, where it has other columns than those of others. */
  readonly staged?: string;
  /** Merges the staged rows into the table. */
  readonly merge: string;
}

// Both statements write in the order of the key, so that concurrent calls with the same rows wait instead of deadlock,
// and write nothing where nothing differs, so that a repeated call marks no hour dirty.
export const predictionStream: Stream = {
  name: 'predictions',
  call: 'logPredictions',
  example:
    'logPredictions("bike-demand", [{ version: "1", entity: "42", eventTime: "2011-05-20T00:00:00Z", features: { temp: 0.3 }, prediction: 17 }])',
  columns: predictionColumns,
  read: readPrediction,
  copy: copyPrediction,
  merge: mergePredictions('staged_predictions', 'null::bigint'),
};

/** @param placed what is written into the columns of rows whose features stay in their source */
export function mergePredictions(staged: string, placed: 'null::bigint' | 'as staged'): string {
  const [key, stamp] = placed === 'as staged' ? ['source_key', 'source_stamp'] : [placed, placed];
  return `
    insert into predictions (
      model, version, entity, event_time, issued_at, role, features, prediction, predicted_class, probabilities,
      interval_low, interval_high, source_key, source_stamp)
    select distinct on (event_time, entity, version, issued_at)
      model, version, entity, event_time, issued_at, role, features, prediction, predicted_class, probabilities,
      interval_low, interval_high, ${key}, ${stamp}
    from ${staged}
    order by event_time, entity, version, issued_at, row_number desc
    on conflict (model, event_time, entity, version, issued_at) do update
    set role = excluded.role, features = excluded.features, prediction = excluded.prediction,
      predicted_class = excluded.predicted_class, probabilities = excluded.probabilities,
      interval_low = excluded.interval_low, interval_high = excluded.interval_high,
      source_key = excluded.source_key, source_stamp = excluded.source_stamp, inserted_at = excluded.inserted_at
    where (predictions.role, predictions.features, predictions.prediction, predictions.predicted_class,
        predictions.probabilities, predictions.interval_low, predictions.interval_high, predictions.source_stamp)
      is distinct from (excluded.role, excluded.features, excluded.prediction, excluded.predicted_class,
        excluded.probabilities, excluded.interval_low, excluded.interval_high, excluded.source_stamp)`;
}

export const actualStream: Stream = {
  name: 'actuals',
  call: 'recordActuals',
  example:
    'recordActuals("bike-demand", [{ entity: "42", eventTime: "2011-05-20T00:00:00Z", value: 21, recordedAt: "2011-05-21T06:00:00Z" }])',
  columns: actualColumns,
  read: readActual,
  copy: copyActual,
  // The newest recorded_at wins in whatever order actuals arrive, also where the value is the same: otherwise
  // 5, 6, 5 recorded in this order and sent in another one would end as 6.
  merge: `
    insert into actuals (model, entity, event_time, value, class, recorded_at)
    select distinct on (event_time, entity) model, entity, event_time, value, class, recorded_at
    from staged_actuals
    order by event_time, entity, recorded_at desc, row_number desc
    on conflict (model, event_time, entity) do update
    set value = excluded.value, class = excluded.class, recorded_at = excluded.recorded_at,
      inserted_at = excluded.inserted_at
    where excluded.recorded_at >= actuals.recorded_at
      and (actuals.value, actuals.class, actuals.recorded_at)
        is distinct from (excluded.value, excluded.class, excluded.recorded_at)`,
};

/** Feedback is stored as the actual that it stands for. */
export const feedbackStream: Stream = {
  ...actualStream,
  call: 'recordFeedback',
  example:
    'recordFeedback("spam", [{ entity: "42", eventTime: "2011-05-20T00:00:00Z", thumbs: "up", predicted: "spam" }])',
  read: (row, expected) => readActual(actualOfFeedback(row), expected),
  copy: (row) => ({ ...actualOfFeedback(row) }),
};

/** Rows a transaction. A repeated call is harmless, so a long one may be stored in part when it fails. */
const batchSize = 20_000;

/**
 * Stores rows of a stream. `ensuredMonths` remembers for which months partitions have been made.
 *
 * @throws TidewatchError `INVALID_INPUT` when the model is no model name or the rows are no array
 */
export async function storeRows(
  database: Database,
  ensuredMonths: Set<string>,
  stream: Stream,
  model: string,
  rows: readonly unknown[],
): Promise<LogResult> {
  const problem = problemOfCall(stream, model, rows);
  if (problem !== undefined) throw problem;
  if (rows.length === 0) return { stored: 0, rejected: [] };
  const expected = await expectationOf(database, model);
  const rejected: Rejection[] = [];
  for (let start = 0; start < rows.length; start += batchSize) {
    const batch = readBatch(stream, model, rows.slice(start, start + batchSize), expected);
    await writeBatch(database, ensuredMonths, { stream, model, batch });
    for (const { index, reason } of batch.bad) rejected.push({ index: start + index, reason });
  }
  return { stored: rows.length - rejected.length, rejected };
}

/** Rows that were read: what will be stored, and what will not. */
export interface Batch {
  /** The good rows, as COPY takes them. A text an array of rows that was read: the rows themselves are free by then. */
  readonly good: readonly string[];
  readonly stored: number;
  readonly bad: readonly BadRow[];
  /** `2011-05`: those of the good rows. */
  readonly months: ReadonlySet<string>;
}

export interface BadRow {
  readonly index: number;
  readonly reason: string;
  /** The row as it came. */
  readonly row: unknown;
}

/** Reads rows of a stream: each is good, or has a reason. */
export function readBatch(
  stream: Stream,
  model: string,
  rows: readonly unknown[],
  expected: Expectation,
): Batch {
  const good: string[] = [];
  let lastDay = Number.NaN;
  const bad: BadRow[] = [];
  const months = new Set<string>();
  for (const [index, row] of rows.entries()) {
    try {
      const { eventTime, values } = stream.read(row, expected);
      good.push(copyLine(model, values));
      const day = floorToDay(eventTime);
      if (day !== lastDay) months.add(formatDay(day).slice(0, 7));
      lastDay = day;
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      bad.push({ index, reason: error.message, row });
    }
  }
  return { good: [good.join('')], stored: good.length, bad, months };
}

export interface BatchWrite {
  readonly stream: Stream;
  readonly model: string;
  readonly batch: Batch;
  /** `new`: it is worth a try to copy the rows as such. Either way the same is stored. */
  readonly likely?: 'new' | 'known';
  /** What else belongs to the same transaction. */
  readonly statements?: readonly Statement[];
}

/**
 * Stores a batch in one transaction: the good rows by their key, the bad ones with their reason.
 *
 * @returns how many rows were new or differed from what was stored
 * @throws TidewatchError `MODEL_OF_ANOTHER_TEAM`
 */
export async function writeBatch(
  database: Pick<Database, 'query' | 'withClient'>,
  ensuredMonths: Set<string>,
  { stream, model, batch, likely = 'known', statements = [] }: BatchWrite,
): Promise<number> {
  for (const month of batch.months) await ensureMonth(database, ensuredMonths, month);
  try {
    return await writeRows(database, { stream, model, batch, likely, statements });
  } catch (error) {
    if (isOfAnotherTeam(error))
      throw new TidewatchError('MODEL_OF_ANOTHER_TEAM', { model }, { cause: error });
    throw error;
  }
}

async function writeRows(
  database: Pick<Database, 'withClient'>,
  { stream, model, batch, likely, statements }: Required<BatchWrite>,
): Promise<number> {
  const rows = {
    table: stream.name,
    columns: { model: 'text', ...stream.columns },
    rows: batch.good,
    statements: [...(batch.bad.length === 0 ? [] : [rejectedRows(stream, model, batch.bad)]), ...statements],
  };
  if (likely === 'new' && (await copyNewRows(database, rows))) return batch.stored;
  return mergeRows(database, { ...rows, staged: stream.staged, merge: stream.merge });
}

/** What is wrong with a call as a whole: its model is no model name, or its rows are no array. */
export function problemOfCall(stream: Stream, model: unknown, rows: unknown): TidewatchError | undefined {
  const name = monitorSchema.shape.model.safeParse(model);
  const problem = name.success
    ? Array.isArray(rows)
      ? undefined
      : `The rows are ${describe(rows)}, not an array.`
    : `The model is ${describe(model)}: ${name.error.issues[0]?.message ?? ''}.`;
  return problem === undefined
    ? undefined
    : new TidewatchError('INVALID_INPUT', {
        workflow: stream.call,
        problems: problem,
        example: stream.example,
      });
}

/** What the applied monitor of a model says about its rows. */
export async function expectationOf(database: Pick<Database, 'query'>, model: string): Promise<Expectation> {
  const [row] = await database.query<{ task: unknown; features: unknown }>(
    `select configuration ->> 'task' as task, configuration -> 'features' as features from monitors where model = $1`,
    [model],
  );
  if (row === undefined) return { kinds: new Map() };
  // What another version has stored in another shape is no reason not to log.
  const { task, features } = row;
  return {
    ...((task === 'regression' || task === 'classification') && { task }),
    kinds: new Map(
      Object.entries(isRecord(features) ? features : {}).flatMap(
        ([name, feature]): [string, FeatureKind][] => {
          const kind = isRecord(feature) ? feature['kind'] : undefined;
          return kind === 'continuous' || kind === 'categorical' ? [[name, kind]] : [];
        },
      ),
    ),
  };
}

async function ensureMonth(
  database: Pick<Database, 'query'>,
  ensuredMonths: Set<string>,
  month: string,
): Promise<void> {
  if (ensuredMonths.has(month)) return;
  // The whole month, whatever the width of its partitions.
  await database.query(
    `select ensure_partitions($1::timestamptz, $1::timestamptz + interval '1 month' - interval '1 microsecond')`,
    [`${month}-01T00:00:00Z`],
  );
  ensuredMonths.add(month);
}

function rejectedRows(stream: Stream, model: string, rows: readonly BadRow[]): Statement {
  // A reason quotes what it is about.
  const content = rows.map(({ reason, row }) => ({
    reason: readableContent(reason),
    content: readableContent(row),
  }));
  return {
    text: `
      insert into rejected_rows (model, stream, reason, content)
      select $1, $2, reason, coalesce(content, 'null') from json_to_recordset($3::json) as rejected (reason text, content jsonb)
      on conflict on constraint rejected_rows_pkey do nothing`,
    values: [model, stream.name, JSON.stringify(content)],
  };
}
