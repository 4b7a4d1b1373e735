/**
 * Which rows are compared, as SQL: each function gives the common table expressions that end in `compared`, with a row for each
 * side of each compared outcome: side ('subject', 'against'), event_time, prediction, predicted_class, chances (of the
 * classes in their order), actual, actual_class, other_class (predicted by the other side) and scored (both sides have usable
 * chances).
 */

import type { Monitor } from '../../core/monitor/schema.ts';
import { dayMs, type Window } from '../../core/window.ts';
import { toTimestamp } from '../../sql/database.ts';

/** SQL with the values of its parameters. */
export interface ComparedRowsQuery {
  readonly expressions: string;
  readonly values: readonly unknown[];
}

export interface ComparedWindow {
  readonly monitor: Monitor;
  readonly window: Window;
}

/** Baselines that predict the actual of the same entity so long before. */
export const lagDays = { 'last-week': 7, 'seasonal-naive': 1 } as const;
export type LaggedBaseline = keyof typeof lagDays;

/** What a constant baseline predicts of every row. */
export interface Constant {
  readonly prediction: number | null;
  readonly predictedClass: string | null;
  /** Shares of the classes, in their order. */
  readonly chances: readonly number[] | null;
}

/** Numbers of larger magnitude overflow the sums of their squares: see `isUsableNumber` of core. */
const largest = '1e145';
/** Softmax in 32-bit floats may end a little outside of 0 to 1, as for `readProbabilities` of core. */
const slack = '1e-6';

/**
 * Two versions on the rows that both predicted: the same entity, event time and hour of issue, of several of one hour the
 * newest.
 */
export function versionRows(of: ComparedWindow, subject: string, against: string): ComparedRowsQuery {
  const sql = statement(of);
  const versions = [sql.bind(subject), sql.bind(against)] as const;
  const next = (column: string, name: string): string => `lead(${column}) over row_of_both as ${name}`;
  // One sort brings the two together: a join of the rows with themselves has no statistics, and would be a nested loop.
  return sql.end(`
    predicted as (
      select distinct on (event_time, logged.entity, date_trunc('hour', logged.issued_at), outcome.version)
        outcome.version, event_time, logged.entity, date_trunc('hour', logged.issued_at) as issued_hour,
        outcome.prediction, outcome.predicted_class, ${sql.chances('outcome.probabilities')} as chances, actual, actual_class
      from outcomes outcome
      join predictions logged using (model, event_time, prediction_id)
      where ${sql.isInWindow} and outcome.version in (${versions.join(', ')})
      order by event_time, logged.entity, date_trunc('hour', logged.issued_at), outcome.version, logged.issued_at desc
    ),
    beside as (
      select *, ${next('version', 'other_version')}, ${next('prediction', 'other_prediction')},
        ${next('predicted_class', 'other_class')}, ${next('chances', 'other_chances')}
      from predicted
      window row_of_both as (partition by event_time, entity, issued_hour order by version = ${versions[1]})
    ),
    paired as (select * from beside where other_version = ${versions[1]})`);
}

/** A version that served against the actual of the same entity some days before, where it was over when the row was predicted. */
export function laggedRows(of: ComparedWindow, subject: string, baseline: LaggedBaseline): ComparedRowsQuery {
  const sql = statement(of);
  const version = sql.bind(subject);
  const lagMs = lagDays[baseline] * dayMs;
  const lag = `${sql.bind(`${lagDays[baseline]} days`)}::interval`;
  const [start, end] = [of.window.start - lagMs, of.window.end - lagMs].map((at) =>
    sql.bind(toTimestamp(at)),
  );
  return sql.end(`
    paired as (
      select outcome.event_time, outcome.actual, outcome.actual_class, outcome.prediction, outcome.predicted_class,
        ${sql.chances('outcome.probabilities')} as chances, lagged.value as other_prediction, lagged.class as other_class,
        ${sql.oneHot('lagged.class')} as other_chances
      from outcomes outcome
      join predictions logged using (model, event_time, prediction_id)
      join actuals lagged on lagged.model = outcome.model and lagged.entity = logged.entity
        and lagged.event_time = outcome.event_time - ${lag} and lagged.event_time >= ${start} and lagged.event_time < ${end}
      where ${sql.isInWindow} and outcome.version = ${version} and outcome.role = 'serving'
        and logged.issued_at >= lagged.event_time
    )`);
}

/** A version that served against one prediction for all rows. */
export function constantRows(of: ComparedWindow, subject: string, constant: Constant): ComparedRowsQuery {
  const sql = statement(of);
  const version = sql.bind(subject);
  return sql.end(`
    paired as (
      select event_time, actual, actual_class, outcome.prediction, outcome.predicted_class,
        ${sql.chances('outcome.probabilities')} as chances, ${sql.bind(constant.prediction)}::float8 as other_prediction,
        ${sql.bind(constant.predictedClass)}::text as other_class, ${sql.bind(constant.chances)}::float8[] as other_chances
      from outcomes outcome
      where ${sql.isInWindow} and outcome.version = ${version} and outcome.role = 'serving'
    )`);
}

/** Two versions on the different rows that each served, in the hours in which both did. */
export function splitRows(of: ComparedWindow, subject: string, against: string): ComparedRowsQuery {
  const sql = statement(of);
  const versions = [sql.bind(subject), sql.bind(against)] as const;
  const hour = `date_trunc('hour', event_time)`;
  const usable =
    of.monitor.task === 'regression'
      ? `abs(prediction) <= ${largest} and abs(actual) <= ${largest}`
      : 'predicted_class is not null and actual_class is not null';
  return {
    expressions: `
    served as materialized (
      select outcome.version, event_time, prediction, predicted_class, ${sql.chances('probabilities')} as chances, actual,
        actual_class
      from outcomes outcome
      where ${sql.isInWindow} and outcome.version in (${versions.join(', ')}) and outcome.role = 'serving'
    ),
    shared_hours as (select ${hour} as hour from served group by 1 having count(distinct version) = 2),
    compared as (
      select case version when ${versions[0]} then 'subject' else 'against' end as side, event_time, prediction, predicted_class,
        chances, actual, actual_class, null::text as other_class, ${sql.isScored(['chances'])} as scored
      from served
      where ${hour} in (select hour from shared_hours) and ${usable}
    )`,
    values: sql.values,
  };
}

interface StatementParts {
  readonly values: unknown[];
  readonly isInWindow: string;
  bind(value: unknown): string;
  /** The chances that jsonb gives to the classes: null where it has none, and with two classes the rest of the other one. */
  chances(probabilities: string): string;
  oneHot(label: string): string;
  isScored(chances: readonly string[]): string;
  /** Expressions that end in `paired`, and both sides of its usable rows. */
  end(expressions: string): ComparedRowsQuery;
}

function statement({ monitor, window }: ComparedWindow): StatementParts {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const classes = monitor.task === 'classification' ? (monitor.classes ?? []) : [];
  const bound = classes.map((label) => `${bind(label)}::text`);
  const model = bind(monitor.model);
  const isInWindow = `outcome.model = ${model} and outcome.event_time >= ${bind(toTimestamp(window.start))} and outcome.event_time < ${bind(toTimestamp(window.end))}`;
  const none = 'null::float8[]';
  const arrayOf = (chances: readonly string[]): string =>
    chances.length === 0 ? none : `array[${chances.join(', ')}]`;

  const chances = (probabilities: string): string => {
    const numbers = bound.map(
      (label) =>
        // A number of JSON may be one that no float8 holds; of chances, 40 digits are more than a logarithm asks for.
        `case when jsonb_typeof(${probabilities} -> ${label}) = 'number' and (${probabilities} ->> ${label})::numeric between -1 and 2 ` +
        `then round((${probabilities} ->> ${label})::numeric, 40)::float8 end`,
    );
    if (numbers.length !== 2) return arrayOf(numbers);
    return arrayOf(numbers.map((own, i) => `coalesce(${own}, 1 - ${numbers[1 - i]})`));
  };
  const isScored = (all: readonly string[]): string => {
    if (classes.length === 0) return 'false';
    const usable = all.map((one) => `-${slack} <= all (${one}) and 1 + ${slack} >= all (${one})`);
    return `coalesce(actual_class in (${bound.join(', ')}) and ${usable.join(' and ')}, false)`;
  };
  const usable =
    monitor.task === 'regression'
      ? `abs(prediction) <= ${largest} and abs(other_prediction) <= ${largest} and abs(actual) <= ${largest}`
      : 'predicted_class is not null and other_class is not null and actual_class is not null';
  return {
    values,
    isInWindow,
    bind,
    chances,
    oneHot: (label) => arrayOf(bound.map((one) => `(${label} = ${one})::int::float8`)),
    isScored,
    end: (expressions) => ({
      expressions: `${expressions},
    usable as materialized (
      select *, ${isScored(['chances', 'other_chances'])} as scored from paired where ${usable}
    ),
    compared as (
      select 'subject' as side, event_time, prediction, predicted_class, chances, actual, actual_class, other_class, scored
      from usable
      union all
      select 'against', event_time, other_prediction, other_class, other_chances, actual, actual_class, predicted_class, scored
      from usable
    )`,
      values,
    }),
  };
}
