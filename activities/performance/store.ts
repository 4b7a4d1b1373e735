/** Finds windows that have been evaluated, and stores evaluations. */

import type { RestatedGate } from '../../core/degradation/restated-news.ts';
import type { Gate } from '../../core/performance/gate.ts';
import type { Level } from '../../core/verdict.ts';
import type { Window } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { Provenance } from '../processes/provenance.ts';

/** The marks of hours whose summaries changed since they were evaluated. */
export async function readEvaluationMarks(
  connection: Queryable,
  model: string,
): Promise<{ hours: number[]; generations: number[] }> {
  const rows = await connection.query<{ window_start: number; generation: number }>(
    `select window_start, generation from dirty_windows where model = $1 and stage = 'evaluations'`,
    [model],
  );
  return {
    hours: [...new Set(rows.map((row) => row.window_start))],
    generations: rows.map((row) => row.generation),
  };
}

/** Deletes exactly the marks that were read. */
export async function clearEvaluationMarks(
  connection: Queryable,
  model: string,
  generations: readonly number[],
): Promise<void> {
  if (generations.length === 0) return;
  await connection.execute(
    `delete from dirty_windows where model = $1 and stage = 'evaluations' and generation = any($2)`,
    [model, generations],
  );
}

/** The stored windows that contain any of these hours and end after an instant. */
export function findWindowsOfHours(
  connection: Queryable,
  model: string,
  hours: readonly number[],
  endingAfter: number,
): Promise<Window[]> {
  if (hours.length === 0) return Promise.resolve([]);
  return connection.query<Window & Record<string, unknown>>(
    `select distinct window_start as start, window_end as "end"
     from performance_evaluations
     join unnest($2::timestamptz[]) as dirty (hour) on dirty.hour >= window_start and dirty.hour < window_end
     where model = $1 and window_end > $3`,
    [model, hours.map(toTimestamp), toTimestamp(endingAfter)],
  );
}

/** The stored windows that end in a range, and start before an instant. `after` itself is not included, `by` is. */
export function findStoredWindows(
  connection: Queryable,
  model: string,
  {
    after,
    by,
    startingBefore,
  }: { readonly after: number; readonly by?: number; readonly startingBefore: number },
): Promise<Window[]> {
  return connection.query<Window & Record<string, unknown>>(
    `select distinct window_start as start, window_end as "end"
     from performance_evaluations
     where model = $1 and window_end > $2 and ($3::timestamptz is null or window_end <= $3) and window_start < $4
     order by 1, 2`,
    [model, toTimestamp(after), by === undefined ? null : toTimestamp(by), toTimestamp(startingBefore)],
  );
}

/** The windows that a run has to look at again because time has passed: those that close, and those that waited for actuals. */
export function findRipeWindows(
  connection: Queryable,
  model: string,
  { closedBy, waitedUntil }: { readonly closedBy: number; readonly waitedUntil: number },
): Promise<Window[]> {
  return connection.query<Window & Record<string, unknown>>(
    `select distinct window_start as start, window_end as "end"
     from latest_performance_evaluations
     where model = $1
       and state = 'provisional'
       and (window_end <= $2 or gate = 'awaiting-actuals' and window_end <= $3)`,
    [model, toTimestamp(closedBy), toTimestamp(waitedUntil)],
  );
}

/** Which of these windows have a final evaluation? */
export async function findFinalWindows(
  connection: Queryable,
  model: string,
  windows: readonly Window[],
): Promise<Window[]> {
  return connection.query<Window & Record<string, unknown>>(
    `select distinct window_start as start, window_end as "end"
     from performance_evaluations
     join unnest($2::timestamptz[], $3::timestamptz[]) as asked (window_start, window_end)
       using (window_start, window_end)
     where model = $1 and segment = '' and state = 'final'`,
    [model, windows.map(({ start }) => toTimestamp(start)), windows.map(({ end }) => toTimestamp(end))],
  );
}

/** Which of these windows are evaluated already? */
export async function findEvaluated(
  connection: Queryable,
  model: string,
  windows: readonly Window[],
): Promise<Window[]> {
  if (windows.length === 0) return [];
  return connection.query<Window & Record<string, unknown>>(
    `select window_start as start, window_end as "end"
     from unnest($2::timestamptz[], $3::timestamptz[]) as asked (window_start, window_end)
     where exists (
       select from performance_evaluations evaluation
       where evaluation.model = $1 and evaluation.window_start = asked.window_start and evaluation.window_end = asked.window_end)`,
    [model, windows.map(({ start }) => toTimestamp(start)), windows.map(({ end }) => toTimestamp(end))],
  );
}

/** What was found about one version and segment of a window. */
export interface EvaluationToStore {
  readonly version: string;
  readonly segment: string;
  readonly verdict: Level;
  readonly reason: string;
  readonly gate: Gate;
  readonly metrics: Readonly<Record<string, number>>;
  readonly intervals: Readonly<Record<string, readonly [low: number, high: number]>>;
  readonly details: unknown;
  readonly sampleSize: number;
  readonly predictionCount: number;
  readonly coverage: number | null;
  readonly contentHash: string;
}

interface WindowToStore {
  readonly model: string;
  readonly window: Window;
  readonly asOf: number;
  readonly state: 'provisional' | 'final';
  readonly provenance: Provenance;
  readonly evaluations: readonly EvaluationToStore[];
}

/** What became of the evaluations of a window. */
interface StoredEvaluations {
  readonly first: number;
  readonly restated: number;
  readonly unchanged: number;
  readonly flips: readonly RestatedGate[];
}

/** Stores as a new revision each evaluation whose content differs from the newest one. */
export async function storeEvaluations(
  connection: Queryable,
  { model, window, asOf, state, provenance, evaluations }: WindowToStore,
): Promise<StoredEvaluations> {
  const key = [model, toTimestamp(window.start), toTimestamp(window.end)];
  const stored = await connection.query<Newest>(
    `select version, segment, revision, content_hash, state, verdict, reason
     from latest_performance_evaluations
     where model = $1 and window_start = $2 and window_end = $3`,
    key,
  );
  const newestOf = new Map(stored.map((row) => [JSON.stringify([row.version, row.segment]), row]));
  const found = evaluations.map((evaluation) => ({
    evaluation,
    newest: newestOf.get(JSON.stringify([evaluation.version, evaluation.segment])),
  }));
  const unchanged = found.filter(({ evaluation, newest }) => newest?.content_hash === evaluation.contentHash);
  const changed = found.filter((one) => !unchanged.includes(one));
  // Also those of versions and segments that have no rows any more: they say what was known, and wait for nothing.
  const closing = stored.filter(
    (row) =>
      state === 'final' && row.state === 'provisional' && !changed.some(({ newest }) => newest === row),
  );
  if (closing.length > 0) {
    await connection.execute(
      `update performance_evaluations evaluation set state = 'final'
       from unnest($4::text[], $5::text[], $6::integer[]) as closing (version, segment, revision)
       where evaluation.model = $1 and evaluation.window_start = $2 and evaluation.window_end = $3
         and evaluation.version = closing.version and evaluation.segment = closing.segment
         and evaluation.revision = closing.revision`,
      [
        ...key,
        closing.map(({ version }) => version),
        closing.map(({ segment }) => segment),
        closing.map(({ revision }) => revision),
      ],
    );
  }
  if (changed.length > 0) {
    await connection.execute(
      `insert into performance_evaluations (
         model, window_start, window_end, as_of, configuration_hash, code_version, workflow_id, run_id,
         version, segment, revision, state, verdict, reason, gate, metrics, intervals, details, sample_size,
         prediction_count, coverage, content_hash)
       select $1, $2, $3, $4, $5, $6, $7, $8,
         version, segment, revision, state, verdict, reason, gate, metrics, intervals, details, sample_size,
         prediction_count, coverage, content_hash
       from jsonb_to_recordset($9) as evaluation (
         version text, segment text, revision integer, state text, verdict text, reason text, gate text, metrics jsonb,
         intervals jsonb, details jsonb, sample_size integer, prediction_count integer, coverage double precision,
         content_hash text)`,
      [
        ...key,
        toTimestamp(asOf),
        provenance.configurationHash,
        provenance.codeVersion,
        provenance.workflowId,
        provenance.runId,
        JSON.stringify(
          changed.map(({ evaluation, newest }) => ({
            ...evaluation,
            revision: (newest?.revision ?? 0) + 1,
            // Restated by hand, it does not become provisional again.
            state: newest?.state === 'final' ? 'final' : state,
            sample_size: evaluation.sampleSize,
            prediction_count: evaluation.predictionCount,
            content_hash: evaluation.contentHash,
          })),
        ),
      ],
    );
  }
  const first = changed.filter(({ newest }) => newest === undefined).length;
  return {
    first,
    restated: changed.length - first,
    unchanged: unchanged.length,
    flips: changed.flatMap(({ evaluation, newest }) => flipOf(window, evaluation, newest)),
  };
}

/**
 * Over all rows: numbers that counted and do not any more, or the other way round once they were final. Before that, numbers that did not
 * count were waiting, and nobody relied on that.
 */
function flipOf(window: Window, to: EvaluationToStore, from: Newest | undefined): RestatedGate[] {
  if (from === undefined || from.segment !== '' || from.verdict === to.verdict) return [];
  if (from.verdict !== 'ok' && from.state !== 'final') return [];
  return [
    {
      window,
      version: to.version,
      from: { level: from.verdict, reason: from.reason },
      to: { level: to.verdict, reason: to.reason },
    },
  ];
}

interface Newest extends Record<string, unknown> {
  readonly version: string;
  readonly segment: string;
  readonly revision: number;
  readonly content_hash: string;
  readonly state: 'provisional' | 'final';
  readonly verdict: Level;
  readonly reason: string;
}
