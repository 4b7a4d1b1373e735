/** Every query of every panel, asked of the servers that it is for, which hold what the product's own activities have made. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openPushgateway } from '../../../activities/metrics/pushgateway.ts';
import { executableOnPath, prometheusToolsMissing } from '../../setup/prometheus-tools.ts';
import { testServers } from '../../setup/servers.ts';
import { at } from '../../setup/synthetic.ts';
import { useDatabase } from '../../setup/world.ts';
import { classification, fillDashboards, processes, regression, shownTime } from './filled.ts';
import { interpolatePromql, interpolateSql, type Variables } from './interpolate.ts';
import { readTargets, type Target } from './targets.ts';
import { service, startDashboardStack, taskQueue, type DashboardStack, type Exporters } from './stack.ts';

/** What has nothing to show of one model; each of these queries has something of the other. */
const staysEmpty: Readonly<Record<string, readonly string[]>> = {
  [regression]: [
    // It has no classes.
    'Model performance: Accuracy as pushed, and the limit of its alert',
    'Model performance: Accuracy as pushed, and the limit of its alert',
    'Model performance: Accuracy as pushed, and the limit of its alert',
    'Model performance: Predicted classes of a day',
    'Model performance: Confidence of a day',
    'Model performance: Confidence: distribution',
    'Model performance: Mean confidence as pushed',
    // The one service serves the other.
    'Model performance: Conversions of the variants',
    'Model performance: Classes that the service predicts',
    'Model performance: Actuals that came back',
    // Its monitor fixes no threshold: limits are drawn of those that do.
    'Data quality: How far features are from their reference',
    // No drift run has compared the importances that its retraining brought.
    'Model performance: Shifts of importance',
  ],
  [classification]: [
    // It predicts no numbers.
    'Model performance: RMSE as pushed, and the limit of its alert',
    'Model performance: RMSE as pushed, and the limit of its alert',
    'Model performance: Predictions: median and quantiles of a day',
    'Model performance: Predictions: distribution',
    // It is well: it has no alert, was not retrained, and every row of it was taken.
    'Model performance: Promotions that helped',
    'Overview: Retrainings',
    'Overview: Alerts that are not resolved',
    'Pipeline health: Alerts opened a day',
    'Pipeline health: Messages by channel',
    'Data quality: Rejected rows',
    'Data quality: Checks that do not hold',
    ...['Overview', 'Model performance', 'Data quality', 'Pipeline health'].flatMap((dashboard) => [
      `${dashboard}: Promotions`,
      `${dashboard}: Alerts`,
    ]),
  ],
};

const exporters: Exporters = {
  node: executableOnPath(['prometheus-node-exporter', 'node_exporter']),
  postgres: executableOnPath(['prometheus-postgres-exporter', 'postgres_exporter']),
};
/** What a query needs that does not run here. */
const missing = ({ query }: Target): string | undefined => {
  if (/\bnode_/.test(query) && exporters.node === undefined) return 'node_exporter';
  if (/\bpg_(?!total|class|inherits)/.test(query) && exporters.postgres === undefined)
    return 'postgres_exporter';
  return undefined;
};

const targets = await readTargets();
const ofPrometheus = targets.filter(({ source }) => source === 'prometheus');
const ofPostgres = targets.filter(({ source }) => source === 'postgres');

const test = useDatabase('shared by all tests');
let directory: string;
let stack: DashboardStack;

describe.skipIf(prometheusToolsMissing)('dashboards (skipped where no prometheus is on PATH)', () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewatch-dashboards-'));
    await fillDashboards(test.database);
    stack = await startDashboardStack({ test, directory, exporters, model: classification });
    await runWorkflows();
  }, 600_000);
  afterAll(async () => {
    await stack?.stop();
    const pushgateway = openPushgateway(testServers().pushgatewayUrl);
    for (const model of [regression, classification]) {
      for (const process of processes) await pushgateway.deleteGroup({ process, model });
    }
    await rm(directory, { recursive: true, force: true });
  });

  it('show something of Prometheus in every query, of each model', { timeout: 180_000 }, async (context) => {
    const skipped = ofPrometheus.filter((target) => missing(target) !== undefined);
    if (skipped.length > 0)
      await context.annotate(`not running: ${[...new Set(skipped.map(missing))].join(', ')}`);
    const asked = ofPrometheus.filter((target) => missing(target) === undefined);
    await expect
      .poll(() => emptyOf(asked, askPrometheus), { timeout: 120_000, interval: 2_000 })
      .toEqual(knownEmpty(asked));
  });

  it('show something of Postgres in every query, of each model', async () => {
    expect(await emptyOf(ofPostgres, askPostgres)).toEqual(knownEmpty(ofPostgres));
  });
});

/** One workflow that succeeds and one that is refused, so that the worker has something to count. */
async function runWorkflows(): Promise<void> {
  const connection = await Connection.connect({ address: testServers().temporalAddress });
  const { workflow } = new Client({ connection });
  const run = (args: unknown): Promise<unknown> =>
    workflow.execute('performanceEvaluation', {
      workflowId: `dashboards-${randomBytes(6).toString('hex')}`,
      taskQueue,
      args: [args],
    });
  await run({ model: regression, asOf: at(46, 4) });
  await expect(run({})).rejects.toThrow('Workflow execution failed');
  await connection.close();
}

/** The queries that give nothing, as their panels are called: of those about a model, for which of the two. */
async function emptyOf(
  asked: readonly Target[],
  ask: (target: Target, variables: Variables) => Promise<number>,
): Promise<readonly string[]> {
  const empty: string[] = [];
  for (const target of asked) {
    const isOfModel = /\$\{?(model|metric)\b/.test(target.query);
    for (const variables of isOfModel ? variablesOfModels : variablesOfModels.slice(0, 1))
      if ((await ask(target, variables)) === 0)
        empty.push(`${nameOf(target)}${isOfModel ? ` of ${variables['model']![0]}` : ''}`);
  }
  return empty.toSorted();
}

const nameOf = ({ dashboard, panel }: Target): string => `${dashboard.replace('Tidewatch / ', '')}: ${panel}`;

/** Of these queries, those that are known to give nothing; a panel stands here once a query. */
function knownEmpty(asked: readonly Target[]): readonly string[] {
  const names = new Set(asked.map(nameOf));
  return Object.entries(staysEmpty)
    .flatMap(([model, panels]) =>
      panels.filter((panel) => names.has(panel)).map((panel) => `${panel} of ${model}`),
    )
    .toSorted();
}

const variablesOfModels: readonly Variables[] = [
  { model: [regression], metric: ['rmse'], feature: ['x', 'c'], job: [service], node: ['.+'] },
  { model: [classification], metric: ['accuracy'], feature: ['x', 'c'], job: [service], node: ['.+'] },
];

/** How many samples of the last minutes are not NaN: a series of nothing but NaN is an empty panel. */
async function askPrometheus({ query }: Target, variables: Variables): Promise<number> {
  const now = Date.now() / 1000;
  const url = new URL('/api/v1/query_range', stack.prometheusUrl);
  const range = { start: String(now - 300), end: String(now), step: '5' };
  for (const [name, value] of Object.entries({ query: interpolatePromql(query, variables), ...range }))
    url.searchParams.set(name, value);
  const answer = (await (await fetch(url)).json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data: { readonly result: readonly { readonly values: readonly [number, string][] }[] };
  };
  expect(answer.status, `${query}: ${answer.error ?? ''}`).toBe('success');
  return answer.data.result.flatMap(({ values }) => values).filter(([, text]) => text !== 'NaN').length;
}

async function askPostgres({ query, format, panel }: Target, variables: Variables): Promise<number> {
  const rows = await test.database.query<Record<string, unknown>>(
    interpolateSql(query, variables, shownTime),
  );
  if (format === 'time_series' && rows.length > 0) {
    expect(Object.keys(rows[0]!), panel).toEqual(['time', 'metric', 'value']);
    const times = rows.map(({ time }) => Number(time));
    expect(times, panel).toEqual(times.toSorted((a, b) => a - b));
    // Grafana takes a text for the name of a series, and needs a number to draw.
    expect(
      rows.filter(({ value }) => !Number.isFinite(Number(value ?? Number.NaN))),
      panel,
    ).toEqual([]);
  }
  return rows.length;
}
