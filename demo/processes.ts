/** The processes of the demo beside the servers: the model service and a Tidewatch worker, set up by the real commands. */

import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

import { openDatabase } from '../sql/database.ts';
import type { Scenario } from './scenarios.ts';
import type { Child } from './stack/child-process.ts';
import { startChild } from './stack/child-process.ts';
import { freeLoopbackPort } from './stack/loopback-ports.ts';
import type { Stack } from './stack/stack.ts';
import { until } from './stack/until.ts';

export interface Processes {
  readonly databaseUrl: string;
  readonly serviceUrl: string;
  /** Health and scrape endpoint of the worker. */
  readonly workerUrl: string;
  /** The web pages, which the worker serves. */
  readonly consoleUrl: string;
  /** What commands need to reach this demo, link to its pages, and write to its people. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

interface ProcessOptions {
  readonly root: string;
  readonly stateDirectory: string;
  readonly scenario: Scenario;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

const databaseName = 'tidewatch';
/** Node runs the TypeScript sources through tsx. */
const node = ['--import', 'tsx'];

/** Migrates a new database, fits the first model, applies the monitor with its schedules paused, starts a worker. */
export async function startProcesses(stack: Stack, options: ProcessOptions): Promise<Processes> {
  const { root, stateDirectory, scenario, say, signal } = options;
  const admin = openDatabase({ url: stack.postgres.url('postgres'), poolSize: 1 });
  await admin.execute(`create database ${databaseName}`);
  await admin.close();
  const databaseUrl = stack.postgres.url(databaseName);
  const consolePort = await freeLoopbackPort();
  const consoleUrl = `http://127.0.0.1:${consolePort}`;
  const addresses = {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: stack.temporal.address,
    TEMPORAL_UI_URL: stack.temporal.uiUrl,
    PUSHGATEWAY_URL: stack.pushgateway.url,
    ...(stack.slack !== undefined && { SLACK_WEBHOOK_URL: stack.slack.url }),
    ...(stack.smtp !== undefined && { SMTP_URL: stack.smtp.url }),
    // Messages of alerts link there.
    TIDEWATCH_CONSOLE_URL: consoleUrl,
  };
  const environment = {
    ...process.env,
    ...addresses,
    TIDEWATCH_HTTP_PORT: '0',
    TIDEWATCH_CONSOLE: 'on',
    TIDEWATCH_CONSOLE_PORT: String(consolePort),
    NODE_OPTIONS: '',
  };
  const tidewatch = (...args: string[]): Promise<unknown> =>
    promisify(execFile)(process.execPath, [...node, join(root, 'cli/tidewatch.ts'), ...args], {
      cwd: root,
      env: environment,
      signal,
    });
  const logs = join(stateDirectory, 'logs');
  const start = (name: string, args: readonly string[]): Child =>
    startChild({
      name,
      command: process.execPath,
      args: [...node, ...args],
      cwd: root,
      env: environment,
      logFile: join(logs, `${basename(name)}.log`),
    });

  await tidewatch('migrate');
  const worker = start('worker', [join(root, 'cli/tidewatch.ts'), 'worker']);
  const service = start('service', [
    join(root, 'demo/service/server.ts'),
    databaseUrl,
    join(stateDirectory, 'models'),
  ]);
  const children = [worker, service];
  const stop = async (): Promise<void> => {
    for (const child of children) await child.stop();
  };
  try {
    const serviceUrl = await urlInLog(service, 'url', signal);
    const monitors = await writeMonitor(options, serviceUrl);
    await Promise.all([
      tidewatch('apply', '--monitors', monitors, '--paused').then(() =>
        say('the monitor and its schedules are applied'),
      ),
      fitFirst(serviceUrl, scenario.model, signal).then(say),
    ]);
    const workerUrl = await urlInLog(worker, 'http', signal);
    say('the worker takes tasks');
    return {
      databaseUrl,
      serviceUrl,
      workerUrl,
      consoleUrl,
      environment: { ...addresses, TIDEWATCH_URL: workerUrl },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The demo's copy of the monitor asks the demo's trainer, on whatever port it has. */
async function writeMonitor(
  { root, stateDirectory, scenario }: ProcessOptions,
  serviceUrl: string,
): Promise<string> {
  const directory = join(stateDirectory, 'monitors');
  const file = `${scenario.model}.yaml`;
  await mkdir(directory, { recursive: true });
  const text = await readFile(join(root, 'monitors', file), 'utf8');
  await writeFile(join(directory, file), text.replace(/^( +url:).*$/m, `$1 ${serviceUrl}`));
  return directory;
}

async function fitFirst(serviceUrl: string, model: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${serviceUrl}/models`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model }),
    signal,
  });
  if (!response.ok) throw new Error(`the first model was not fitted: ${await response.text()}`);
  const { version, rows } = (await response.json()) as { version: string; rows: number };
  return `the first model, ${version}, is fitted on ${rows} rows`;
}

/** A value that a child has written to its log as JSON, once it is there. */
async function urlInLog(child: Child, key: string, signal: AbortSignal): Promise<string> {
  let found: string | undefined;
  await until(
    async () => {
      if (child.ending() !== undefined) throw new Error(`the ${child.name} ended; read ${child.logFile}`);
      found = new RegExp(`"${key}":"(http[^"]+)"`).exec(await readFile(child.logFile, 'utf8'))?.[1];
      return found !== undefined;
    },
    60_000,
    signal,
  );
  if (found === undefined)
    throw new Error(`the ${child.name} is not ready after a minute; read ${child.logFile}`);
  return found;
}
