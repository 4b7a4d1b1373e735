/**
 * Days of two small models with a known end: predictions come by half days, actuals after an hour or a day. One model drifts for a day now
 * and then; the other degrades, is retrained, and degrades again. In each week two days pass without a run, as where the schedules
 * stand still, and are caught up after the third; once in a week people get their reports, a range of the past is computed again and storage
 * is put in order. What is done next is done when everything before is settled, so that the end does not
 * depend on how long anything took.
 */

import { setTimeout as pause } from 'node:timers/promises';

import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';

import type { ActualRow, PredictionRow } from '../../client/tidewatch-client.ts';
import type { TrainingAnswer, TrainingRequest } from '../../core/retraining/trainer-contract.ts';
import { dayMs, hourMs, minuteMs, parseInstant } from '../../core/window.ts';
import type { RetrainingProgress } from '../../workflows/retraining-conversation.ts';
import { wakeAlertThrough } from '../../worker/dependencies.ts';
import { actualsOf, at, day, load, predictionsOf, watch } from '../setup/synthetic.ts';
import { moveClock } from './clock.ts';
import { persist, taskQueue, type World } from './world.ts';

const models = ['rides', 'fares'] as const;
type Model = (typeof models)[number];

/** Days 1 to 14 are the reference; this one belongs to the history as well. */
const firstServed = 16;
/** From then on version 1 of `rides` is wrong by 9, and each one after it when it has served for some days. */
const firstDegradation = 16;
const daysBetweenDegradations = 12;

const errorOf = (model: Model, n: number): number => (model === 'rides' && n >= firstDegradation ? 9 : 1);

/** How far a version that came out of a retraining is off. */
const errorOfVersion = (version: number, n: number): number =>
  n >= firstDegradation + (version - 1) * daysBetweenDegradations ? 9 : 1;

/** Every fourth day a feature of `fares` is shifted. */
const shiftOf = (model: Model, n: number): number => (model === 'fares' && n % 4 === 0 ? 3 : 0);

/** Whether nothing is run on a day and in the night after it: two days of each week. */
const isMissed = (n: number): boolean => [3, 4].includes((n - firstServed) % 7);

/** Whether it is followed by what is done once in a week. */
const endsWeek = (n: number): boolean => (n - firstServed) % 7 === 1;

/** The day, counted from 1 as those of steps, after which everything up to a day is computed. */
export function caughtUpOn(someDay: number): number {
  let on = someDay;
  while (isMissed(firstServed + on - 1)) on += 1;
  return on;
}

/** Some actuals come a day late. */
const lateness = (eventTime: number): number => ((eventTime / hourMs) % 12 === 7 ? 26 * hourMs : hourMs);

function actualsOn(model: Model, n: number): ActualRow[] {
  return actualsOf({ from: n, to: n + 1, error: errorOf(model, n) }).map((row) => ({
    ...row,
    recordedAt: Number(row.eventTime) + lateness(Number(row.eventTime)),
  }));
}

function predictionsOn(
  model: Model,
  n: number,
  version: number,
  role: 'serving' | 'shadow',
): PredictionRow[] {
  const actuals = actualsOn(model, n);
  const error = errorOfVersion(version, n);
  const rows = predictionsOf({
    from: n,
    to: n + 1,
    shift: shiftOf(model, n),
    version: String(version),
    role,
  });
  return rows.map((row, i) => ({
    ...row,
    // One row a day of which nothing fits.
    ...(i === 3 && { features: { x: null, c: 'never seen' } }),
    ...(version > 1 && { prediction: Number(actuals[i]!.value) + (i % 2 === 0 ? error : -error) }),
  }));
}

export async function prepareWorkload({ database, arena }: World): Promise<void> {
  for (const model of models) {
    await watch(database, {
      model,
      current: '1d',
      drift: { multivariate: { enabled: false } },
      performance: { windows: ['1d', '3d'] },
      degradation: { rules: [{ metric: 'rmse', over: '1d', limit: 2 }] },
      alerts: {
        routes: [{ slack: true, email: ['ops@example.org'], groupWait: '0s', groupInterval: '0s' }],
        life: { resolveAfter: 1, repeatInterval: { info: 'never', warning: 'never', critical: 'never' } },
      },
      report: { recipients: ['team@example.org', 'lead@example.org'] },
      ...(model === 'rides' && {
        retraining: {
          trainer: { url: arena.trainerGate.origin, poll: '100ms' },
          trainingWindow: '2d',
          holdout: '3d',
          minimumOutcomes: 24,
          cooldown: '7d',
          quality: 'ignore',
          verify: { for: '1d' },
        },
      }),
    });
    await load(database, model, { from: 1, to: firstServed });
  }
}

/** What `rides` is retrained by: the next version predicts the rows that were held out. */
export async function train(world: World, { model, holdout }: TrainingRequest): Promise<TrainingAnswer> {
  const version = (await championOf(world, model as Model)) + 1;
  const first = dayOf(parseInstant(holdout.start));
  for (let n = first; n < dayOf(parseInstant(holdout.end)); n += 1) {
    const rows = predictionsOn(model as Model, n, version, 'shadow');
    await persist(() => world.service.client.logPredictions(model, rows));
  }
  return {
    state: 'succeeded',
    version: String(version),
    featureImportances: { x: 3, c: 1 },
    lineage: { rows: 48 },
  };
}

const dayOf = (instant: number): number => Math.round((instant - day(1)) / dayMs) + 1;

/** One thing that happens in the world, and everything that follows from it. */
export interface Step {
  readonly name: string;
  /** From 1. */
  readonly day: number;
  run(world: World): Promise<void>;
}

const halves = [0, 12] as const;

/** What happens on so many days. */
export function workloadOf(days: number): readonly Step[] {
  return Array.from({ length: days }, (_, i) => firstServed + i).flatMap((n) =>
    stepsOf(n).map((step) => ({ ...step, day: n - firstServed + 1 })),
  );
}

function stepsOf(n: number): Omit<Step, 'day'>[] {
  const forAll = (work: (world: World, model: Model) => Promise<void>) => async (world: World) => {
    await Promise.all(models.map((model) => work(world, model)));
    await settle(world);
  };
  if (isMissed(n)) {
    return [
      {
        name: `day ${n}, without a run`,
        run: async (world) => {
          for (const model of models) for (const from of halves) await serve(world, model, n, from);
        },
      },
    ];
  }
  const missed: number[] = [];
  for (let m = n - 1; isMissed(m); m -= 1) missed.unshift(m);
  return [
    ...halves.map((from) => ({
      name: `day ${n}, from ${from}:00`,
      run: forAll(async (world, model) => {
        await serve(world, model, n, from);
        if (missed.length === 0) await attach(world, model, n, from);
      }),
    })),
    ...missed.map((m) => ({
      name: `night after day ${m}, caught up after day ${n}`,
      run: forAll(async (world, model) => {
        for (const from of halves) await attach(world, model, m, from);
        await night(world, model, m + 1);
      }),
    })),
    {
      name: `night after day ${n}`,
      run: forAll(async (world, model) => {
        if (missed.length > 0) for (const from of halves) await attach(world, model, n, from);
        await night(world, model, n + 1);
      }),
    },
    ...(endsWeek(n) ? [{ name: `week after day ${n}`, run: (world: World) => week(world, n + 1) }] : []),
  ];
}

/**
 * The run of the next morning: a night attaches actuals as well, and the gauges of a process show the newest rows of the time when it was
 * last run.
 */
export async function finishWorkload(world: World, days: number): Promise<void> {
  for (const model of models) await attach(world, model, firstServed + days, -7);
  await settle(world);
}

/** What arrives in a half day. */
async function serve(world: World, model: Model, n: number, from: 0 | 12): Promise<void> {
  const start = day(n) + from * hourMs;
  const end = start + 12 * hourMs;
  const isIn = ({ eventTime }: { readonly eventTime: unknown }): boolean =>
    Number(eventTime) >= start && Number(eventTime) < end;
  const champion = await championOf(world, model);
  // The one before it goes on in the shadow.
  const versions = champion === 1 ? [1] : [champion - 1, champion];
  const predictions = versions.flatMap((version) =>
    predictionsOn(model, n, version, version === champion ? 'serving' : 'shadow').filter(isIn),
  );
  const actuals = [n - 2, n - 1, n]
    .filter((some) => some >= firstServed)
    .flatMap((some) => actualsOn(model, some))
    .filter(({ recordedAt }) => Number(recordedAt) > start && Number(recordedAt) <= end);
  const { client } = world.service;
  await persist(() => client.logPredictions(model, predictions));
  await persist(() => client.recordActuals(model, actuals));
}

/** The run after a half day. */
async function attach(world: World, model: Model, n: number, from: number): Promise<void> {
  await runProcess(world, 'actuals-backfill', 'actualsBackfill', { model, asOf: at(n, from + 12, 5) });
}

async function championOf({ database }: World, model: Model): Promise<number> {
  const rows = await persist(() =>
    database.query<{ version: string }>(
      `select version from model_versions where model = $1 and stage = 'champion'`,
      [model],
    ),
  );
  return Number(rows[0]?.version ?? 1);
}

/**
 * The runs of a night, all at once as the schedules start them, and as of one instant: which of them computes first what several of
 * them make sure of does not matter then.
 */
async function night(world: World, model: Model, n: number): Promise<void> {
  const input = { model, asOf: at(n, 3, 40) };
  const [, , check] = await Promise.all([
    runProcess(world, 'drift-detection', 'driftDetection', { ...input, act: true }),
    runProcess(world, 'performance-evaluation', 'performanceEvaluation', input),
    runProcess(world, 'degradation-check', 'degradationCheck', { ...input, act: true }),
  ]);
  const { retrainingWorkflow } = check as { readonly retrainingWorkflow: string | null };
  if (retrainingWorkflow !== null) world.retrainings.add(retrainingWorkflow);
  for (const workflowId of world.retrainings) await untilItWaits(world, workflowId, at(n, 3, 40));
}

/** What comes once in a week, each after the other: what is computed again is in no report that was written before. */
async function week(world: World, n: number): Promise<void> {
  const asOf = at(n, 5);
  for (const model of models) {
    await runProcess(world, 'weekly-report', 'weeklyReport', { model, asOf, send: true });
    const window = { start: at(n - 2), end: at(n) };
    await runProcess(world, 'reprocessing', 'reprocessing', { model, asOf, window });
  }
  await runProcess(world, 'storage-maintenance', 'storageMaintenance', { asOf });
  await settle(world);
}

/** Starts a run unless it has been started, and waits for its end. A run that fails is one of the things that must not happen. */
async function runProcess(
  world: World,
  process: string,
  workflowType: string,
  input: { readonly model?: string; readonly asOf: string; readonly [setting: string]: unknown },
): Promise<unknown> {
  const firstId = [process, input.model].filter((part) => part !== undefined).join(':') + `-${input.asOf}`;
  const runAs = (workflowId: string): Promise<unknown> => runUnder(world, workflowId, workflowType, input);
  world.underWay.set(firstId, (suffix) => {
    const twin = runAs(`${firstId}${suffix}`);
    world.twins.push(twin);
    return twin;
  });
  try {
    return await runAs(firstId);
  } finally {
    world.underWay.delete(firstId);
  }
}

async function runUnder(
  { client }: World,
  workflowId: string,
  workflowType: string,
  input: unknown,
): Promise<unknown> {
  await persist(async () => {
    try {
      await client.workflow.start(workflowType, {
        workflowId,
        taskQueue,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  });
  return persist(
    () => client.workflow.getHandle(workflowId).result(),
    (error) => error instanceof WorkflowFailedError,
  );
}

/** Until a retraining has looked at this day and waits for the next, or is over. */
async function untilItWaits({ client }: World, workflowId: string, checkedAt: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  for (;;) {
    const { status } = await persist(() => handle.describe());
    if (status.name !== 'RUNNING') return;
    const progress = await handle.query<RetrainingProgress>('progress').catch(() => undefined);
    if (progress?.waitsFor === 'the next day' && progress.asOf >= checkedAt) return;
    await pause(200);
  }
}

interface Waiting extends Record<string, unknown> {
  readonly model: string;
  readonly alertKey: string;
  /** Until it goes again; null where it does not wait for a time. */
  readonly dueInMs: number | null;
  readonly isSending: boolean;
}

/** Longer than that, time is made to pass. */
const longestWaitMs = 1_000;
/** A message whose claim has to run out takes two minutes, and a fault may meet each of its tries; what takes much longer never goes. */
const patienceMs = 15 * minuteMs;

/**
 * Until each run that was started twice is over, and everybody has been told of everything but what an open alert holds back. A message
 * that was not taken goes again after a while, which passes at once.
 */
async function settle({ database, client, twins }: World): Promise<void> {
  // Later it would see rows that the first one could not. Who has started it says if it fails.
  await Promise.allSettled(twins.splice(0));
  const wake = wakeAlertThrough(client, taskQueue);
  const end = performance.now() + patienceMs;
  for (;;) {
    const waiting = await persist(() =>
      database.query<Waiting>(
        `select model, alert_key as "alertKey", (extract(epoch from max(retry_at) - clock_timestamp()) * 1000)::int as "dueInMs",
           coalesce(bool_or(message.state = 'sending'), false) as "isSending"
         from alert_deliveries delivery left join alert_messages message using (message_id)
         where delivery.state = 'pending' or delivery.state = 'held' and not exists (
           select from alerts holder
           where holder.state <> 'resolved' and delivery.held_by = 'held back by ' || holder.alert_key)
         group by model, alert_key`,
      ),
    );
    if (waiting.length === 0) return;
    if (performance.now() > end) throw new Error(`nobody delivers ${JSON.stringify(waiting)}`);
    const dueInMs = Math.max(...waiting.map((one) => one.dueInMs ?? 0));
    // A claim would run out before its time.
    if (dueInMs > longestWaitMs && !waiting.some(({ isSending }) => isSending)) {
      await moveClock({ database }, dueInMs);
      for (const alert of waiting) await persist(() => wake(alert));
    }
    await pause(100);
  }
}
