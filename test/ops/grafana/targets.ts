/** The committed dashboards as their tests read them: a line for every query. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

export const grafanaDirectory = new URL('../../../ops/grafana', import.meta.url).pathname;

const targetSchema = z.object({
  refId: z.string(),
  datasource: z.object({ type: z.string(), uid: z.string() }),
  expr: z.string().optional(),
  rawSql: z.string().optional(),
  format: z.string().optional(),
});

const panelSchema = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  description: z.string().optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(targetSchema).optional(),
  fieldConfig: z
    .object({ defaults: z.object({ unit: z.string().optional() }).loose() })
    .loose()
    .optional(),
});

const dashboardSchema = z.object({
  uid: z.string(),
  title: z.string(),
  description: z.string(),
  editable: z.boolean(),
  links: z.array(z.object({ title: z.string(), url: z.string().optional() }).loose()),
  annotations: z.object({
    list: z.array(z.object({ name: z.string(), target: targetSchema }).loose()).default([]),
  }),
  templating: z.object({
    list: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        query: z.unknown(),
        datasource: z.object({ uid: z.string() }).loose().optional(),
      }),
    ),
  }),
  panels: z.array(panelSchema),
});

export type DashboardFile = z.output<typeof dashboardSchema>;

export interface Target {
  readonly dashboard: string;
  readonly panel: string;
  readonly source: 'prometheus' | 'postgres';
  readonly query: string;
  readonly format: string | undefined;
}

export async function readDashboards(): Promise<readonly DashboardFile[]> {
  const names = (await readdir(join(grafanaDirectory, 'json'))).toSorted();
  return Promise.all(
    names.map(async (name) =>
      dashboardSchema.parse(JSON.parse(await readFile(join(grafanaDirectory, 'json', name), 'utf8'))),
    ),
  );
}

/** Queries of panels, annotations and variables. */
export async function readTargets(): Promise<readonly Target[]> {
  return (await readDashboards()).flatMap(({ title, panels, annotations, templating }) => [
    ...panels.flatMap((panel) => (panel.targets ?? []).map((target) => toTarget(title, panel.title, target))),
    ...annotations.list.map(({ name, target }) => toTarget(title, name, target)),
    ...templating.list
      .filter(({ type }) => type === 'query')
      .map(({ name, query }) => ({
        dashboard: title,
        panel: `$${name}`,
        format: undefined,
        ...chosenFrom(query),
      })),
  ]);
}

/** What the values of a variable are taken from: rows, or the series that have a label. */
function chosenFrom(query: unknown): Pick<Target, 'source' | 'query'> {
  if (typeof query === 'string') return { source: 'postgres', query };
  const { query: call } = z.object({ query: z.string() }).parse(query);
  const [, series] = /^label_values\((.+), \w+\)$/.exec(call) ?? [];
  if (series === undefined) throw new Error(`not the values of a label: ${call}`);
  return { source: 'prometheus', query: series };
}

function toTarget(
  dashboard: string,
  panel: string,
  { expr, rawSql, format }: z.output<typeof targetSchema>,
): Target {
  const source = expr === undefined ? 'postgres' : 'prometheus';
  return { dashboard, panel, source, query: expr ?? rawSql ?? '', format };
}
