/**
 * An MLflow server: its model registry and its tracking, over its REST API 2.0
 * (https://mlflow.org/docs/latest/rest-api.html). Each call may be repeated.
 */

import { z } from 'zod';

import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { boundedText } from '../alerts/bounded-text.ts';

/** Where, and as what. */
export interface MlflowTarget {
  readonly url: string;
  /** The name of the registered model, and of the experiment that has its retrainings. */
  readonly registeredModel: string;
}

export interface MlflowMetric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds. */
  readonly timestamp: number;
}

/** A retraining, as a run of the experiment. */
export interface MlflowRun {
  /** The same for every record of it. */
  readonly key: string;
  readonly name: string;
  readonly status: 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly metrics: readonly MlflowMetric[];
}

export interface MlflowVersion {
  /** As Tidewatch knows it; MLflow numbers versions by itself. */
  readonly version: string;
  /** MLflow's number, where the trainer has registered it there itself. */
  readonly registeredAs: string | null;
  /** Where the model is. */
  readonly source: string;
  /** Did this retraining make it? */
  readonly ofRun: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export interface MlflowRecord {
  readonly run: MlflowRun;
  readonly versions: readonly MlflowVersion[];
  /** Alias -> version; of the aliases that Tidewatch owns, one that is not here is taken away. */
  readonly aliases: Readonly<Record<string, string>>;
}

export interface Mlflow {
  /** Brings the server to what the record says. */
  record(target: MlflowTarget, record: MlflowRecord): Promise<void>;
}

export interface MlflowOptions {
  /** Sent to servers of this origin only. */
  readonly token?: { readonly origin: string; readonly token: string } | undefined;
  readonly timeoutMs?: number;
}

/** Much more than a model with hundreds of aliases has. */
const longestAnswerBytes = 4 * 1024 * 1024;
const ownAliases = ['champion', 'challenger', 'previous'] as const;
const versionTag = 'tidewatch.version';
const runTag = 'tidewatch.retraining';

/**
 * @throws (each call) TidewatchError `MLFLOW_UNREACHABLE` for no answer or a 5xx, `MLFLOW_REFUSED` for anything else that is no
 * success
 */
export function openMlflow({ token, timeoutMs = 30_000 }: MlflowOptions = {}): Mlflow {
  return {
    async record(target, { run, versions, aliases }) {
      const server = connect(target, { token, timeoutMs });
      await server.ask('registered-models/create', { name: target.registeredModel }, exists);
      const runId = await recordRun(server, target, run);
      const numbers = await recordVersions(server, target, versions, runId);
      await recordAliases(server, target, aliases, numbers);
    },
  };
}

async function recordRun(server: Server, target: MlflowTarget, run: MlflowRun): Promise<string> {
  const experimentId = await ensureExperiment(server, target);
  const { key, name, status, startedAt, endedAt, params, tags, metrics } = run;
  const found = await server.read(runsSchema, 'runs/search', {
    experiment_ids: [experimentId],
    filter: `tags.\`${runTag}\` = ${quoted(key)}`,
    order_by: ['attributes.start_time'],
    max_results: 1,
  });
  const known = found.runs[0]?.info.run_id;
  const created =
    known === undefined &&
    (await server.read(runSchema, 'runs/create', {
      experiment_id: experimentId,
      run_name: name,
      start_time: startedAt,
      tags: pairsOf({ ...tags, [runTag]: key }),
    }));
  const runId = created ? created.run.info.run_id : known!;
  await server.ask('runs/log-batch', {
    run_id: runId,
    params: pairsOf(params),
    tags: pairsOf(tags),
    metrics: metrics.map((metric) => ({ ...metric, step: 0 })),
  });
  await server.ask('runs/update', { run_id: runId, status, ...(endedAt !== null && { end_time: endedAt }) });
  return runId;
}

async function ensureExperiment(server: Server, { registeredModel: name }: MlflowTarget): Promise<string> {
  await server.ask('experiments/create', { name }, exists);
  const found = await server.read(experimentSchema, 'experiments/get-by-name', undefined, {
    experiment_name: name,
  });
  return found.experiment.experiment_id;
}

/** Version -> MLflow's number. */
async function recordVersions(
  server: Server,
  { registeredModel: name }: MlflowTarget,
  versions: readonly MlflowVersion[],
  runId: string,
): Promise<ReadonlyMap<string, string>> {
  const numbers = new Map<string, string>();
  for (const { version, registeredAs, source, ofRun, tags } of versions) {
    const known = registeredAs ?? (await findVersion(server, name, version));
    const all = { ...tags, [versionTag]: version };
    if (known === undefined) {
      const created = await server.read(createdSchema, 'model-versions/create', {
        name,
        source,
        tags: pairsOf(all),
        ...(ofRun && { run_id: runId }),
      });
      numbers.set(version, created.model_version.version);
      continue;
    }
    numbers.set(version, known);
    for (const { key, value } of pairsOf(all))
      await server.ask('model-versions/set-tag', { name, version: known, key, value });
  }
  return numbers;
}

async function findVersion(server: Server, name: string, version: string): Promise<string | undefined> {
  const found = await server.read(versionsSchema, 'model-versions/search', undefined, {
    filter: `name = ${quoted(name)} and tags.\`${versionTag}\` = ${quoted(version)}`,
    max_results: '10',
  });
  // Of two that were made at once, every later record takes the same.
  return found.model_versions.map(({ version: number }) => number).sort((a, b) => Number(a) - Number(b))[0];
}

async function recordAliases(
  server: Server,
  { registeredModel: name }: MlflowTarget,
  aliases: MlflowRecord['aliases'],
  numbers: ReadonlyMap<string, string>,
): Promise<void> {
  const found = await server.read(registeredSchema, 'registered-models/get', undefined, { name });
  const present = new Map(found.registered_model.aliases.map(({ alias, version }) => [alias, version]));
  for (const alias of ownAliases) {
    const version = numbers.get(aliases[alias] ?? '');
    if (version === undefined && present.has(alias))
      await server.ask('registered-models/alias', undefined, missing, { name, alias }, 'DELETE');
    if (version !== undefined && present.get(alias) !== version)
      await server.ask('registered-models/alias', { name, alias, version });
  }
}

const runInfo = z.object({ info: z.object({ run_id: z.string() }) });
const runSchema = z.object({ run: runInfo });
const runsSchema = z.object({ runs: z.array(runInfo).default([]) });
const experimentSchema = z.object({ experiment: z.object({ experiment_id: z.string() }) });
const numbered = z.object({ version: z.string() });
const createdSchema = z.object({ model_version: numbered });
const versionsSchema = z.object({ model_versions: z.array(numbered).default([]) });
const registeredSchema = z.object({
  registered_model: z.object({
    aliases: z.array(z.object({ alias: z.string(), version: z.string() })).default([]),
  }),
});
const errorSchema = z.object({ error_code: z.string(), message: z.string().default('') });

/** What a call may answer beside success. */
const exists = 'RESOURCE_ALREADY_EXISTS';
const missing = 'RESOURCE_DOES_NOT_EXIST';

interface Server {
  /** Posts a body; without one, asks with a query. */
  ask(
    call: string,
    body: unknown,
    accepted?: string,
    query?: Readonly<Record<string, string>>,
    method?: 'DELETE',
  ): Promise<unknown>;
  /** The same for an answer that something is read of. */
  read<Schema extends z.ZodType>(
    schema: Schema,
    call: string,
    body: unknown,
    query?: Readonly<Record<string, string>>,
  ): Promise<z.output<Schema>>;
}

function connect({ url }: MlflowTarget, { token, timeoutMs = 30_000 }: MlflowOptions): Server {
  const authorization =
    token !== undefined && new URL(url).origin === token.origin
      ? { authorization: `Bearer ${token.token}` }
      : {};
  const refused = (reason: string): TidewatchError =>
    new TidewatchError('MLFLOW_REFUSED', { address: url, reason });
  const server: Server = {
    async read(schema, call, body, query) {
      const read = schema.safeParse(await server.ask(call, body, undefined, query));
      if (read.success) return read.data;
      const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      throw refused(`${call}: its answer is not one of MLflow (${problems.join('; ')})`.slice(0, 300));
    },
    async ask(call, body, accepted, query, method) {
      const address = new URL(`${url.replace(/\/$/, '')}/api/2.0/mlflow/${call}`);
      if (query !== undefined && method === undefined) address.search = new URLSearchParams(query).toString();
      const content = body ?? (method === undefined ? undefined : query);
      let response: Response;
      let text: string | undefined;
      try {
        response = await fetch(address, {
          method: method ?? (content === undefined ? 'GET' : 'POST'),
          headers: { ...authorization, ...(content !== undefined && { 'content-type': 'application/json' }) },
          ...(content !== undefined && { body: JSON.stringify(content) }),
          signal: AbortSignal.timeout(timeoutMs),
        });
        text = await boundedText(response, longestAnswerBytes);
      } catch (error) {
        throw new TidewatchError(
          'MLFLOW_UNREACHABLE',
          { address: url, reason: reasonOf(error) },
          { cause: error },
        );
      }
      if (text === undefined)
        throw refused(`${call}: its answer is longer than ${longestAnswerBytes / 1024 / 1024} MB`);
      const answer = parseJson(text);
      if (response.ok) return answer;
      const error = errorSchema.safeParse(answer).data;
      if (error !== undefined && error.error_code === accepted) return {};
      const reason = `${call}: ${response.status} ${error?.message ?? text}`.trim().slice(0, 300);
      if (response.status < 500 && response.status !== 429) throw refused(reason);
      throw new TidewatchError('MLFLOW_UNREACHABLE', { address: url, reason });
    },
  };
  return server;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pairsOf(record: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

/** MLflow's filters have no escape: a text with one kind of quotes goes into the other. */
function quoted(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}
