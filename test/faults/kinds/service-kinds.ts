/** What the services do that a worker talks to: Temporal, the Pushgateway, Slack, mail and the trainer. */

import type { HttpGate, HttpMoment, HttpVerdict } from '../gates/http-gate.ts';
import { trapped, wait, type Hit, type Kind, type Scene } from './kind.ts';

const aWhile = ({ choose }: Scene): number => 1_000 + choose(3_000);

/** Meets the next request. */
function atRequest(
  gateOf: (scene: Scene) => HttpGate,
  verdict: HttpVerdict,
  moment: HttpMoment = 'request',
): (scene: Scene) => Promise<Hit> {
  return async (scene) => {
    await trapped([gateOf(scene)], scene.signal, () => ({ moment, wants: () => true, act: () => verdict }));
    return {};
  };
}

/** From the next request on, for some seconds. */
function awayAtRequest(gateOf: (scene: Scene) => HttpGate): (scene: Scene) => Promise<Hit> {
  return async (scene) => {
    const gate = gateOf(scene);
    await atRequest(gateOf, 'cut')(scene);
    await gate.shut();
    await wait(aWhile(scene), scene.signal);
    await gate.open();
    return {};
  };
}

function slowAtRequest(gateOf: (scene: Scene) => HttpGate): (scene: Scene) => Promise<Hit> {
  return async (scene) => {
    const gate = gateOf(scene);
    await atRequest(gateOf, 'pass')(scene);
    gate.slow(1_500);
    await wait(aWhile(scene), scene.signal);
    gate.slow(0);
    return {};
  };
}

const pushgateway = ({ world }: Scene): HttpGate => world.gates.pushgateway;
const slack = ({ world }: Scene): HttpGate => world.gates.slack;
const trainer = ({ world }: Scene): HttpGate => world.arena.trainerGate;

const restartTemporal = (awayMs: number) => (scene: Scene) =>
  scene.alone('Temporal', async () => {
    const { temporal } = scene.world;
    await temporal.kill();
    await wait(awayMs, scene.signal);
    await temporal.start();
    return {};
  });

export const temporalKinds: readonly Kind[] = [
  {
    name: 'Temporal killed',
    group: 'Temporal',
    does: 'kill -9 of the server; started again after two seconds, with what it has stored',
    weight: 0.5,
    inject: restartTemporal(2_000),
  },
  {
    name: 'Temporal away for a minute',
    group: 'Temporal',
    does: 'kill -9 of the server; started again after 65 seconds',
    weight: 0.05,
    isLong: true,
    inject: restartTemporal(65_000),
  },
  {
    name: 'connections to Temporal cut',
    group: 'Temporal',
    does: 'every connection of the workers breaks',
    weight: 3,
    inject: async ({ world: { workers } }) => {
      for (const worker of workers) worker.temporal.cut();
      return {};
    },
  },
  {
    name: 'a report that is lost',
    group: 'Temporal',
    does: 'an activity is done, and the connection breaks before the server hears of it',
    weight: 4,
    inject: async ({ world: { workers }, signal, target }) => {
      const task = await trapped(
        workers.map((worker) => worker.temporal),
        signal,
        () => ({ moment: 'before report', wants: ({ type }) => type === target, act: () => 'cut' }),
      );
      return { activity: task.type };
    },
  },
  {
    name: 'an answer to a report that is lost',
    group: 'Temporal',
    does: 'the server has heard that an activity is done, and its answer does not arrive',
    weight: 4,
    inject: async ({ world: { workers }, signal, target }) => {
      const task = await trapped(
        workers.map((worker) => worker.temporal),
        signal,
        () => ({ moment: 'after report', wants: ({ type }) => type === target, act: () => 'cut' }),
      );
      return { activity: task.type };
    },
  },
];

export const pushgatewayKinds: readonly Kind[] = [
  {
    name: 'Pushgateway away',
    group: 'Pushgateway',
    does: 'refuses connections for some seconds',
    weight: 1,
    inject: awayAtRequest(pushgateway),
  },
  {
    name: 'Pushgateway 500',
    group: 'Pushgateway',
    does: 'answers 500',
    weight: 3,
    inject: atRequest(pushgateway, { status: 500 }),
  },
  {
    name: 'Pushgateway full',
    group: 'Pushgateway',
    does: 'answers 507 Insufficient Storage',
    weight: 3,
    inject: atRequest(pushgateway, { status: 507, body: 'no space left on device' }),
  },
  {
    name: 'Pushgateway slow',
    group: 'Pushgateway',
    does: 'takes 1.5 s for each answer for some seconds',
    weight: 1,
    inject: slowAtRequest(pushgateway),
  },
  {
    name: 'Pushgateway half-open',
    group: 'Pushgateway',
    does: 'takes a request and never answers',
    weight: 1,
    inject: atRequest(pushgateway, 'hang'),
  },
  {
    name: 'an answer of the Pushgateway lost',
    group: 'Pushgateway',
    does: 'has taken a push, and its answer does not arrive',
    weight: 3,
    inject: atRequest(pushgateway, 'cut', 'answer'),
  },
];

export const slackKinds: readonly Kind[] = [
  {
    name: 'Slack 429',
    group: 'Slack',
    does: 'answers 429 with Retry-After: 2',
    weight: 1,
    inject: atRequest(slack, { status: 429, headers: { 'retry-after': '2' }, body: 'rate_limited' }),
  },
  {
    name: 'Slack 500',
    group: 'Slack',
    does: 'answers 500',
    weight: 1,
    inject: atRequest(slack, { status: 500 }),
  },
  {
    name: 'Slack half-open',
    group: 'Slack',
    does: 'takes a request and never answers',
    weight: 0.5,
    inject: atRequest(slack, 'hang'),
  },
  {
    name: 'Slack breaks a connection',
    group: 'Slack',
    does: 'before it has the message',
    weight: 1,
    inject: atRequest(slack, 'cut'),
  },
  {
    name: 'Slack away',
    group: 'Slack',
    does: 'refuses connections for some seconds',
    weight: 0.5,
    inject: awayAtRequest(slack),
  },
  {
    name: 'an answer of Slack lost',
    group: 'Slack',
    does: 'has the message, and its answer does not arrive',
    weight: 1,
    mayRepeat: 'slack',
    inject: atRequest(slack, 'cut', 'answer'),
  },
];

export const emailKinds: readonly Kind[] = [
  {
    name: 'greylisting',
    group: 'e-mail',
    does: 'answers 451 to a message',
    weight: 1,
    inject: async ({ world, signal }) => {
      await trapped([world.gates.smtp], signal, () => ({
        moment: 'mid-message',
        wants: () => true,
        act: () => {
          world.smtp.refuseNext({ code: 451, message: 'greylisted, try again' });
          return 'pass';
        },
      }));
      return {};
    },
  },
  {
    name: 'mail connection breaks in a message',
    group: 'e-mail',
    does: 'while the message is transferred',
    weight: 1,
    inject: async ({ world, signal }) => {
      await trapped([world.gates.smtp], signal, () => ({
        moment: 'mid-message',
        wants: () => true,
        act: () => 'cut',
      }));
      return {};
    },
  },
  {
    name: 'an answer of the mail server lost',
    group: 'e-mail',
    does: 'has the message, and its answer does not arrive',
    weight: 1,
    mayRepeat: 'email',
    inject: async ({ world, signal }) => {
      await trapped([world.gates.smtp], signal, () => ({
        moment: 'taken',
        wants: () => true,
        act: () => 'cut',
      }));
      return {};
    },
  },
  {
    name: 'mail server away',
    group: 'e-mail',
    does: 'refuses connections for some seconds from the next message on',
    weight: 0.5,
    inject: async (scene) => {
      const { smtp } = scene.world.gates;
      await trapped([smtp], scene.signal, () => ({
        moment: 'mid-message',
        wants: () => true,
        act: () => 'cut',
      }));
      await smtp.shut();
      await wait(aWhile(scene), scene.signal);
      await smtp.open();
      return {};
    },
  },
  {
    name: 'mail server slow',
    group: 'e-mail',
    does: 'each piece of data takes 300 ms longer during a message and some seconds after',
    weight: 0.5,
    inject: async (scene) => {
      const { smtp } = scene.world.gates;
      smtp.slow(300);
      await trapped([smtp], scene.signal, () => ({
        moment: 'mid-message',
        wants: () => true,
        act: () => 'pass',
      })).finally(() => smtp.slow(0));
      return {};
    },
  },
];

export const trainerKinds: readonly Kind[] = [
  {
    name: 'trainer away',
    group: 'trainer',
    does: 'refuses connections for some seconds',
    weight: 0.3,
    inject: awayAtRequest(trainer),
  },
  {
    name: 'trainer 500',
    group: 'trainer',
    does: 'answers 500',
    weight: 0.5,
    inject: atRequest(trainer, { status: 500 }),
  },
  {
    name: 'an answer of the trainer lost',
    group: 'trainer',
    does: 'has begun a training, and its answer does not arrive',
    weight: 0.5,
    inject: atRequest(trainer, 'cut', 'answer'),
  },
];
