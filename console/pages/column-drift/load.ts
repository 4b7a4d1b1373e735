/** How one column differed from its reference in one drift run, and its distributions as far as their profiles are kept. */

import { alertKey } from '../../../core/alert/alert.ts';
import { datasetName, subjectOf } from '../../../core/alert/subject.ts';
import { factsOf } from '../../../core/drift/column-facts.ts';
import { distributionOf } from '../../../core/drift/distribution.ts';
import { isColumnEnabled } from '../../../core/monitor/enabled-column.ts';
import { monitorSchema, type Monitor } from '../../../core/monitor/schema.ts';
import { sumEncodedProfiles } from '../../../core/profile/encode.ts';
import { gridFromJson, type ReferenceGrid } from '../../../core/profile/grid.ts';
import type { Profile } from '../../../core/profile/profile.ts';
import { earlierWindows } from '../../../core/reference/windows.ts';
import { compareProfiles, type Comparison } from '../../../core/statistics/comparison.ts';
import type { RollUpLevel } from '../../../core/storage/roll-up.ts';
import type { Level } from '../../../core/verdict.ts';
import { dayMs, durationMs, formatInstant, parseInstant, weekMs, type Window } from '../../../core/window.ts';
import { toTimestamp, type Queryable } from '../../../sql/database.ts';
import { withoutAlerted } from '../../../sql/read-alerted-windows.ts';
import { listRolledUp, readProfiles, summedWindow } from '../../../sql/read-profiles.ts';
import type { HistoryPoint, ReportedColumn } from '../../drift-report/drift-report.ts';
import type { Asked } from '../../server/page.ts';
import { storedColumn, type StoredResult } from './stored-column.ts';

export interface DriftRunFacts {
  readonly id: number;
  readonly asOf: number;
  readonly referenceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly hasReport: boolean;
  /** The ends of the runs before and after it over windows as long, which judged the column as well. */
  readonly before: Window | null;
  readonly after: Window | null;
}

/** What the window was compared with. */
export interface ComparedReference {
  readonly kind: Monitor['reference']['kind'];
  /** Whose rows froze the grid; null for training statistics. */
  readonly window: Window | null;
}

export interface LoadedColumnDrift {
  readonly model: string;
  readonly window: Window;
  readonly run: DriftRunFacts;
  /** With its distribution, where its profiles are kept. */
  readonly column: ReportedColumn;
  readonly decided: StoredResult;
  /** Absent where the reference is not stored any more. */
  readonly reference?: ComparedReference;
  /** Why there is no distribution: a window that it is of has a part of a day, or of a week, of which only the sum is kept. */
  readonly cut?: RollUpLevel;
  /** Absent where nobody watches the model any more, or another version of Tidewatch has stored its monitor. */
  readonly monitor?: Monitor;
}

/** Undefined where no run of this window has judged a column of this name. */
export async function loadColumnDrift({
  connection,
  parameters,
}: Pick<Asked, 'connection' | 'parameters'>): Promise<LoadedColumnDrift | undefined> {
  const { model = '', column: name = '' } = parameters;
  const window = windowOf(parameters);
  if (window === undefined || `${model}${name}`.includes('\0')) return undefined;
  const [run, monitor] = await Promise.all([
    findRun(connection, model, window, name),
    findMonitor(connection, model),
  ]);
  if (run === undefined) return undefined;
  const [results, stored] = await Promise.all([
    readResults(connection, model, run.id, name),
    findReference(connection, model, run.referenceId, name),
  ]);
  const counted = monitor === undefined || isColumnEnabled(monitor, name);
  const column = storedColumn(name, results, { alpha: monitor?.drift.alpha, counted });
  const decided = results.find(({ deciding }) => deciding);
  if (column === undefined || decided === undefined) return undefined;
  const [compared, history] = await Promise.all([
    stored?.grid &&
      compare(
        connection,
        { model, name, window, monitor },
        { ...stored, id: run.referenceId, grid: stored.grid },
      ),
    readHistory(connection, { model, window, name, decided }),
  ]);
  const comparison = typeof compared === 'string' ? undefined : compared;
  const [first, ...others] = column.answers;
  return {
    model,
    window,
    run,
    decided,
    column: {
      ...column,
      ...(first !== undefined && { answers: [{ ...first, history }, ...others] }),
      ...(comparison && { distribution: distributionOf(comparison), facts: factsOf(comparison) }),
    },
    ...(stored && { reference: { kind: stored.kind, window: stored.window } }),
    ...(typeof compared === 'string' && { cut: compared }),
    ...(monitor && { monitor }),
  };
}

/** Undefined where the path names none. */
function windowOf({ start = '', end = '' }: Asked['parameters']): Window | undefined {
  try {
    return { start: parseInstant(start), end: parseInstant(end) };
  } catch {
    return undefined;
  }
}

async function findRun(
  connection: Queryable,
  model: string,
  { start, end }: Window,
  name: string,
): Promise<DriftRunFacts | undefined> {
  const beside = (side: '<' | '>', order: 'desc' | 'asc'): string =>
    `(select jsonb_build_array(extract(epoch from other.window_start) * 1000, extract(epoch from other.window_end) * 1000)
      from drift_runs other
      where other.model = $1 and other.segment = '' and other.window_end - other.window_start = $3::timestamptz - $2
        and other.window_end ${side} $3
        and exists (select from drift_results where model = $1 and drift_run_id = other.drift_run_id and column_name = $4)
      order by other.window_end ${order} limit 1)`;
  const [row] = await connection.query<
    Omit<DriftRunFacts, 'before' | 'after'> & {
      before: [number, number] | null;
      after: [number, number] | null;
    }
  >(
    `select drift_run_id as id, as_of as "asOf", reference_id as "referenceId", workflow_id as "workflowId", run_id as "runId",
       exists (
         select from reports
         where model = $1 and kind = 'drift' and window_start = $2 and window_end = $3
       ) as "hasReport",
       ${beside('<', 'desc')} as before, ${beside('>', 'asc')} as after
     from drift_runs where model = $1 and segment = '' and window_start = $2 and window_end = $3`,
    [model, toTimestamp(start), toTimestamp(end), name],
  );
  if (row === undefined) return undefined;
  const windowOfPair = (pair: [number, number] | null): Window | null =>
    pair && { start: pair[0], end: pair[1] };
  return { ...row, before: windowOfPair(row.before), after: windowOfPair(row.after) };
}

async function findMonitor(connection: Queryable, model: string): Promise<Monitor | undefined> {
  const [row] = await connection.query<{ configuration: unknown }>(
    'select configuration from monitors where model = $1',
    [model],
  );
  return monitorSchema.safeParse(row?.configuration).data;
}

function readResults(
  connection: Queryable,
  model: string,
  run: number,
  name: string,
): Promise<StoredResult[]> {
  return connection.query<StoredResult & Record<string, unknown>>(
    `select subject, method, question, statistic, p_value as "pValue", adjusted_p_value as "adjustedPValue", effect,
       error_bound as "errorBound", threshold, weight, details, deciding, verdict as level, reason,
       reference_rows as "referenceRows", current_rows as "currentRows"
     from drift_results
     where model = $1 and drift_run_id = $2 and column_name = $3 and subject <> 'multivariate'
     order by method, question limit 100`,
    [model, run, name],
  );
}

interface StoredReference extends ComparedReference {
  readonly id: string;
  readonly grid: ReferenceGrid;
  /** The sum of its hours, where that is known. */
  readonly sum: Uint8Array | null;
}

async function findReference(
  connection: Queryable,
  model: string,
  id: string,
  name: string,
): Promise<(Omit<StoredReference, 'id' | 'grid'> & { readonly grid?: ReferenceGrid }) | undefined> {
  const [row] = await connection.query<
    Pick<StoredReference, 'kind' | 'sum'> & { start: number | null; end: number | null; grid: unknown }
  >(
    `select kind, window_start as start, window_end as "end", grids -> $3 as grid,
       decode(merged_profiles -> '' ->> $3, 'base64') as sum
     from model_references where model = $1 and reference_id = $2`,
    [model, id, name],
  );
  if (row === undefined) return undefined;
  const { kind, start, end, grid, sum } = row;
  const window = start === null || end === null ? null : { start, end };
  return { kind, window, sum, ...(grid !== null && { grid: gridFromJson(grid) }) };
}

/** Undefined where the profiles of either side are not kept; a level where what is kept is of more than that. */
async function compare(
  connection: Queryable,
  {
    model,
    name,
    window,
    monitor,
  }: { model: string; name: string; window: Window; monitor: Monitor | undefined },
  reference: StoredReference,
): Promise<Comparison | RollUpLevel | undefined> {
  const { id, grid } = reference;
  const sum = reference.kind === 'seasonal' ? null : reference.sum;
  const earlier = sum === null ? await comparedWindows(connection, model, window, reference, monitor) : [];
  for (const one of [window, ...earlier]) {
    const cut = await cutSum(connection, model, id, one);
    if (cut !== undefined) return cut;
  }
  const sumOf = async (windows: readonly Window[]): Promise<Profile | undefined> => {
    const read = await Promise.all(
      windows.map((one) => readProfiles(connection, model, id, '', one, 'weeks', [name])),
    );
    const profiles = read.flat().map(({ content }) => content);
    return profiles.length === 0 && windows.length > 0 ? undefined : sumEncodedProfiles(grid, profiles);
  };
  const [before, now] = await Promise.all([
    sum === null ? sumOf(earlier) : sumEncodedProfiles(grid, [sum]),
    sumOf([window]),
  ]);
  return before && now && compareProfiles(grid, before, now);
}

/** Does a window need a part of a day whose hours are rolled up, or of a week whose days are? */
async function cutSum(
  connection: Queryable,
  model: string,
  referenceId: string,
  window: Window,
): Promise<RollUpLevel | undefined> {
  const rolled = await listRolledUp(connection, model, referenceId, window);
  return rolled.find((day) => {
    const { start, end } = summedWindow(day);
    return start < window.start || end > window.end;
  })?.summedBy;
}

/** As core/reference/windows.ts has them, from what is stored of the reference: the monitor may have another one by now. */
async function comparedWindows(
  connection: Queryable,
  model: string,
  current: Window,
  { kind, window }: ComparedReference,
  monitor: Monitor | undefined,
): Promise<readonly Window[]> {
  if (window === null) return [];
  if (kind !== 'seasonal') return [window];
  const length = current.end - current.start;
  const isOfLastDay = length === dayMs && monitor !== undefined && durationMs(monitor.current) !== dayMs;
  const key = alertKey('dataset-drift', model, subjectOf({ name: datasetName(''), isOfLastDay }));
  const weeks = Math.round((window.end - window.start) / weekMs);
  return withoutAlerted(connection, { model, key }, earlierWindows(current, weeks));
}

/** So many windows has a chart. */
const historyLength = 60;

/** What the method that decided here has found on the same question before. */
async function readHistory(
  connection: Queryable,
  { model, window, name, decided }: { model: string; window: Window; name: string; decided: StoredResult },
): Promise<HistoryPoint[]> {
  const rows = await connection.query<{ windowEnd: number; value: number | null; level: Level }>(
    `select window_end as "windowEnd", effect as value, result.verdict as level
     from (
       select drift_run_id, window_end from drift_runs
       where model = $1 and segment = '' and window_end <= $3 and window_end - window_start = $3::timestamptz - $2
       order by window_end desc limit $7
     ) run
     join drift_results result on result.model = $1 and result.drift_run_id = run.drift_run_id
     where column_name = $4 and method = $5 and question = $6
     order by window_end`,
    [
      model,
      toTimestamp(window.start),
      toTimestamp(window.end),
      name,
      decided.method,
      decided.question,
      historyLength,
    ],
  );
  return rows.map(({ windowEnd, value, level }) => ({
    windowEnd: formatInstant(windowEnd),
    level,
    ...(value !== null && { value }),
  }));
}
