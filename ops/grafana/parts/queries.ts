/** What panels ask, and whom. Data sources are variables of each dashboard, so that it works in any Grafana that has the two. */

import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';

export const prometheusSource = {
  type: 'prometheus',
  uid: '${prometheus}',
} as const satisfies DataSourceRef;
export const postgresSource = {
  type: 'grafana-postgresql-datasource',
  uid: '${postgres}',
} as const satisfies DataSourceRef;

export interface Query {
  readonly source: DataSourceRef;
  /** A panel calls its queries A, B, C ... */
  as(refId: string): Builder<Dataquery>;
}

/** A range of Prometheus; `legend` names each series, such as `{{feature}}`. */
export function promql(expr: string, legend = '__auto'): Query {
  return ofPrometheus(expr, (query) => query.range().legendFormat(legend));
}

/** Its newest value only, one a series: for numbers and bars. */
export function promqlNow(expr: string, legend = '__auto'): Query {
  return ofPrometheus(expr, (query) => query.instant().legendFormat(legend));
}

/** A histogram's buckets, of series with the label `le`. */
export function promqlBuckets(expr: string): Query {
  return ofPrometheus(expr, (query) => query.range().legendFormat('{{le}}').format(PromQueryFormat.Heatmap));
}

function ofPrometheus(expr: string, finish: (query: DataqueryBuilder) => DataqueryBuilder): Query {
  return {
    source: prometheusSource,
    as: (refId) =>
      finish(new DataqueryBuilder().refId(refId).datasource(prometheusSource).expr(oneLine(expr))),
  };
}

/** Series of Postgres: the columns `time`, `metric` (the name of the series) and `value`, ordered by time. */
export function sqlSeries(sql: string): Query {
  return { source: postgresSource, as: (refId) => sqlQuery(refId, sql, 'time_series') };
}

/** Rows of Postgres. */
export function sqlRows(sql: string): Query {
  return { source: postgresSource, as: (refId) => sqlQuery(refId, sql, 'table') };
}

interface SqlQuery extends Dataquery {
  readonly refId: string;
  readonly datasource: DataSourceRef;
  readonly format: 'time_series' | 'table';
  readonly rawQuery: true;
  readonly editorMode: 'code';
  readonly rawSql: string;
}

function sqlQuery(refId: string, sql: string, format: SqlQuery['format']): Builder<Dataquery> {
  return {
    build: (): SqlQuery => ({
      refId,
      datasource: postgresSource,
      format,
      rawQuery: true,
      editorMode: 'code',
      rawSql: sql.trim(),
      _implementsDataqueryVariant: () => undefined,
    }),
  };
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');
