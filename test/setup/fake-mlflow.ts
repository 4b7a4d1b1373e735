/** As much of MLflow's REST API 2.0 as Tidewatch calls, on loopback; test/activities/retraining asks a real server. */

import { startHttpEndpoint } from './http-endpoint.ts';

type Json = Record<string, unknown>;
type Pairs = readonly { readonly key: string; readonly value: unknown }[];

interface Run {
  readonly id: string;
  status: unknown;
  readonly tags: Map<string, unknown>;
  readonly params: Map<string, unknown>;
  readonly metrics: Map<string, unknown>;
}

export interface FakeMlflow {
  readonly url: string;
  /** What it knows, an entry each, as JSON; two that say the same count once. */
  known(): readonly string[];
  reset(): void;
  stop(): Promise<void>;
}

export async function startFakeMlflow(): Promise<FakeMlflow> {
  let runs: Run[] = [];
  let versions: { readonly number: string; readonly source: unknown; readonly tags: Map<string, unknown> }[] =
    [];
  let aliases = new Map<string, unknown>();
  const put = (target: Map<string, unknown>, pairs: unknown): void => {
    for (const { key, value } of pairs as Pairs) target.set(key, value);
  };
  /** The text between the last pair of quotes of a filter. */
  const wanted = (filter: unknown): string => /["']([^"']*)["']\s*$/.exec(String(filter))?.[1] ?? '';
  const runOf = (body: Json): Run => runs.find(({ id }) => id === body['run_id'])!;

  const calls: Readonly<Record<string, (body: Json) => unknown>> = {
    'registered-models/create': () => ({}),
    'experiments/create': () => ({}),
    'experiments/get-by-name': () => ({ experiment: { experiment_id: '1' } }),
    'runs/search': ({ filter }) => ({
      runs: runs
        .filter(({ tags }) => tags.get('tidewatch.retraining') === wanted(filter))
        .slice(0, 1)
        .map(({ id }) => ({ info: { run_id: id } })),
    }),
    'runs/create': ({ tags }) => {
      const run: Run = {
        id: `run ${runs.length + 1}`,
        status: 'RUNNING',
        tags: new Map(),
        params: new Map(),
        metrics: new Map(),
      };
      put(run.tags, tags);
      runs.push(run);
      return { run: { info: { run_id: run.id } } };
    },
    'runs/log-batch': (body) => {
      const run = runOf(body);
      put(run.tags, body['tags']);
      put(run.params, body['params']);
      put(run.metrics, body['metrics']);
      return {};
    },
    'runs/update': (body) => {
      runOf(body).status = body['status'];
      return {};
    },
    'model-versions/search': ({ filter }) => ({
      model_versions: versions
        .filter(({ tags }) => tags.get('tidewatch.version') === wanted(filter))
        .map(({ number }) => ({ version: number })),
    }),
    'model-versions/create': ({ source, tags }) => {
      const version = { number: String(versions.length + 1), source, tags: new Map<string, unknown>() };
      put(version.tags, tags);
      versions.push(version);
      return { model_version: { version: version.number } };
    },
    'model-versions/set-tag': ({ version, key, value }) => {
      versions.find(({ number }) => number === version)?.tags.set(String(key), value);
      return {};
    },
    'registered-models/get': () => ({
      registered_model: { aliases: [...aliases].map(([alias, version]) => ({ alias, version })) },
    }),
    'registered-models/alias': ({ alias, version }) => {
      if (version === undefined) aliases.delete(String(alias));
      else aliases.set(String(alias), version);
      return {};
    },
  };

  const endpoint = await startHttpEndpoint(({ path, body }) => {
    const { pathname, searchParams } = new URL(path, 'http://mlflow');
    const call = calls[pathname.replace('/api/2.0/mlflow/', '')];
    if (call === undefined) return { status: 404, body: '{"error_code": "ENDPOINT_NOT_FOUND"}' };
    const given = body === '' ? Object.fromEntries(searchParams) : (JSON.parse(body) as Json);
    return { status: 200, body: JSON.stringify(call(given)) };
  });
  const entries = (map: ReadonlyMap<string, unknown>): unknown =>
    Object.fromEntries([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return {
    url: endpoint.origin,
    known: () => {
      const all = [
        ...runs.map(({ status, tags, params, metrics }) => ({
          status,
          tags: entries(tags),
          params: entries(params),
          metrics: entries(metrics),
        })),
        ...versions.map(({ source, tags }) => ({ source, tags: entries(tags) })),
        // An alias names one of the entries of the version.
        ...[...aliases].map(([alias, version]) => ({
          alias,
          version: versions.find(({ number }) => number === version)?.tags.get('tidewatch.version'),
        })),
      ];
      return [...new Set(all.map((entry) => JSON.stringify(entry)))].sort();
    },
    reset: () => {
      runs = [];
      versions = [];
      aliases = new Map();
    },
    stop: () => endpoint.stop(),
  };
}
