/** A real MLflow server, where there is one: see test/setup/install-mlflow.sh. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const installed = new URL('../../.tidewatch/mlflow/bin/mlflow', import.meta.url).pathname;

/** The path of the program: TIDEWATCH_MLFLOW, or what was installed here; undefined where there is none. */
export function findMlflow(): string | undefined {
  const given = process.env['TIDEWATCH_MLFLOW'];
  if (given !== undefined && given !== '') return given;
  return existsSync(installed) ? installed : undefined;
}

export interface MlflowServer {
  readonly url: string;
  stop(): Promise<void>;
}

const startLimitMs = 120_000;

export async function startMlflow(program: string): Promise<MlflowServer> {
  const directory = await mkdtemp(join(tmpdir(), 'tidewatch-mlflow-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(
    program,
    [
      'server',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--workers',
      '1',
      '--backend-store-uri',
      `sqlite:///${directory}/mlflow.db`,
      '--default-artifact-root',
      directory,
    ],
    // A group of its own: the server starts workers.
    { stdio: 'ignore', detached: true },
  );
  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      process.kill(-server.pid!, 'SIGTERM');
      await ended;
    }
    await rm(directory, { recursive: true, force: true });
  };
  for (const began = Date.now(); Date.now() - began < startLimitMs; await pause(250)) {
    if (server.exitCode !== null) break;
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok === true) return { url, stop };
  }
  await stop();
  throw new Error(`${program} server did not start`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

type Pairs = readonly { readonly key: string; readonly value: string | number }[];

const textOf = (pairs: Pairs): Record<string, string | number> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value]));

/** What an MLflow server knows of a registered model and of the experiment of the same name. */
export async function readMlflow(url: string, name: string) {
  async function ask<T>(call: string, query: Readonly<Record<string, string>>): Promise<T> {
    const answer = await fetch(`${url}/api/2.0/mlflow/${call}?${new URLSearchParams(query).toString()}`);
    return (await answer.json()) as T;
  }
  const { registered_model: registered } = await ask<{
    registered_model: { aliases: { alias: string; version: string }[] };
  }>('registered-models/get', { name });
  const { model_versions: versions } = await ask<{
    model_versions: { version: string; source: string; run_id: string; tags: Pairs }[];
  }>('model-versions/search', { filter: `name = "${name}"` });
  const { experiment } = await ask<{ experiment: { experiment_id: string } }>('experiments/get-by-name', {
    experiment_name: name,
  });
  const answer = await fetch(`${url}/api/2.0/mlflow/runs/search`, {
    method: 'POST',
    body: JSON.stringify({ experiment_ids: [experiment.experiment_id] }),
    headers: { 'content-type': 'application/json' },
  });
  const { runs } = (await answer.json()) as {
    runs: {
      info: Record<string, unknown> & { run_id: string };
      data: Record<'metrics' | 'params' | 'tags', Pairs>;
    }[];
  };
  const pointsOf = async (run: string, metric: string): Promise<number> => {
    const history = await ask<{ metrics: unknown[] }>('metrics/get-history', {
      run_id: run,
      metric_key: metric,
    });
    return history.metrics.length;
  };
  return {
    aliases: Object.fromEntries(registered.aliases.map(({ alias, version }) => [alias, version])),
    versions: versions
      .map(({ version, source, run_id: run, tags }) => ({ version, source, run, tags: textOf(tags) }))
      .toSorted((a, b) => Number(a.version) - Number(b.version)),
    runs: await Promise.all(
      runs.map(async ({ info, data }) => ({
        info,
        params: textOf(data.params),
        metrics: textOf(data.metrics),
        points: await Promise.all(data.metrics.map(({ key }) => pointsOf(info.run_id, key))),
      })),
    ),
  };
}
