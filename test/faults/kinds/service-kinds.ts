/** What the services do that a worker talks to: Temporal, the Pushgateway, Slack, mail and the trainer. */

import type { HttpGate } from '../gates/http-gate.ts';
import { kindsOf, wait, type Scene } from './kind.ts';
import { atMail, atRequest, atTask, awayFrom, slowFrom } from './moments.ts';

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

export const temporalKinds = kindsOf('Temporal', [
  {
    name: 'Temporal killed',
    does: 'kill -9 of the server; started again after two seconds, with what it has stored',
    weight: 0.7,
    isOutage: true,
    inject: restartTemporal(2_000),
  },
  {
    name: 'Temporal away for two minutes',
    does: 'kill -9 of the server; started again after 125 seconds',
    weight: 0.1,
    isLong: true,
    isOutage: true,
    inject: restartTemporal(125_000),
  },
  {
    name: 'connections to Temporal cut',
    does: 'every connection of the workers breaks',
    weight: 3,
    isOutage: true,
    inject: async ({ world: { workers } }) => {
      for (const worker of workers) worker.temporal.cut();
      return {};
    },
  },
  {
    name: 'a report that is lost',
    does: 'an activity is done, and the connection breaks before the server hears of it',
    weight: 4,
    isAimed: true,
    inject: atTask({ moment: 'before report', act: () => 'cut' }),
  },
  {
    name: 'an answer to a report that is lost',
    does: 'the server has heard that an activity is done, and its answer does not arrive',
    weight: 4,
    isAimed: true,
    inject: atTask({ moment: 'after report', act: () => 'cut' }),
  },
]);

export const pushgatewayKinds = kindsOf('Pushgateway', [
  {
    name: 'Pushgateway away',
    does: 'refuses connections for some seconds',
    weight: 1,
    inject: awayFrom(atRequest(pushgateway, 'cut'), pushgateway),
  },
  {
    name: 'Pushgateway 500',
    does: 'answers 500',
    weight: 3,
    inject: atRequest(pushgateway, { status: 500 }),
  },
  {
    name: 'Pushgateway full',
    does: 'answers 507 Insufficient Storage',
    weight: 3,
    inject: atRequest(pushgateway, { status: 507, body: 'no space left on device' }),
  },
  {
    name: 'Pushgateway slow',
    does: 'takes 1.5 s for each answer for some seconds',
    weight: 1,
    inject: slowFrom(atRequest(pushgateway, 'pass'), pushgateway, 1_500),
  },
  {
    name: 'Pushgateway half-open',
    does: 'takes a request and never answers',
    weight: 1,
    inject: atRequest(pushgateway, 'hang'),
  },
  {
    name: 'an answer of the Pushgateway lost',
    does: 'has taken a push, and its answer does not arrive',
    weight: 3,
    inject: atRequest(pushgateway, 'cut', 'answer'),
  },
]);

export const slackKinds = kindsOf('Slack', [
  {
    name: 'Slack 429',
    does: 'answers 429 with Retry-After: 2',
    weight: 2,
    inject: atRequest(slack, { status: 429, headers: { 'retry-after': '2' }, body: 'rate_limited' }),
  },
  { name: 'Slack 500', does: 'answers 500', weight: 2, inject: atRequest(slack, { status: 500 }) },
  {
    name: 'Slack half-open',
    does: 'takes a request and never answers',
    weight: 1,
    inject: atRequest(slack, 'hang'),
  },
  {
    name: 'Slack breaks a connection',
    does: 'before it has the message',
    weight: 2,
    inject: atRequest(slack, 'cut'),
  },
  {
    name: 'Slack away',
    does: 'refuses connections for some seconds',
    weight: 1,
    inject: awayFrom(atRequest(slack, 'cut'), slack),
  },
  {
    name: 'an answer of Slack lost',
    does: 'has the message, and its answer does not arrive',
    weight: 1,
    mayRepeat: 'slack',
    inject: atRequest(slack, 'cut', 'answer'),
  },
]);

export const emailKinds = kindsOf('e-mail', [
  {
    name: 'greylisting',
    does: 'answers 451 to a message',
    weight: 2,
    inject: atMail('mid-message', ({ world }) => {
      world.smtp.refuseNext({ code: 451, message: 'greylisted, try again' });
      return 'pass';
    }),
  },
  {
    name: 'mail connection breaks in a message',
    does: 'while the message is transferred',
    weight: 2,
    inject: atMail('mid-message'),
  },
  {
    name: 'an answer of the mail server lost',
    does: 'has the message, and its answer does not arrive',
    weight: 1,
    mayRepeat: 'email',
    inject: atMail('taken'),
  },
  {
    name: 'mail server away',
    does: 'refuses connections for some seconds from the next message on',
    weight: 1,
    inject: awayFrom(atMail('mid-message'), ({ world }) => world.gates.smtp),
  },
  {
    name: 'mail server slow',
    does: 'each piece of data takes 300 ms longer for some seconds from the next message on',
    weight: 1,
    inject: slowFrom(
      atMail('mid-message', () => 'pass'),
      ({ world }) => world.gates.smtp,
      300,
    ),
  },
]);

export const trainerKinds = kindsOf('trainer', [
  {
    name: 'trainer away',
    does: 'refuses connections for some seconds',
    weight: 0.7,
    inject: awayFrom(atRequest(trainer, 'cut'), trainer),
  },
  {
    name: 'trainer 500',
    does: 'answers 500',
    weight: 0.7,
    inject: atRequest(trainer, { status: 500 }),
  },
  {
    name: 'an answer of the trainer lost',
    does: 'has begun a training, and its answer does not arrive',
    weight: 0.7,
    inject: atRequest(trainer, 'cut', 'answer'),
  },
]);
