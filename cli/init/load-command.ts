/** The `ingest` command that loads the rows of a table, tried on its first rows. */

import { readBatch, actualStream, predictionStream } from '../../client/store-rows.ts';
import type { Monitor } from '../../core/monitor/schema.ts';
import { planColumns, lineMark, type PlanRequest } from '../ingest/column-plan.ts';
import { areProbabilities, sampledValues } from '../ingest/column-values.ts';
import { dateOrderOf, type DateOrder } from '../ingest/date-order.ts';
import { probabilityPrefix, type Field } from '../ingest/fields.ts';
import { rowMakers } from '../ingest/row-maker.ts';
import { isLocalTime } from '../ingest/value-readers.ts';
import { shellText } from '../../core/shell-text.ts';
import type { FirstRows } from './first-rows.ts';

export interface LoadRequest {
  readonly model: string;
  /** As the command line names it. */
  readonly file: string;
  readonly firstRows: FirstRows;
  readonly monitor: Pick<Monitor, 'features' | 'classes' | 'positiveClass' | 'task'>;
  /** Field -> column, as they were named by options, or found by values. */
  readonly given: ReadonlyMap<Field, string>;
  /** All of them. */
  readonly found: ReadonlyMap<Field, string>;
  /** The class that the prediction is the probability of, if it is one. */
  readonly probabilityOf: string | undefined;
  /** Are there columns of probabilities beside it? */
  readonly hasProbabilities: boolean;
  readonly dates: DateOrder | undefined;
  readonly timeZone: string | undefined;
}

/** The command, and what became of the first rows when it was tried; or why there is none. */
export type LoadCommand =
  | {
      readonly command: string;
      readonly zoneIsGuessed: boolean;
      readonly tried: {
        readonly rows: number;
        readonly rejected: number;
        readonly reason: string | undefined;
      };
      readonly streams: readonly string[];
    }
  | { readonly problems: readonly string[] };

/** The command that loads the rows, complete: run as it is, it does what was planned. */
export function loadCommand(request: LoadRequest): LoadCommand {
  const { model, file, firstRows, monitor, given, found, probabilityOf, hasProbabilities, dates, timeZone } =
    request;
  const zone = timeZone ?? (needsZone(firstRows, found) ? 'UTC' : undefined);
  const constants = new Map([
    ...(found.has('entity') ? [] : [['entity', lineMark] as const]),
    ...(found.has('version') || !(found.has('prediction') || hasProbabilities)
      ? []
      : [['version', '1'] as const]),
  ]);
  const mapped = new Map<string, string>();
  const target = (field: Field): string =>
    field === 'prediction' && probabilityOf !== undefined ? `${probabilityPrefix}${probabilityOf}` : field;
  for (const [field, column] of given) mapped.set(target(field), column);
  const plan = (): ReturnType<typeof planColumns> =>
    planColumns({
      source: firstRows,
      monitor,
      mapped,
      constants,
      only: undefined,
      allowMissing: false,
      timeZone: zone,
      dates,
    } satisfies PlanRequest);
  // What it would not find by itself is said.
  for (const [field, column] of found) {
    const planned = plan();
    if (!('plan' in planned)) {
      mapped.set(target(field), column);
      continue;
    }
    const isFound =
      target(field) === field
        ? isColumn(planned.plan.fields.get(field), column)
        : isColumn(planned.plan.probabilities.get(probabilityOf ?? ''), column);
    if (!isFound) mapped.set(target(field), column);
  }
  const planned = plan();
  if (!('plan' in planned)) return { problems: planned.problems };
  const options = [
    ...[...mapped].map(([what, column]) => `--map ${shellText(`${column}=${what}`)}`),
    ...[...constants].map(([what, value]) => `--set ${shellText(`${what}=${value}`)}`),
    ...(zone === undefined ? [] : [`--time-zone ${zone}`]),
    ...(dates === undefined ? [] : [`--dates ${dates}`]),
  ];
  return {
    command: [
      'tidewatch ingest',
      /[*?[]/.test(file) ? file : shellText(file),
      '--model',
      model,
      ...options,
    ].join(' '),
    zoneIsGuessed: timeZone === undefined && zone !== undefined,
    tried: tryRows(request, planned.plan, zone),
    streams: planned.plan.streams,
  };
}

function isColumn(origin: { readonly column?: string } | object | undefined, column: string): boolean {
  return origin !== undefined && 'column' in origin && origin.column === column;
}

const timeFields = ['event_time', 'issued_at', 'recorded_at'] as const;

function needsZone(firstRows: FirstRows, found: ReadonlyMap<Field, string>): boolean {
  return timeFields.some((field) => {
    const column = found.get(field);
    if (column === undefined) return false;
    return firstRows.timesWithoutZone.has(column) || sampledValues(firstRows, column).some(isLocalTime);
  });
}

function tryRows(
  { model, firstRows, monitor, dates }: LoadRequest,
  plan: Parameters<typeof rowMakers>[0]['plan'],
  timeZone: string | undefined,
): { readonly rows: number; readonly rejected: number; readonly reason: string | undefined } {
  const expected = {
    task: monitor.task,
    kinds: new Map(Object.entries(monitor.features).map(([name, { kind }]) => [name, kind])),
  };
  const { makers } = rowMakers({
    source: { ...firstRows, close: async () => {} },
    plan,
    expected,
    classes: monitor.classes,
    timeZone,
    dates,
    recordedAt: firstRows.writtenAt,
  });
  const rows = firstRows.sample.filter(({ problem }) => problem === undefined);
  const problems = firstRows.sample.flatMap(({ problem }) => problem ?? []);
  const bad = Object.entries(makers).flatMap(([stream, make]) => {
    const made = rows.map(make).filter((row) => row !== undefined);
    return readBatch(stream === 'predictions' ? predictionStream : actualStream, model, made, expected).bad;
  });
  return {
    rows: firstRows.sample.length,
    rejected: problems.length + bad.length,
    reason: bad[0]?.reason ?? problems[0],
  };
}

/** The class that a column of predictions has the probabilities of, if it has no classes. */
export function probabilityClassOf(
  firstRows: FirstRows,
  column: string | undefined,
  classes: readonly string[] | undefined,
  positive: string,
): string | undefined {
  if (column === undefined || classes?.length !== 2) return undefined;
  return areProbabilities(sampledValues(firstRows, column)) ? positive : undefined;
}

/** The order of the dates of a column, from as many rows as it takes. */
export async function orderOfDates(
  firstRows: FirstRows,
  column: string | undefined,
): Promise<ReturnType<typeof dateOrderOf>> {
  if (column === undefined) return undefined;
  const first = dateOrderOf(sampledValues(firstRows, column));
  if (first !== 'unclear') return first;
  const index = firstRows.columns.indexOf(column);
  for await (const { rows } of firstRows.batches(undefined, new Set())) {
    const order = dateOrderOf(rows.map(({ values }) => values[index]));
    if (order === 'day-first' || order === 'month-first' || order === 'mixed') return order;
  }
  return 'unclear';
}
