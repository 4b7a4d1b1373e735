/** The frames that kinds have in common: wait for a moment at some gates, and do something there and then. */

import type { Armed, Trap } from '../gates/armed.ts';
import type { HttpGate, HttpMoment, HttpVerdict } from '../gates/http-gate.ts';
import type { SqlMoment, SqlVerdict } from '../gates/postgres-gate.ts';
import type { MailMoment } from '../gates/smtp-gate.ts';
import type { TaskMoment } from '../gates/temporal-gate.ts';
import type { FaultyWorker } from '../workers.ts';
import type { World } from '../world.ts';
import { aWhile, Missed, onlyActivity, wait, type Hit, type Scene } from './kind.ts';

type Inject = (scene: Scene) => Promise<Hit>;

/** Until the first of some traps has been sprung, and has acted; the others are taken away. */
export function trapped<Moment, Event, Verdict>(
  gates: readonly Pick<Armed<Moment, Event, Verdict>, 'arm'>[],
  signal: AbortSignal,
  trapOf: (index: number) => Trap<Moment, Event, Verdict>,
): Promise<Event> {
  return new Promise((resolve, reject) => {
    const disarm: (() => void)[] = [];
    const leave = (): void => {
      for (const end of disarm) end();
    };
    const miss = (): void => {
      leave();
      reject(new Missed('its moment did not come'));
    };
    if (signal.aborted) return miss();
    signal.addEventListener('abort', miss, { once: true });
    gates.forEach((gate, i) => {
      const trap = trapOf(i);
      disarm.push(
        gate.arm({
          ...trap,
          act: async (event) => {
            leave();
            signal.removeEventListener('abort', miss);
            try {
              return await trap.act(event);
            } finally {
              resolve(event);
            }
          },
        }),
      );
    });
  });
}

/** Whom it waits for, and what comes after it. */
interface OfWorkers {
  /** By default all. */
  readonly whose?: (world: World) => readonly FaultyWorker[];
  readonly afterwards?: (scene: Scene, worker: FaultyWorker, activity: string | undefined) => Promise<void>;
}

/** Meets the next task of the target. */
export function atTask({
  moment,
  act,
  whose = ({ workers }) => workers,
  afterwards,
}: OfWorkers & {
  readonly moment: TaskMoment;
  readonly act: (worker: FaultyWorker) => 'pass' | 'cut';
}): Inject {
  return async (scene) => {
    const workers = whose(scene.world);
    let met = workers[0]!;
    const { type } = await trapped(
      workers.map(({ temporal }) => temporal),
      scene.signal,
      (i) => ({
        moment,
        wants: (task) => task.type === scene.target,
        act: () => {
          met = workers[i]!;
          return act(met);
        },
      }),
    );
    await afterwards?.(scene, met, type);
    return { activity: type };
  };
}

/** Meets the next statement of any worker, or of a worker that is at the target. */
export function atSql({
  moment,
  act,
  at = 'anything',
  whose = ({ workers }) => workers,
  afterwards,
}: OfWorkers & {
  readonly moment: SqlMoment;
  readonly act: (worker: FaultyWorker, scene: Scene) => SqlVerdict | Promise<SqlVerdict>;
  readonly at?: 'anything' | 'the target';
}): Inject {
  return async (scene) => {
    const workers = whose(scene.world);
    let met = workers[0]!;
    let activity: string | undefined;
    await trapped(
      workers.map(({ postgres }) => postgres),
      scene.signal,
      (i) => ({
        moment,
        wants: () => at === 'anything' || onlyActivity(workers[i]!) === scene.target,
        act: () => {
          met = workers[i]!;
          activity = onlyActivity(met);
          return act(met, scene);
        },
      }),
    );
    await afterwards?.(scene, met, activity);
    return activity === undefined ? {} : { activity };
  };
}

/** Meets the next request. */
export function atRequest(
  gateOf: (scene: Scene) => HttpGate,
  verdict: HttpVerdict,
  moment: HttpMoment = 'request',
): Inject {
  return async (scene) => {
    await trapped([gateOf(scene)], scene.signal, () => ({ moment, wants: () => true, act: () => verdict }));
    return {};
  };
}

/** Meets the next message on its way to the mail server. */
export function atMail(moment: MailMoment, act: (scene: Scene) => 'pass' | 'cut' = () => 'cut'): Inject {
  return async (scene) => {
    await trapped([scene.world.gates.smtp], scene.signal, () => ({
      moment,
      wants: () => true,
      act: () => act(scene),
    }));
    return {};
  };
}

/** From that moment on it refuses connections for some seconds. */
export function awayFrom(
  first: Inject,
  gateOf: (scene: Scene) => { shut(): Promise<void>; open(): Promise<void> },
): Inject {
  return async (scene) => {
    await first(scene);
    const gate = gateOf(scene);
    await gate.shut();
    await wait(aWhile(scene), scene.signal);
    await gate.open();
    return {};
  };
}

/** From that moment on each answer, or piece of data, takes so much longer for some seconds. */
export function slowFrom(
  first: Inject,
  gateOf: (scene: Scene) => { slow(milliseconds: number): void },
  milliseconds: number,
): Inject {
  return async (scene) => {
    await first(scene);
    const gate = gateOf(scene);
    gate.slow(milliseconds);
    await wait(aWhile(scene), scene.signal);
    gate.slow(0);
    return {};
  };
}
