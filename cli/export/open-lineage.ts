/** Drift runs and evaluations as run events of OpenLineage, https://openlineage.io/spec. */

import { createHash } from 'node:crypto';

import { formatInstant } from '../../core/window.ts';
import type { Queryable } from '../../sql/database.ts';
import { toTimestamp } from '../../sql/database.ts';
import type { ExportRange } from './queries.ts';

const producer = 'https://www.npmjs.com/package/tidewatch';
const schemas = 'https://openlineage.io/spec';

interface Assertion {
  readonly assertion: string;
  readonly success: boolean;
  readonly column?: string;
  readonly severity?: string;
  readonly description?: string;
  readonly expected?: string;
  readonly actual?: string;
}

/** What is stored of one run, whatever it computed. */
interface LineageRun {
  readonly model: string;
  readonly segment: string;
  readonly start: number;
  readonly end: number;
  readonly storedAt: number;
  readonly rowCount: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly assertions: readonly Assertion[];
}

interface DriftRun extends LineageRun {
  /** Column -> rows without a value. */
  readonly missing: Readonly<Record<string, number>> | null;
}

interface Evaluation extends LineageRun {
  readonly version: string;
  readonly revision: number;
}

/** The events of the runs of a range, the oldest first. `address`: of the database, without who reads it. */
export async function* lineageEvents(
  connection: Queryable,
  what: 'drift' | 'evaluations',
  range: ExportRange,
  address: URL,
): AsyncGenerator {
  if (what === 'drift') for (const run of await readDrift(connection, range)) yield driftEvent(run, address);
  else for (const run of await readEvaluations(connection, range)) yield evaluationEvent(run, address);
}

function readDrift(connection: Queryable, { model, range }: ExportRange): Promise<DriftRun[]> {
  return connection.query<DriftRun & Record<string, unknown>>(
    `select model, segment, window_start as start, window_end as "end", stored_at as "storedAt", row_count as "rowCount",
       workflow_id as "workflowId", run_id as "runId",
       coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
           'assertion', result.question || ':' || result.method, 'success', result.verdict <> 'critical' and result.verdict <> 'warning',
           'column', column_name, 'severity', case result.verdict when 'critical' then 'error' else 'warn' end,
           'description', result.reason, 'expected', threshold::text, 'actual', statistic::text))
         order by column_name, question, method) filter (where deciding and result.verdict <> 'insufficient-data'), '[]') as assertions,
       jsonb_object_agg(column_name, round(statistic * current_rows))
         filter (where method = 'missing-ratio' and statistic is not null) as missing
     from drift_runs run
     left join drift_results result using (model, drift_run_id)
     where ${rangeSql}
     group by model, drift_run_id, run.segment, run.window_start, run.window_end, run.stored_at, run.row_count, run.workflow_id, run.run_id
     order by window_end, model, segment, window_start`,
    rangeValues(model, range),
  );
}

function readEvaluations(connection: Queryable, { model, range }: ExportRange): Promise<Evaluation[]> {
  return connection.query<Evaluation & Record<string, unknown>>(
    `select model, version, segment, revision, window_start as start, window_end as "end", stored_at as "storedAt",
       sample_size as "rowCount", workflow_id as "workflowId", run_id as "runId",
       case when verdict = 'insufficient-data' then '[]' else jsonb_build_array(jsonb_build_object(
         'assertion', 'performance', 'success', verdict = 'ok',
         'severity', case verdict when 'critical' then 'error' else 'warn' end,
         'description', reason, 'actual', metrics::text)) end as assertions
     from performance_evaluations
     where ${rangeSql}
     order by window_end, model, version, segment, window_start, revision`,
    rangeValues(model, range),
  );
}

const rangeSql = `($1::text is null or model = $1) and window_end >= $2 and window_end < $3`;

function rangeValues(model: string | undefined, { start, end }: ExportRange['range']): unknown[] {
  return [
    model ?? null,
    start === undefined ? '-infinity' : toTimestamp(start),
    end === undefined ? 'infinity' : toTimestamp(end),
  ];
}

function driftEvent(run: DriftRun, address: URL): unknown {
  const columns = Object.entries(run.missing ?? {}).map(([name, nullCount]) => [name, { nullCount }]);
  return eventOf(run, address, {
    job: `driftDetection:${run.model}`,
    key: ['drift', run.segment],
    input: 'predictions',
    output: 'drift_results',
    columnMetrics: Object.fromEntries(columns) as Record<string, unknown>,
  });
}

function evaluationEvent(run: Evaluation, address: URL): unknown {
  return eventOf(run, address, {
    job: `performanceEvaluation:${run.model}`,
    key: ['evaluation', run.segment, run.version, String(run.revision)],
    input: 'outcomes',
    output: 'performance_evaluations',
    columnMetrics: {},
  });
}

interface EventParts {
  readonly job: string;
  readonly key: readonly string[];
  readonly input: string;
  readonly output: string;
  readonly columnMetrics: Readonly<Record<string, unknown>>;
}

function eventOf(
  run: LineageRun,
  address: URL,
  { job, key, input, output, columnMetrics }: EventParts,
): unknown {
  const { model, start, end, assertions } = run;
  const namespace = `postgres://${address.hostname}:${address.port || '5432'}`;
  const dataset = (table: string): { namespace: string; name: string } => ({
    namespace,
    name: `${decodeURIComponent(address.pathname.slice(1))}.public.${table}`,
  });
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(run.runId);
  return {
    eventType: 'COMPLETE',
    eventTime: formatInstant(run.storedAt),
    producer,
    schemaURL: `${schemas}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
    run: {
      runId: uuidOf([model, String(start), String(end), ...key]),
      facets: {
        nominalTime: facet('1-0-1/NominalTimeRunFacet', {
          nominalStartTime: formatInstant(start),
          nominalEndTime: formatInstant(end),
        }),
        ...(isUuid && {
          parent: facet('1-2-0/ParentRunFacet', {
            run: { runId: run.runId },
            job: { namespace: 'temporal', name: run.workflowId },
          }),
        }),
      },
    },
    job: { namespace: 'tidewatch', name: run.segment === '' ? job : `${job}:${run.segment}` },
    inputs: [
      {
        ...dataset(input),
        inputFacets: {
          dataQualityMetrics: facet('1-0-3/DataQualityMetricsInputDatasetFacet', {
            rowCount: run.rowCount,
            columnMetrics,
          }),
          dataQualityAssertions: facet('1-1-0/DataQualityAssertionsDatasetFacet', { assertions }),
        },
      },
    ],
    outputs: [dataset(output)],
  };
}

/** @param schema with its version, for example `1-0-1/NominalTimeRunFacet` */
function facet(schema: string, content: Readonly<Record<string, unknown>>): unknown {
  return { _producer: producer, _schemaURL: `${schemas}/facets/${schema}.json`, ...content };
}

/** The same for the same key: the event of a run that is exported twice is one run. */
function uuidOf(key: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(key)).digest('hex');
  // Version 8 is for what an application makes in its own way (RFC 9562).
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
