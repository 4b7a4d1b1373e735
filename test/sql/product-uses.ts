/** What the product does with its database: every activity, the client, the pages of the console, and commands. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Command } from 'commander';
import { vi } from 'vitest';

import { loadSeries } from '../../activities/alerts/series.ts';
import { deleteAllSimulated, deleteSimulated } from '../../activities/retraining/simulated-versions.ts';
import { countByModel, countRows } from '../../activities/storage/retention-store.ts';
import { removableTables } from '../../activities/storage/result-tables.ts';
import { listComplete, listSpans, readDaySums, rollUp } from '../../activities/storage/roll-up-store.ts';
import { addAlerts } from '../../cli/commands/alerts.ts';
import { addExport } from '../../cli/commands/export.ts';
import { addForget } from '../../cli/commands/forget.ts';
import { addIngest } from '../../cli/commands/ingest.ts';
import { addReport } from '../../cli/commands/report.ts';
import { addRetrainings } from '../../cli/commands/retrainings.ts';
import { addRules } from '../../cli/commands/rules.ts';
import { addStatus } from '../../cli/commands/status.ts';
import { addStorage } from '../../cli/commands/storage.ts';
import { checks } from '../../cli/doctor/checks.ts';
import { runChecks } from '../../cli/doctor/run-checks.ts';
import { withSources } from '../../cli/doctor/sources.ts';
import { findingsOf } from '../../cli/schedules/backfill-findings.ts';
import { openClient } from '../../client/tidewatch-client.ts';
import { alertPath, retrainingPath } from '../../console/pages/paths.ts';
import { alertKey } from '../../core/alert/alert.ts';
import { rollUpLevels } from '../../core/storage/roll-up.ts';
import { parseInstant } from '../../core/window.ts';
import { printed } from '../cli/on-database.ts';
import { openTestConsole } from '../console/console-world.ts';
import { model, type World } from '../idempotency/arrangement.ts';
import { cases } from '../idempotency/cases.ts';
import { testServers, type TestDatabase } from '../setup/servers.ts';
import { actualsOf, at, day, predictionsOf } from '../setup/synthetic.ts';

export interface ProductUse {
  readonly name: string;
  readonly prepare: (test: TestDatabase, world: World) => Promise<unknown>;
  readonly use: (test: TestDatabase, world: World) => Promise<unknown>;
}

const activities = cases.map(({ name, prepare, prepareTables, prepareWorld, run }): ProductUse => ({
  name,
  prepare: async ({ database }, world) => {
    await prepare(database, world);
    await prepareTables?.(database);
    await prepareWorld?.(world);
  },
  use: ({ database }, world) => run(world.activities(database)),
}));

/** A model with a night of all that can be looked at. */
const watched = activities.find(({ name }) => name === 'pushMetrics, weekly-report')!.prepare;
const window = { start: day(9), end: day(10) };

const client: ProductUse = {
  name: 'the client',
  prepare: async () => undefined,
  use: async ({ database }) => {
    const opened = openClient({ database });
    await opened.logPredictions('logged', [...predictionsOf({ from: 1, to: 2 }), {} as never]);
    await opened.recordActuals('logged', actualsOf({ from: 1, to: 2 }));
  },
};

const alert = alertPath(alertKey('degradation', model, 'performance'));
const pages = [
  '/',
  '/?verdict=critical',
  ...['', '?days=30&metric=mae', '/now', '/performance', '/drift', '/coverage'].map(
    (part) => `/models/${model}${part}`,
  ),
  ...['', '/distribution', '/history'].map((part) => `/models/${model}/drift/${at(9)}/${at(10)}/x${part}`),
  `/runs/${encodeURIComponent(`drift-detection:${model}`)}/run`,
  '/monitors',
  `/monitors/${model}`,
  '/health',
  '/alerts',
  '/alerts?state=resolved&severity=critical',
  alert,
  '/retrainings',
  retrainingPath(model, at(10, 3)),
  '/reports',
  `/reports/drift/${model}`,
  '/audit?kind=refused&person=nobody',
];

const webPages: ProductUse = {
  name: 'the console',
  prepare: watched,
  use: async ({ database }) => {
    const { get, logged } = await openTestConsole(database, { now: () => parseInstant(at(10, 4)) });
    for (const page of pages) await get(page);
    if (logged.length > 0) throw new Error('a page has failed', { cause: logged[0] });
  },
};

type Run = readonly [add: (program: Command) => void, ...args: readonly string[]];

const commands: ProductUse = {
  name: 'commands',
  prepare: watched,
  use: async (test) => {
    const directory = await mkdtemp(join(tmpdir(), 'tidewatch-commands-'));
    const rows = join(directory, 'rows.csv');
    await writeFile(rows, 'entity,event_time,prediction,x\na,2024-01-20T00:00:00Z,1,2\n');
    const exported = (what: string, format: string): Run => {
      const file = join(directory, `${what}.${format}`);
      return [addExport, 'export', what, '--format', format, '--output', file];
    };
    const runs: readonly Run[] = [
      [addStatus, 'status'],
      [addStatus, 'status', '--explain'],
      [addStatus, 'status', '--model', model, '--explain'],
      [addAlerts, 'alerts', '--all'],
      [addAlerts, 'alerts', 'show', alertKey('degradation', model, 'performance')],
      [addRetrainings, 'retrainings'],
      [addRetrainings, 'retrainings', 'show', model],
      [addStorage, 'storage', '--model', model],
      ...['drift', 'evaluations', 'alerts', 'retrainings'].map((what) => exported(what, 'csv')),
      ...['drift', 'evaluations'].map((what) => exported(what, 'openlineage')),
      exported('drift', 'jsonl'),
      [addRules, 'rules', 'try', '--model', model],
      [addReport, 'report', '--model', model, '--output', join(directory, 'report.html')],
      [addIngest, 'ingest', rows, '--model', model, '--set', 'version=1', '--allow-missing'],
      [addForget, 'forget', model, '--yes', '--monitors', directory],
    ];
    const environment = { DATABASE_URL: test.url, TEMPORAL_ADDRESS: testServers().temporalAddress };
    await withSources(environment, (sources) => runChecks(checks, sources, 20_000));
    for (const [add, ...args] of runs) {
      vi.stubEnv('TEMPORAL_ADDRESS', environment.TEMPORAL_ADDRESS);
      await printed(add, args, test);
    }
    await rm(directory, { recursive: true });
  },
};

/** What comes about only after weeks, or with a trainer that goes wrong. */
const functions: ProductUse = {
  name: 'functions',
  prepare: watched,
  use: async ({ database }) => {
    const spans = { model, referenceId: 'r', segments: [''], spans: [] };
    for (const kind of ['dataset-drift', 'drift', 'missing-data'] as const) {
      const key = alertKey(kind, model, kind === 'dataset-drift' ? 'dataset' : 'x');
      await loadSeries(database, { model, kind, alertKey: key, asOf: day(10) });
    }
    for (const level of rollUpLevels) {
      await listSpans(database, level, model, { id: 'r', before: day(9) });
      await listComplete(database, { ...spans, level });
      await rollUp(database, { ...spans, level });
    }
    await readDaySums(database, { ...spans, level: 'week' });
    await countByModel(database, 'predictions', window);
    await countRows(database, 'predictions', { model, ...window });
    for (const { count } of removableTables) await count(database, { model, before: day(9), kept: [window] });
    await deleteSimulated(database, model, 'simulation-1', window);
    await deleteAllSimulated(database, model);
    for (const process of ['drift-detection', 'performance-evaluation', 'degradation-check'] as const)
      await findingsOf(database, process, { model, current: '1d' }, [day(10)]);
  },
};

export const productUses: readonly ProductUse[] = [client, webPages, commands, functions, ...activities];
