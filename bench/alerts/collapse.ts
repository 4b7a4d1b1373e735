/**
 * Do many events collapse into the messages that grouping promises?
 *
 *     npm run build && npx tsx bench/alerts/collapse.ts [--events 1000] [--models 10] [--seconds 60] [--interval 5m] [--json]
 *
 * Alerts of several models open evenly over a minute, under the defaults of a route: those of a model and a kind are a group, which
 * waits 30 s for more, and then five minutes from one message to the next. The promise: with its events at t1 <= t2 <= ..., a group
 * sends its first message at t1 + wait, with every event until then; of those that are left, the next one at the later
 * of the first of them + wait and the message before + interval; and so on. Over a minute that is
 * `1 + ceil((span - wait) / interval)` messages a group, where `span` is the time from its first event to its last (at least
 * the wait): 2 for each of the models. Told is how many arrived, how late each was, and whether every event was in exactly one.
 */

import { cpus, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

import type { Monitor } from '../../core/monitor/schema.ts';
import { durationMs } from '../../core/window.ts';
import { until } from '../../demo/stack/until.ts';
import { readOptions } from '../options.ts';
import { machineText } from '../profiles/timing.ts';
import { featureNames, observeDrift, watchModel, withAlertWorld } from './world.ts';

const { events, models, seconds, interval, json } = readOptions({
  events: 1_000,
  models: 10,
  seconds: 60,
  interval: '5m',
  json: false,
});
const waitMs = durationMs('30s');
const intervalMs = durationMs(interval);

interface PromisedMessage {
  readonly at: number;
  readonly events: number;
}

/** What a group sends, and when, of events recorded at these instants, ascending. */
function promised(recorded: readonly number[]): PromisedMessage[] {
  const messages: PromisedMessage[] = [];
  let rest = recorded;
  while (rest.length > 0) {
    const at = Math.max(rest[0]! + waitMs, (messages.at(-1)?.at ?? -Infinity) + intervalMs);
    const left = rest.filter((instant) => instant > at);
    messages.push({ at, events: rest.length - left.length });
    rest = left;
  }
  return messages;
}

const load = loadavg()[0]!;
const { recorded, arrivals } = await withAlertWorld(async (world) => {
  const { database, receiver } = world;
  const monitors: Monitor[] = [];
  for (let i = 0; i < models; i += 1)
    monitors.push(await watchModel(database, `model-${i}`, { groupInterval: interval }));
  const started = performance.now();
  const opening: Promise<void>[] = [];
  for (const [i, subject] of featureNames(events).entries()) {
    await pause(Math.max(0, started + (i * seconds * 1_000) / events - performance.now()));
    // The next one opens in its time, however long this one takes to wake.
    opening.push(observeDrift(world, monitors[i % models]!, 'warning', [subject]));
  }
  await Promise.all(opening);
  if (!(await until(() => receiver.told() >= events, 3 * intervalMs)))
    throw new Error(`only ${receiver.told()} of ${events} events were told`);
  // Whatever is told again would come now.
  await pause(10_000);
  return {
    recorded: await database.query<{ model: string; at: number }>(
      'select model, recorded_at as at from alert_deliveries order by recorded_at',
    ),
    arrivals: receiver.arrivals,
  };
});

const modelOf = (event: string): string => event.split(':')[1]!;
const groups = [...new Set(recorded.map(({ model }) => model))].map((model) => {
  const due = promised(recorded.filter((delivery) => delivery.model === model).map(({ at }) => at));
  const sent = arrivals.filter(({ events: [first] }) => first !== undefined && modelOf(first) === model);
  return { model, due, sent };
});
const all = arrivals.flatMap(({ events: told }) => told);
const late = groups.flatMap(({ due, sent }) => sent.map(({ at }, i) => at - (due[i]?.at ?? -Infinity)));
const byLateness = late.toSorted((a, b) => a - b);
const result = {
  events,
  models,
  promised: groups.reduce((sum, { due }) => sum + due.length, 0),
  messages: arrivals.length,
  eventsTold: new Set(all).size,
  toldTwice: all.length - new Set(all).size,
  lateMs: { median: byLateness[Math.floor(late.length / 2)]!, most: byLateness.at(-1)! },
  groups: groups.map(({ model, due, sent }) => ({
    model,
    promised: due.map((message) => message.events),
    sent: sent.map((message) => message.events.length),
  })),
};
const isKept = result.messages === result.promised && result.eventsTold === events && result.toldTwice === 0;
const machine = machineText(cpus()[0]?.model ?? 'unknown processor', cpus().length);
if (json) console.log(JSON.stringify({ machine, load, ...result }, undefined, 2));
else {
  console.log(`${machine}; load before ${load.toFixed(2)}`);
  console.log(
    `${events} events of ${models} models in ${seconds} s: ${result.messages} messages, ${result.promised} promised; ` +
      `${result.eventsTold} events told, ${result.toldTwice} of them twice; ` +
      `late by ${result.lateMs.median} ms at the median, ${result.lateMs.most} ms at most`,
  );
  for (const { model, promised: due, sent } of result.groups)
    console.log(`  ${model}: events a message ${sent.join(', ')}; promised ${due.join(', ')}`);
}
process.exitCode = isKept ? 0 : 1;
