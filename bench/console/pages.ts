/**
 * How long does the console take over a page, with many models and years of daily results?
 *
 *     npx tsx bench/console/pages.ts [--models 1000] [--days 730] [--features 8] [--repetitions 40] [--only <page>] [--filled <url>] [--url postgres://...] [--json]
 *
 * Fills a database with a day's results of every model for every day: evaluations of 1, 7 and 30 days in two revisions, a drift
 * run with a result for each column, a degradation check, quality checks (17 minutes on two busy cores, 6 GB), or takes one that was filled
 * before (`--filled`). Then asks for each page again and again, each time of another model, as the HTTP server would, and takes
 * the time until its last byte. Postgres and the console share the machine; `processor` is the console's alone.
 */

import { cpus, loadavg } from 'node:os';

import Table from 'cli-table3';

import { pngOf } from '../../activities/reports/png.ts';
import { consoleApp } from '../../console/server/server.ts';
import { dayMs, floorToDay, formatInstant, hourMs } from '../../core/window.ts';
import { openDatabase, type Database } from '../../sql/database.ts';
import { readOptions } from '../options.ts';
import { withBenchDatabase } from '../performance/database.ts';
import { machineText } from '../profiles/timing.ts';
import { fillHistory, modelName } from './fill.ts';

const {
  models,
  days,
  features,
  repetitions,
  only,
  filled,
  url: server,
  json,
} = readOptions({
  models: 1_000,
  days: 730,
  features: 8,
  repetitions: 40,
  only: String,
  filled: String,
  url: String,
  json: false,
});
const end = floorToDay(Date.now());

/** A path for each repetition. */
const pages: Readonly<Record<string, (model: string, i: number) => string>> = {
  'all models': () => '/',
  'all models, another page and order': (_, i) => `/?sort=alerts&page=${1 + (i % 20)}`,
  'one model, 90 days': (model) => `/models/${model}`,
  'one model, 2 years': (model) => `/models/${model}?days=730`,
  'its performance as CSV, 2 years': (model) => `/models/${model}/performance.csv?days=730`,
  'its performance as PNG': (model) => `/models/${model}/performance.png`,
  'a column in a drift run': (model, i) =>
    `/models/${model}/drift/${formatInstant(end - (7 + (i % 14)) * dayMs)}/${formatInstant(end - (i % 14) * dayMs)}/feature_${1 + (i % features)}`,
  'a run': (model) => `/runs/drift-detection%3A${model}/run-${new Date(end).toISOString().slice(0, 10)}`,
  'alerts that are open': () => '/alerts',
  'alerts that are over': (_, i) => `/alerts?state=resolved&page=${1 + (i % 20)}`,
  'an alert': (model) => `/alerts/degradation%3A${model}%3Armse`,
  'all retrainings': () => '/retrainings',
  'all reports': () => '/reports',
  'all monitors': () => '/monitors',
  'one monitor': (model) => `/monitors/${model}`,
  health: () => '/health',
};

interface Measured {
  readonly page: string;
  readonly median: number;
  readonly p95: number;
  /** Of the console's own process. */
  readonly processor: number;
  readonly kilobytes: number;
}

const nothingIsDone = (): Promise<never> => Promise.reject(new Error('this benchmark only looks'));

async function measure(database: Database): Promise<Measured[]> {
  const app = await consoleApp({
    database,
    access: {
      everybody: { name: 'bench', role: 'operator' },
      tokens: {},
      cookieSecret: 'of a benchmark',
      sessionMs: hourMs,
      proxies: 0,
    },
    temporalUiUrl: 'http://127.0.0.1:8233/namespaces/default',
    actions: { changeAlert: nothingIsDone, changeRetraining: nothingIsDone },
    askTemporal: async () => ({ pauses: { paused: [], schedules: 4 }, runs: [] }),
    documents: async () => undefined,
    pngOf,
    now: Date.now,
    log: (error) => console.error(error),
  });
  const ask = async (path: string): Promise<number> => {
    const answer = await app.request(`http://127.0.0.1${path}`);
    const { byteLength } = await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}`);
    return byteLength;
  };
  const measured: Measured[] = [];
  for (const [page, pathOf] of Object.entries(pages)) {
    if (only !== undefined && page !== only) continue;
    const times: number[] = [];
    let bytes = 0;
    // Once more, for what is read and compiled only once.
    await ask(pathOf(modelName(models), 0));
    const before = process.cpuUsage();
    for (let i = 0; i < repetitions; i += 1) {
      const started = performance.now();
      bytes = await ask(pathOf(modelName(1 + ((i * 37) % models)), i));
      times.push(performance.now() - started);
    }
    const { user, system } = process.cpuUsage(before);
    times.sort((a, b) => a - b);
    const at = (share: number): number =>
      times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
    measured.push({
      page,
      median: at(0.5),
      p95: at(0.95),
      processor: (user + system) / 1_000 / repetitions,
      kilobytes: bytes / 1_000,
    });
  }
  return measured;
}

async function measureFilled(url: string): Promise<Measured[]> {
  const database = openDatabase({ url, poolSize: 4, applicationName: 'bench-console', pipelined: true });
  try {
    return await measure(database);
  } finally {
    await database.close();
  }
}

const load = loadavg()[0]!;
const measured =
  filled === undefined
    ? await withBenchDatabase(server, async (database, url) => {
        await fillHistory(database, { models, days, features, end });
        return measureFilled(url);
      })
    : await measureFilled(filled);

const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
if (json) {
  console.log(JSON.stringify({ machine, load, models, days, features, repetitions, measured }, undefined, 2));
} else {
  const table = new Table({ head: ['page', 'median, ms', 'p95, ms', 'processor, ms', 'kB'] });
  for (const { page, median, p95, processor, kilobytes } of measured)
    table.push([page, median.toFixed(0), p95.toFixed(0), processor.toFixed(0), kilobytes.toFixed(0)]);
  console.log(`${machine}, load ${load.toFixed(1)}; ${models} models, ${days} days, ${features} features`);
  console.log(table.toString());
}
