/** Measures a world again and again, while faults go on. */

import { taskQueue, type World } from '../world.ts';
import { wait } from '../kinds/kind.ts';
import type { Sample } from './series.ts';

export interface Sampler {
  readonly samples: readonly Sample[];
  /** Measures now as well. */
  sample(): Promise<void>;
  /** Measures for the last time. */
  stop(): Promise<void>;
}

/** What cannot be asked now is not known. */
const orNull = <T>(work: Promise<T>): Promise<T | null> => work.catch(() => null);

/** A number of a text that Prometheus reads; null where it is not there. */
function gaugeIn(text: string | undefined, name: string): number | null {
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text ?? '');
  return found === null ? null : Number(found[1]);
}

const megabytes = (bytes: number | null): number | null => (bytes === null ? null : bytes / 2 ** 20);

interface Counts extends Record<string, unknown> {
  readonly connections: number;
  readonly stuck: number;
  readonly dirty: number;
  readonly messages: number;
}

async function backlog({ client }: Pick<World, 'client'>): Promise<number> {
  // 1: workflow tasks, 2: activities.
  const queues = await Promise.all(
    [1, 2].map((taskQueueType) =>
      client.workflowService.describeTaskQueue({
        namespace: 'default',
        taskQueue: { name: taskQueue },
        taskQueueType,
        reportStats: true,
      }),
    ),
  );
  return queues.reduce((sum, { stats }) => sum + Number(stats?.approximateBacklogCount ?? 0), 0);
}

/** Of the first worker, which is never ended, of Postgres and of Temporal. */
export async function measure(
  world: Pick<World, 'database' | 'databaseName' | 'client'> & {
    readonly workers: readonly Pick<World['workers'][number], 'metrics'>[];
  },
): Promise<Sample['values']> {
  const { database, databaseName, client, workers } = world;
  const [metrics, rows, running, waiting] = await Promise.all([
    workers[0]!.metrics(),
    orNull(
      database.query<Counts>(
        `select
           (select count(*) from pg_stat_activity where datname = $1 and application_name = 'tidewatch-worker') as connections,
           (select count(*) from pg_stat_activity
            where datname = $1 and application_name = 'tidewatch-worker' and state like 'idle in transaction%'
              and state_change < pg_catalog.clock_timestamp() - interval '10 s') as stuck,
           (select count(*) from dirty_windows) as dirty,
           (select count(*) from alert_deliveries where state in ('pending', 'claimed', 'held')) as messages`,
        [databaseName],
      ),
    ),
    orNull(client.workflow.count(`ExecutionStatus = 'Running'`)),
    orNull(backlog(world)),
  ]);
  const counts = rows?.[0];
  return {
    'resident memory of the worker': megabytes(gaugeIn(metrics, 'process_resident_memory_bytes')),
    'heap of the worker': megabytes(gaugeIn(metrics, 'nodejs_heap_size_used_bytes')),
    'files and sockets of the worker': gaugeIn(metrics, 'process_open_fds'),
    'handles of the worker': gaugeIn(metrics, 'nodejs_active_resources_total'),
    'connections of workers to Postgres': counts?.connections ?? null,
    'idle in a transaction': counts?.stuck ?? null,
    'hours to compute again': counts?.dirty ?? null,
    'messages to deliver': counts?.messages ?? null,
    'runs under way': running?.count ?? null,
    'tasks that wait for a worker': waiting,
  };
}

export function startSampling(
  world: World,
  everyMs: number,
  now: () => Pick<Sample, 'day' | 'faults'>,
): Sampler {
  const over = new AbortController();
  const samples: Sample[] = [];
  const started = performance.now();
  async function sample(): Promise<void> {
    const at = { seconds: (performance.now() - started) / 1_000, ...now() };
    samples.push({ ...at, values: await measure(world) });
  }
  async function keepSampling(): Promise<void> {
    while (!over.signal.aborted) {
      await sample();
      await wait(everyMs, over.signal);
    }
  }
  const sampling = keepSampling();
  return {
    samples,
    sample,
    stop: async () => {
      over.abort();
      await sampling;
      await sample();
    },
  };
}
