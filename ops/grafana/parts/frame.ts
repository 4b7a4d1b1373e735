/** What all dashboards have in common: variables, annotations, links to each other and to where one reads on. */

import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type {
  AnnotationQuery,
  Dashboard,
  Panel,
  VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';

import { postgresSource, prometheusSource, sqlRows } from './queries.ts';

const tag = 'tidewatch';

/** Where dashboards link to, as people reach it; `?var-console=https://...` in the address of a dashboard changes it. */
export const addresses = {
  console: 'http://127.0.0.1:9465',
  worker: 'http://127.0.0.1:9464',
  temporal: 'http://127.0.0.1:8233',
} as const;

export interface Row {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

export interface DashboardOptions {
  readonly uid: string;
  readonly title: string;
  /** The question that it answers. */
  readonly about: string;
  /** How far back it looks by default. */
  readonly from: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly annotations?: readonly Builder<AnnotationQuery>[];
  readonly rows: readonly Row[];
}

export function dashboard({
  uid,
  title,
  about,
  from,
  variables,
  annotations = [],
  rows,
}: DashboardOptions): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(about)
    .tags([tag])
    .timezone('utc')
    .time({ from, to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .link(
      new DashboardLinkBuilder('Dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .link(pageLink('Console', '${console}'))
    .link(pageLink('Runbooks', '${worker}/runbooks'))
    .link(pageLink('Temporal', '${temporal}'));
  for (const variable of [...sources, ...variables, ...addressVariables]) builder.withVariable(variable);
  for (const annotation of annotations) builder.annotation(annotation);
  for (const { title: rowTitle, panels } of rows) {
    builder.withRow(new RowBuilder(rowTitle));
    for (const panel of panels) builder.withPanel(panel);
  }
  const built = builder.build();
  // Links to a panel stay as they are for as long as its place does.
  return { ...built, panels: (built.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 })) };
}

function pageLink(title: string, url: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title)
    .type(DashboardLinkType.Link)
    .icon('external link')
    .url(url)
    .targetBlank(true);
}

const sources = [
  new DatasourceVariableBuilder('prometheus')
    .label('Prometheus')
    .type(prometheusSource.type)
    .current({ text: 'Prometheus', value: 'tidewatch-prometheus' })
    .hide(VariableHide.HideVariable),
  new DatasourceVariableBuilder('postgres')
    .label('Postgres')
    .type(postgresSource.type)
    .current({ text: 'Postgres', value: 'tidewatch-postgres' })
    .hide(VariableHide.HideVariable),
];

const addressVariables = Object.entries(addresses).map(([name, url]) =>
  new TextBoxVariableBuilder(name).defaultValue(url).hide(VariableHide.HideVariable),
);

export interface VariableOptions {
  readonly name: string;
  readonly label: string;
  readonly several: 'one' | 'many';
}

/** A choice among what a query of Postgres gives, in one column. */
export function sqlVariable({ name, label, several }: VariableOptions, sql: string): Builder<VariableModel> {
  return chosen(
    new QueryVariableBuilder(name).label(label).query(sql.trim()).definition(sql.trim()),
    several,
  ).datasource(postgresSource);
}

/** A choice among the values of a label. */
export function labelVariable(
  { name, label, several }: VariableOptions,
  { series, of }: { readonly series: string; readonly of: string },
): Builder<VariableModel> {
  const query = `label_values(${series}, ${of})`;
  return chosen(
    new QueryVariableBuilder(name).label(label).query({ query, refId: 'variable' }).definition(query),
    several,
  ).datasource(prometheusSource);
}

function chosen(builder: QueryVariableBuilder, several: VariableOptions['several']): QueryVariableBuilder {
  builder.refresh(VariableRefresh.OnTimeRangeChanged);
  return several === 'one'
    ? builder.multi(false).includeAll(false)
    : builder.multi(true).includeAll(true).current({ text: 'All', value: '$__all' });
}

/** Marks on every time axis: the columns `time`, `timeend` (of a span), `text` and `tags` of a query of Postgres. */
export function marks(name: string, iconColor: string, sql: string): Builder<AnnotationQuery> {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(postgresSource)
    .enable(true)
    .iconColor(iconColor)
    .target(sqlRows(sql).as('Anno'));
}
