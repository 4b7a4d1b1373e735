/** Is Temporal there with what Tidewatch needs of it, and does a worker take tasks? */

import { isGrpcServiceError } from '@temporalio/client';

import { deploymentName } from '../../core/process/deployment-name.ts';
import { searchAttributeNames } from '../../core/process/search-attributes.ts';
import { reasonOf, TidewatchError } from '../../core/errors.ts';
import { minuteMs, secondMs } from '../../core/window.ts';
import { createAttributes } from '../../schedules/search-attributes.ts';
import { codeVersion } from '../../worker/code-version.ts';
import type { Finding } from './check.ts';
import type { Sources } from './sources.ts';

// https://grpc.io/docs/guides/status-codes
const notFound = new Set([5]);
const notAnswered = new Set([4, 14]);

interface Server {
  readonly version: string;
  readonly namespace: string;
  readonly hasNamespace: boolean;
}

export async function readServer(sources: Sources): Promise<Server> {
  const { namespace } = sources.environment.configuration.temporal;
  const { workflowService } = await sources.temporal();
  const version = (await answered(sources, workflowService.getSystemInfo({}))).serverVersion;
  try {
    await answered(sources, workflowService.describeNamespace({ namespace }));
    return { version, namespace, hasNamespace: true };
  } catch (error) {
    if (!isGrpcServiceError(error) || !notFound.has(error.code)) throw error;
    return { version, namespace, hasNamespace: false };
  }
}

export function judgeServer({ version, namespace, hasNamespace }: Server): Finding {
  if (hasNamespace) return { level: 'ok', words: `answers, version ${version}, namespace ${namespace}` };
  return {
    level: 'critical',
    words: `answers, but has no namespace "${namespace}"`,
    fix: `temporal operator namespace create --namespace ${namespace}, or set TEMPORAL_NAMESPACE`,
  };
}

/** The kinds of the custom search attributes, by their names, as the server counts them. */
type Attributes = Readonly<Record<string, number>>;

const keyword = 2;

export async function readSearchAttributes(sources: Sources): Promise<Attributes> {
  const { namespace } = sources.environment.configuration.temporal;
  const client = await sources.temporal();
  const { operatorService } = client.connection;
  const answer = await answered(sources, operatorService.listSearchAttributes({ namespace }));
  return answer.customAttributes;
}

/** Every schedule that is made has the model; the server refuses one with an attribute that it does not know. */
export function judgeSearchAttributes(attributes: Attributes): Finding {
  const { model: name, window, verdict } = searchAttributeNames;
  const missing = [name, window, verdict].filter((shown) => attributes[shown] !== keyword);
  const fix = `tidewatch apply, which makes what is missing; where it may not, ${createAttributes(missing)} before it`;
  if (attributes[name] === keyword) {
    if (missing.length === 0) return { level: 'ok', words: `${name}, ${window} and ${verdict} are there` };
    return {
      level: 'warning',
      words: `${missing.join(' and ')} missing: the list of runs does not show what they found`,
      fix,
    };
  }
  return attributes[name] === undefined
    ? {
        level: 'critical',
        words: `the namespace has none named ${name}, so it takes no schedule`,
        fix,
      }
    : {
        level: 'critical',
        words: `${name} is there, and no Keyword`,
        fix: `temporal operator search-attribute remove --name ${name}, and then ${createAttributes([name])}`,
      };
}

interface Poller {
  readonly identity: string;
  readonly polledAt: number;
  /** Undefined where it says nothing of its build. */
  readonly build?: string | undefined;
}

type Kind = 'workflow' | 'activity';

/** What waits in a task queue, and who takes it. */
interface PolledQueue {
  readonly name: string;
  readonly kinds: readonly {
    readonly kind: Kind;
    readonly pollers: readonly Poller[];
    /** Tasks that wait, and how long the oldest has. */
    readonly waiting: number;
    readonly oldestMs: number;
  }[];
}

interface TaskQueue extends PolledQueue {
  readonly now: number;
  /** That of this command. */
  readonly build: string;
  /** The one on which new runs begin, null where Temporal was told of none; undefined where any worker takes any task. */
  readonly currentBuild?: string | null | undefined;
  /** Where heavy activities go, where that is another task queue. */
  readonly heavy?: PolledQueue | undefined;
}

const taskQueueTypes = { workflow: 1, activity: 2 } as const;

export async function readTaskQueue(sources: Sources): Promise<TaskQueue> {
  const { temporal, queues } = sources.environment.configuration;
  const currentBuild = temporal.versioning === 'pinned' ? await readCurrentBuild(sources) : undefined;
  const [queue, heavy] = await Promise.all([
    readPolled(sources, temporal.taskQueue, ['workflow', 'activity']),
    queues.heavy && readPolled(sources, queues.heavy.taskQueue, ['activity']),
  ]);
  return { ...queue, heavy, now: sources.now(), build: await codeVersion(), currentBuild };
}

async function readPolled(sources: Sources, name: string, wanted: readonly Kind[]): Promise<PolledQueue> {
  const { namespace } = sources.environment.configuration.temporal;
  const { workflowService } = await sources.temporal();
  const kinds = await Promise.all(
    wanted.map(async (kind) => {
      const asked = workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name },
        taskQueueType: taskQueueTypes[kind],
        reportStats: true,
      });
      const { pollers, stats } = await answered(sources, asked);
      return {
        kind,
        pollers: pollers.map(({ identity, lastAccessTime, deploymentOptions }) => ({
          identity: identity ?? '',
          build: deploymentOptions?.buildId ?? undefined,
          polledAt: Number(lastAccessTime?.seconds ?? 0) * secondMs,
        })),
        waiting: Number(stats?.approximateBacklogCount ?? 0),
        oldestMs: Number(stats?.approximateBacklogAge?.seconds ?? 0) * secondMs,
      };
    }),
  );
  return { name, kinds };
}

async function readCurrentBuild(sources: Sources): Promise<string | null> {
  const { namespace } = sources.environment.configuration.temporal;
  const { workflowService } = await sources.temporal();
  try {
    const asked = workflowService.describeWorkerDeployment({
      namespace,
      deploymentName: deploymentName.pinned,
    });
    const { workerDeploymentInfo: info } = await answered(sources, asked);
    return info?.routingConfig?.currentDeploymentVersion?.buildId ?? null;
  } catch (error) {
    if (!isGrpcServiceError(error) || !notFound.has(error.code)) throw error;
    return null;
  }
}

/** A worker asks again at least once a minute; the server remembers it for five. */
const longestSilenceMs = 2 * minuteMs;
/** What waits no longer than this is on its way. */
const patienceMs = 5 * minuteMs;

function idleKinds({ kinds }: PolledQueue, now: number): readonly Kind[] {
  return kinds
    .filter(({ pollers }) => pollers.every(({ polledAt }) => now - polledAt > longestSilenceMs))
    .map(({ kind }) => kind);
}

function lateWords({ name, kinds }: PolledQueue, where: 'here' | 'there'): readonly string[] {
  return kinds
    .filter(({ waiting, oldestMs }) => waiting > 0 && oldestMs > patienceMs)
    .map(
      ({ kind, waiting, oldestMs }) =>
        `${waiting} ${kind} tasks wait${where === 'there' ? ` in ${name}` : ''}, the oldest for ${Math.round(oldestMs / minuteMs)} minutes`,
    );
}

export function judgeTaskQueue(queue: TaskQueue): Finding {
  const { name, now, kinds, heavy } = queue;
  const idle = idleKinds(queue, now);
  const late = lateWords(queue, 'here');
  if (idle.length > 0)
    return {
      level: 'critical',
      words:
        idle.length === kinds.length
          ? `no worker takes tasks from ${name}`
          : `no worker takes ${idle.join(' and ')} tasks from ${name}`,
      details: late,
      fix: 'tidewatch worker, with the same TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and TEMPORAL_TASK_QUEUE',
    };
  const identities = new Set(kinds.flatMap(({ pollers }) => pollers.map(({ identity }) => identity)));
  const workers = identities.size === 1 ? 'a worker has' : `${identities.size} workers have`;
  const lateThere = heavy === undefined ? [] : lateWords(heavy, 'there');
  if (heavy !== undefined && idleKinds(heavy, now).length > 0)
    return {
      level: 'critical',
      words: `no worker takes heavy activities from ${heavy.name}: nothing is profiled, and drift runs wait`,
      details: [...late, ...lateThere],
      fix: `tidewatch worker, with TIDEWATCH_HEAVY_TASK_QUEUE=${heavy.name} and without TIDEWATCH_WORKER_TAKES=light`,
    };
  const words = `${workers} asked ${name} for tasks in the last 2 minutes`;
  if (late.length + lateThere.length === 0) return judgeBuilds(queue, words);
  return {
    level: 'warning',
    words: `tasks wait in ${late.length > 0 ? name : heavy!.name}, although ${late.length > 0 ? workers : 'a worker has'} asked for them`,
    details: [...late, ...lateThere],
    fix: 'start more workers, or raise TIDEWATCH_MAX_CONCURRENT_ACTIVITIES',
  };
}

function judgeBuilds({ now, kinds, build, currentBuild }: TaskQueue, words: string): Finding {
  const builds = new Map<string, Set<string>>();
  for (const { identity, polledAt, build: other } of kinds.flatMap(({ pollers }) => pollers)) {
    if (other === undefined || now - polledAt > longestSilenceMs) continue;
    builds.set(other, new Set([...(builds.get(other) ?? []), identity]));
  }
  const others = [...builds].filter(([other]) => other !== build);
  const details = others.map(([other, workers]) => `of build ${other}: ${[...workers].join(', ')}`);
  if (currentBuild === null || (currentBuild !== undefined && !builds.has(currentBuild)))
    return {
      level: 'critical',
      words:
        currentBuild === null
          ? 'new runs begin on no worker: Temporal was not told which build is the current one'
          : `new runs begin on no worker: none of the current build ${currentBuild} takes tasks`,
      details,
      fix: `temporal worker deployment set-current-version --deployment-name ${deploymentName.pinned} --build-id ${build}`,
    };
  if (others.length === 0) return { level: 'ok', words };
  // Where runs are pinned, the workers of a build before are there until its runs have ended.
  if (currentBuild !== undefined)
    return { level: 'ok', words: `${words}; new runs begin on ${currentBuild}`, details };
  return {
    level: 'warning',
    words: `${words}, and not all are of this build, ${build}`,
    details,
    fix: 'stop the workers of old builds; docs/upgrade-workflows.md tells how to let them end their runs',
  };
}

/** Translates that the server is gone; any other failure stays as it is. */
async function answered<T>({ environment }: Sources, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!isGrpcServiceError(error) || !notAnswered.has(error.code)) throw error;
    const { address } = environment.configuration.temporal;
    const reason = error.details || reasonOf(error);
    throw new TidewatchError('TEMPORAL_UNREACHABLE', { address, reason }, { cause: error });
  }
}
