/** Processes that die, stop for a while, or are too many. */

import { attemptMs } from '../attempts.ts';
import { moveClock } from '../clock.ts';
import type { SqlMoment, SqlVerdict } from '../gates/postgres-gate.ts';
import type { TaskMoment } from '../gates/temporal-gate.ts';
import type { FaultyWorker } from '../workers.ts';
import { kindsOf, Missed, mortal, wait, type Kind, type Scene } from './kind.ts';
import { atMail, atSql, atTask, trapped } from './moments.ts';

/** These tell people. */
export const telling: readonly (string | undefined)[] = ['deliverAlerts', 'sendReport'];

/** Longer than a claim of a message holds. */
const pastClaimMs = 125_000;

/** Whoever was about to tell people holds a claim, which only time ends. */
async function claimsEnd({ world }: Scene, _: FaultyWorker, activity: string | undefined): Promise<void> {
  if (activity === undefined || telling.includes(activity)) await moveClock(world, pastClaimMs);
}

const kill = (worker: FaultyWorker): 'cut' => {
  worker.signal('SIGKILL');
  return 'cut';
};

const killedAtTask = (moment: TaskMoment): Kind['inject'] =>
  atTask({ moment, whose: mortal, act: kill, afterwards: claimsEnd });

const killedAtSql = (moment: SqlMoment): Kind['inject'] =>
  atSql({ moment, at: 'the target', whose: mortal, act: kill, afterwards: claimsEnd });

/** The worker that is telling people. */
function killTellers({ world }: Scene): 'cut' {
  for (const worker of mortal(world)) {
    if (worker.temporal.running().some(({ type }) => telling.includes(type))) worker.signal('SIGKILL');
  }
  return 'cut';
}

const whileToldBy = (first: Kind['inject']): Kind['inject'] => {
  return async (scene) => {
    await first(scene);
    await moveClock(scene.world, pastClaimMs);
    return { activity: 'deliverAlerts' };
  };
};

export const workerKinds = kindsOf('worker', [
  {
    name: 'killed before an activity',
    does: 'kill -9 when a worker is given an activity',
    weight: 1,
    isAimed: true,
    inject: killedAtTask('given'),
  },
  {
    name: 'killed before its report',
    does: 'kill -9 when an activity is done, before the server hears of it',
    weight: 1,
    isAimed: true,
    kills: true,
    inject: killedAtTask('before report'),
  },
  {
    name: 'killed after its report',
    does: 'kill -9 when the server has heard that an activity is done',
    weight: 1,
    isAimed: true,
    inject: killedAtTask('after report'),
  },
  {
    name: 'killed in a transaction',
    does: 'kill -9 before a statement in a transaction',
    weight: 1,
    isAimed: true,
    kills: true,
    inject: killedAtSql('statement in a transaction'),
  },
  {
    name: 'killed before a commit',
    does: 'kill -9 before a commit reaches Postgres',
    weight: 1.5,
    isAimed: true,
    kills: true,
    inject: killedAtSql('before commit'),
  },
  {
    name: 'killed after a commit',
    does: 'kill -9 when Postgres has committed, before the worker hears of it',
    weight: 1.5,
    isAimed: true,
    kills: true,
    inject: killedAtSql('after commit'),
  },
  {
    name: 'killed after Slack took a message',
    does: 'kill -9 between sending and recording: Slack has the message and nobody knows',
    weight: 0.7,
    mayRepeat: 'slack',
    inject: whileToldBy(async (scene) => {
      await trapped([scene.world.gates.slack], scene.signal, () => ({
        moment: 'answer',
        wants: () => true,
        act: () => killTellers(scene),
      }));
      return {};
    }),
  },
  {
    name: 'killed after an e-mail was taken',
    does: 'kill -9 between sending and recording: the mail server has it and nobody knows',
    weight: 0.7,
    mayRepeat: 'email',
    inject: whileToldBy(atMail('taken', killTellers)),
  },
  {
    name: 'SIGTERM',
    does: 'a worker is asked to end while an activity runs, and is started again',
    weight: 1.5,
    isAimed: true,
    inject: atTask({
      moment: 'given',
      whose: mortal,
      act: (worker) => {
        worker.signal('SIGTERM');
        return 'pass';
      },
    }),
  },
  {
    name: 'stopped for longer than an attempt',
    does: 'SIGSTOP: another worker is given what this one then still does',
    weight: 1,
    isAimed: true,
    inject: atTask({
      moment: 'given',
      whose: mortal,
      act: (worker) => {
        // When it has heard of the task.
        setTimeout(() => worker.signal('SIGSTOP'), 5);
        return 'pass';
      },
      afterwards: async ({ signal }, worker) => {
        await wait(attemptMs + 2_000, signal);
        worker.signal('SIGCONT');
      },
    }),
  },
  {
    name: 'a commit that comes late',
    does: 'a commit waits for longer than an attempt may take, so that another attempt runs at the same time',
    weight: 1,
    isAimed: true,
    inject: atSql({
      moment: 'before commit',
      at: 'the target',
      act: async (_, { signal }): Promise<SqlVerdict> => {
        await wait(attemptMs + 1_500, signal);
        return 'pass';
      },
    }),
  },
  {
    name: 'all workers killed',
    does: 'kill -9 of every worker at once; in a soak, of every one but the one that is measured',
    weight: 0.5,
    kills: true,
    isOutage: true,
    inject: async ({ world }) => {
      const killed = mortal(world).filter((worker) => worker.signal('SIGKILL'));
      if (killed.length === 0) throw new Missed('no worker runs');
      await moveClock(world, pastClaimMs);
      return {};
    },
  },
  {
    name: 'ten workers race',
    does: 'more workers come until there are ten, work on the same queue, and are killed',
    weight: 0.15,
    isLong: true,
    kills: true,
    isOutage: true,
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
    does: 'the workers are ended one after the other, in order or by kill -9, and those of another build, whose workflows have a step more, take over their histories',
    weight: 0.4,
    kills: true,
    isOutage: true,
    inject: ({ world, alone, choose, signal }) =>
      alone('workers', async () => {
        world.deploy(`revision-${choose(1_000)}`);
        for (const worker of mortal(world)) {
          const lives = worker.lives();
          worker.signal(choose(2) === 0 ? 'SIGTERM' : 'SIGKILL');
          while (worker.lives() === lives && !signal.aborted) await wait(50, signal);
          await worker.ready();
        }
        await moveClock(world, pastClaimMs);
        return {};
      }),
  },
]);
