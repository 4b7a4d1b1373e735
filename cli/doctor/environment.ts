/** Is what the environment says usable, and does every alert route lead to a channel that it configures? */

import { openChannels } from '../../activities/alerts/channels.ts';
import { TidewatchError } from '../../core/errors.ts';
import { readConfiguration, type Configuration } from '../../worker/configuration.ts';
import { unconfiguredRoutes } from '../../worker/route-check.ts';
import type { Finding } from './check.ts';
import type { Sources } from './sources.ts';
import { unreachedModels } from './unreached-models.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ReadEnvironment {
  /** What can be used of it: where something is wrong, no more than where the dependencies are. */
  readonly configuration: Configuration;
  readonly problems: readonly string[];
  /** False where nothing says which database. */
  readonly hasDatabase: boolean;
}

/** Where the dependencies are: all that most checks need. */
const addresses = [
  'DATABASE_URL',
  'DATABASE_URL_FILE',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'TEMPORAL_TASK_QUEUE',
  'PUSHGATEWAY_URL',
];
/** Keeps what is read well-formed; nothing connects to it. */
const noDatabase = 'postgres://localhost/none';

export function readEnvironment(environment: Environment): ReadEnvironment {
  try {
    return { configuration: readConfiguration(environment), problems: [], hasDatabase: true };
  } catch (error) {
    if (!(error instanceof TidewatchError)) throw error;
    const problems = String(error.details['problems'])
      .split('\n')
      .map((line) => line.trim());
    const wrong = new Set(problems.map((problem) => /^\w+/.exec(problem)?.[0] ?? ''));
    const usable = addresses.flatMap((name) => {
      const value = environment[name];
      return value === undefined || value === '' || wrong.has(name) ? [] : [[name, value] as const];
    });
    const hasDatabase = usable.some(([name]) => name.startsWith('DATABASE_URL'));
    const given = { ...(!hasDatabase && { DATABASE_URL: noDatabase }), ...Object.fromEntries(usable) };
    return { configuration: readConfiguration(given), problems, hasDatabase };
  }
}

export function judgeEnvironment(problems: readonly string[]): Finding {
  if (problems.length === 0) return { level: 'ok', words: 'everything that is set can be used' };
  return {
    level: 'critical',
    words: `${problems.length} of its variables cannot be used`,
    details: problems,
    fix: 'set them for this command and for the worker; `tidewatch --help` says what each is',
  };
}

interface RouteFacts {
  /** What the environment lacks, a sentence each. */
  readonly unconfigured: readonly string[];
  /** Models whose critical alerts no route takes. */
  readonly unreached: readonly string[];
}

export async function readRoutes({ database, environment }: Sources): Promise<RouteFacts> {
  return {
    unconfigured: await unconfiguredRoutes(database, openChannels(environment.configuration.channels)),
    unreached: await unreachedModels(database),
  };
}

export function judgeRoutes({ unconfigured, unreached }: RouteFacts): Finding {
  const variables = unconfigured.length === 1 ? 'a variable is' : `${unconfigured.length} variables are`;
  const words = [
    ...(unreached.length === 0 ? [] : [unreachedText(unreached)]),
    ...(unconfigured.length === 0 ? [] : [`${variables} missing that alerts need to reach people`]),
  ];
  if (words.length === 0)
    return { level: 'ok', words: 'each leads to a channel that this environment configures' };
  return {
    level: 'warning',
    words: words.join('; '),
    details: [...(unreached.length > 1 ? unreached : []), ...unconfigured],
    fix: [
      ...(unreached.length === 0
        ? []
        : [`write in the monitor, or \`routes:\` in alerts.yaml for all: ${lines}`]),
      ...(unconfigured.length === 0
        ? []
        : ['set what is named; where the worker has another environment, ask the doctor there']),
    ].join('; '),
  };
}

/** In one line, as the doctor prints it; YAML takes it so. */
const lines =
  'alerts: { routes: [{ severity: [warning, critical], email: [oncall@example.org] }] }, then tidewatch apply';

function unreachedText(models: readonly string[]): string {
  const [model] = models;
  return models.length === 1
    ? `no route: a critical alert of ${model} reaches nobody`
    : `no route: critical alerts of ${models.length} models reach nobody`;
}
