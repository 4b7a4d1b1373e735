/** Processes that die, stop for a while, or are too many. */

import { attemptMs } from '../attempts.ts';
import type { HttpVerdict } from '../gates/http-gate.ts';
import type { SqlMoment, SqlVerdict } from '../gates/postgres-gate.ts';
import type { TaskMoment } from '../gates/temporal-gate.ts';
import { Missed, moveClock, onlyActivity, trapped, wait, type Hit, type Kind, type Scene } from './kind.ts';

/** Longer than a claim of a message holds. */
const pastClaimMs = 125_000;

/** Whoever was about to tell people holds a claim, which only time ends. */
async function claimsEnd({ world }: Scene, activity: string | undefined): Promise<void> {
  if (activity === undefined || activity === 'deliverAlerts') await moveClock(world, pastClaimMs);
}

function killAtTask(moment: TaskMoment): (scene: Scene) => Promise<Hit> {
  return async (scene) => {
    const { workers } = scene.world;
    const task = await trapped(
      workers.map((worker) => worker.temporal),
      scene.signal,
      (i) => ({
        moment,
        wants: ({ type }) => type === scene.target,
        act: () => {
          workers[i]!.signal('SIGKILL');
          return 'cut';
        },
      }),
    );
    await claimsEnd(scene, task.type);
    return { activity: task.type };
  };
}

function killAtSql(moment: SqlMoment): (scene: Scene) => Promise<Hit> {
  return async (scene) => {
    const { workers } = scene.world;
    let activity: string | undefined;
    await trapped(
      workers.map((worker) => worker.postgres),
      scene.signal,
      (i) => ({
        moment,
        wants: () => onlyActivity(workers[i]!) === scene.target,
        act: (): SqlVerdict => {
          activity = onlyActivity(workers[i]!);
          workers[i]!.signal('SIGKILL');
          return 'cut';
        },
      }),
    );
    await claimsEnd(scene, activity);
    return activity === undefined ? {} : { activity };
  };
}

/** The worker that is telling people. */
function killTellers({ world }: Scene): void {
  for (const worker of world.workers) {
    if (worker.temporal.running().some(({ type }) => type === 'deliverAlerts')) worker.signal('SIGKILL');
  }
}

export const workerKinds: readonly Kind[] = [
  {
    name: 'killed before an activity',
    group: 'worker',
    does: 'kill -9 when a worker is given an activity',
    weight: 1.5,
    inject: killAtTask('given'),
  },
  {
    name: 'killed before its report',
    group: 'worker',
    does: 'kill -9 when an activity is done, before the server hears of it',
    kills: true,
    weight: 1.5,
    inject: killAtTask('before report'),
  },
  {
    name: 'killed after its report',
    group: 'worker',
    does: 'kill -9 when the server has heard that an activity is done',
    weight: 1.5,
    inject: killAtTask('after report'),
  },
  {
    name: 'killed in a transaction',
    group: 'worker',
    does: 'kill -9 before a statement in a transaction',
    kills: true,
    weight: 1.5,
    inject: killAtSql('statement in a transaction'),
  },
  {
    name: 'killed before a commit',
    group: 'worker',
    does: 'kill -9 before a commit reaches Postgres',
    kills: true,
    weight: 2,
    inject: killAtSql('before commit'),
  },
  {
    name: 'killed after a commit',
    group: 'worker',
    does: 'kill -9 when Postgres has committed, before the worker hears of it',
    kills: true,
    weight: 2,
    inject: killAtSql('after commit'),
  },
  {
    name: 'killed after Slack took a message',
    group: 'worker',
    does: 'kill -9 between sending and recording: Slack has the message and nobody knows',
    weight: 1,
    mayRepeat: 'slack',
    inject: async (scene) => {
      await trapped([scene.world.gates.slack], scene.signal, () => ({
        moment: 'answer',
        wants: () => true,
        act: (): HttpVerdict => {
          killTellers(scene);
          return 'cut';
        },
      }));
      await moveClock(scene.world, pastClaimMs);
      return { activity: 'deliverAlerts' };
    },
  },
  {
    name: 'killed after an e-mail was taken',
    group: 'worker',
    does: 'kill -9 between sending and recording: the mail server has it and nobody knows',
    weight: 1,
    mayRepeat: 'email',
    inject: async (scene) => {
      await trapped([scene.world.gates.smtp], scene.signal, () => ({
        moment: 'taken',
        wants: () => true,
        act: () => {
          killTellers(scene);
          return 'cut';
        },
      }));
      await moveClock(scene.world, pastClaimMs);
      return { activity: 'deliverAlerts' };
    },
  },
  {
    name: 'SIGTERM',
    group: 'worker',
    does: 'a worker is asked to end while an activity runs, and is started again',
    weight: 2,
    inject: async ({ world: { workers }, signal, target }) => {
      const task = await trapped(
        workers.map((worker) => worker.temporal),
        signal,
        (i) => ({
          moment: 'given',
          wants: ({ type }) => type === target,
          act: () => {
            workers[i]!.signal('SIGTERM');
            return 'pass';
          },
        }),
      );
      return { activity: task.type };
    },
  },
  {
    name: 'stopped for longer than an attempt',
    group: 'worker',
    does: 'SIGSTOP: another worker is given what this one then still does',
    weight: 2,
    inject: async ({ world: { workers }, signal, target }) => {
      let stopped = 0;
      const task = await trapped(
        workers.map((worker) => worker.temporal),
        signal,
        (i) => ({
          moment: 'given',
          wants: ({ type }) => type === target,
          act: () => {
            stopped = i;
            // When it has heard of the task.
            setTimeout(() => workers[i]!.signal('SIGSTOP'), 5);
            return 'pass';
          },
        }),
      );
      await wait(attemptMs + 2_000, signal);
      workers[stopped]?.signal('SIGCONT');
      return { activity: task.type };
    },
  },
  {
    name: 'a commit that comes late',
    group: 'worker',
    does: 'a commit waits for longer than an attempt may take, so that another attempt runs at the same time',
    weight: 2,
    inject: async ({ world: { workers }, signal, target }) => {
      let activity: string | undefined;
      await trapped(
        workers.map((worker) => worker.postgres),
        signal,
        (i) => ({
          moment: 'before commit',
          wants: () => onlyActivity(workers[i]!) === target,
          act: async (): Promise<SqlVerdict> => {
            activity = onlyActivity(workers[i]!);
            await wait(attemptMs + 1_500, signal);
            return 'pass';
          },
        }),
      );
      return activity === undefined ? {} : { activity };
    },
  },
  {
    name: 'all workers killed',
    group: 'worker',
    does: 'kill -9 of every worker at once',
    kills: true,
    weight: 1,
    inject: async (scene) => {
      if (!scene.world.workers.some((worker) => worker.signal('SIGKILL'))) throw new Missed('no worker runs');
      for (const worker of scene.world.workers) worker.signal('SIGKILL');
      await moveClock(scene.world, pastClaimMs);
      return {};
    },
  },
  {
    name: 'ten workers race',
    group: 'worker',
    does: 'eight more workers come, work on the same queue, and are killed',
    kills: true,
    weight: 0.1,
    isLong: true,
    inject: ({ world, alone, signal }) =>
      alone('workers', async () => {
        const before = world.workers.length;
        const more = await Promise.all(Array.from({ length: 10 - before }, () => world.addWorker()));
        await Promise.all(more.map((worker) => worker.ready()));
        await wait(10_000, signal);
        await world.removeWorkers(before);
        await moveClock(world, pastClaimMs);
        return {};
      }),
  },
  {
    name: 'a deploy in the middle',
    group: 'worker',
    does: 'every worker is ended in order, one after the other, and one of another revision takes over its histories',
    weight: 0.5,
    inject: async ({ world: { workers }, choose }) => {
      const revision = `revision-${choose(1_000)}`;
      for (const worker of workers) {
        const lives = worker.lives();
        worker.deploy(revision);
        worker.signal('SIGTERM');
        while (worker.lives() === lives) await wait(50, new AbortController().signal);
        await worker.ready();
      }
      return {};
    },
  },
];
